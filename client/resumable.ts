import { type DetailedError, Upload as TusUpload } from "tus-js-client";
import { putFile, type SendFile } from "./dragoman.ts";
import { errorOfProblem, toClientError } from "./error.ts";

/** As the gateway stores them, so that a break costs no more. */
const CHUNK_BYTES = 8 * 1024 * 1024;
const RETRY_DELAYS_MS = [0, 1000, 3000, 5000, 10_000, 20_000];

/** Sends a file by tus: what was sent before a break, an abort or a reload of the page is not sent again. */
export const sendResumably: SendFile = (file, upload, to, onSent, signal) =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    if (!upload.resumableUrl) return resolve(putFile(file, upload, to, onSent, signal));
    const tus = new TusUpload(file, {
      uploadUrl: new URL(upload.resumableUrl, to.server).href,
      retryDelays: RETRY_DELAYS_MS,
      storeFingerprintForResuming: false,
      chunkSize: CHUNK_BYTES,
      fileReader: { openFile: async () => sourceOf(file) },
      onProgress: (sent) => onSent(sent),
      onSuccess: () => resolve(),
      onError: (error) => {
        const response = "originalResponse" in error ? (error as DetailedError).originalResponse : null;
        reject(response ? errorOfProblem(response.getBody(), response.getStatus(), to.server) : toClientError(error, signal, to.server));
      },
    });
    signal?.addEventListener("abort", () => void tus.abort().finally(() => reject(signal.reason)), { once: true });
    tus.start();
  });

/** Chunk by chunk as bytes: of the file's types that tus-js-client knows, a Blob is none under Node. */
function sourceOf(file: Blob) {
  return {
    size: file.size,
    async slice(start: number, end: number) {
      const bytes = new Uint8Array(await file.slice(start, end).arrayBuffer());
      return { value: Object.assign(bytes, { size: bytes.length }), done: end >= file.size };
    },
    close: () => undefined,
  };
}
