import { ConnectError } from "@connectrpc/connect";
import { base64, digestOf, type SendFile } from "./dragoman.ts";
import { ClientError, errorOf, toClientError } from "./error.ts";

const AT_ONCE = 3;
const TRIES = 5;
const PAUSE_MS = 1000;
const PART_MS = 600_000;

/** Sends a file straight to the artefact store, part by part; parts that are there already are not sent again. */
export const sendInParts: SendFile = async (file, { partsToken, partSizeBytes }, { server, uploads }, onSent, signal) => {
  const partBytes = Number(partSizeBytes);
  const options = signal ? { signal } : {};
  const { stored } = await uploads.signUploadParts({ partsToken }, options).catch((error: unknown) => {
    throw toClientError(error, signal, server);
  });
  const there = new Set(stored);
  const sizeOf = (number: number) => Math.min(partBytes, file.size - (number - 1) * partBytes);
  let sent = [...there].reduce((sum, number) => sum + sizeOf(number), 0);
  onSent(sent);
  const missing = Array.from({ length: Math.ceil(file.size / partBytes) }, (_, index) => index + 1).filter((number) => !there.has(number));
  const sendPart = async (number: number) => {
    const bytes = file.slice((number - 1) * partBytes, number * partBytes);
    const contentMd5 = base64(await digestOf(bytes, "MD5"));
    const { parts } = await uploads.signUploadParts({ partsToken, parts: [{ number, contentMd5 }] }, options);
    for (const { url, headers } of parts) await put(url, headers, bytes, signal);
    sent += bytes.size;
    onSent(sent);
  };
  const line = async () => {
    for (let number = missing.shift(); number !== undefined; number = missing.shift())
      await again(() => sendPart(number as number), signal);
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, line));
    await uploads.completeUpload({ partsToken }, options);
  } catch (error) {
    // The other lines end with the part that they have.
    missing.length = 0;
    throw toClientError(error, signal, server);
  }
};

async function put(url: string, headers: Record<string, string>, body: Blob, signal: AbortSignal | undefined): Promise<void> {
  const limit = AbortSignal.timeout(PART_MS);
  // A slice has its file's type, which was not signed.
  const bare = new Blob([body]);
  const response = await fetch(url, { method: "PUT", headers, body: bare, signal: signal ? AbortSignal.any([signal, limit]) : limit });
  if (!response.ok) throw await errorOf(response);
}

/**
 * A bad line is tried again, a little later each time; so is a part that the store refused, because its address may have
 * expired meanwhile. What the server refused for good is not.
 */
async function again(work: () => Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      const known = error instanceof ConnectError ? toClientError(error) : undefined;
      if (signal?.aborted || tries === TRIES || (known instanceof ClientError && !known.retryable)) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * tries));
    }
  }
}
