import { createHash } from "node:crypto";
import { createWriteStream, openAsBlob } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ConnectError } from "@connectrpc/connect";
import { Dragoman, type TranslateOptions } from "../client/dragoman.ts";
import { ClientError, toClientError } from "../client/error.ts";
import type { Artefact, Job } from "../gen/dragoman/v1/job_pb.ts";
import { DragomanError } from "../platform/errors.ts";

/** The client library with a file system: files by their path. Throws as the library does. */
export class Client extends Dragoman {
  constructor(server: string, apiKey: string) {
    super({ server, apiKey, hash: md5 });
  }

  /** Sends the file at `file` and creates its job. */
  async createFrom(file: string, options: TranslateOptions): Promise<Job> {
    return this.create(await openAsBlob(file), { fileName: path.basename(file), ...options });
  }

  /** Every file of the job's result, saved to `folder`. */
  async download(job: Job, folder: string): Promise<string[]> {
    await mkdir(folder, { recursive: true });
    const saved: string[] = [];
    for (const artefact of job.artefacts) saved.push(await this.#save(job.id, artefact, folder));
    return saved;
  }

  async #save(id: string, artefact: Artefact, folder: string): Promise<string> {
    const file = path.join(folder, path.basename(artefact.fileName));
    await pipeline(Readable.from(this.result(id, artefact), { objectMode: false }), createWriteStream(file));
    return file;
  }
}

async function md5(file: Blob): Promise<string> {
  const hash = createHash("md5");
  for await (const chunk of file.stream()) hash.update(chunk);
  return hash.digest("base64");
}

/** The key from DRAGOMAN_API_KEY, or the one `dragoman serve` made in this folder. */
export async function findApiKey(env: NodeJS.ProcessEnv): Promise<string> {
  if (env["DRAGOMAN_API_KEY"]) return env["DRAGOMAN_API_KEY"];
  const file = path.join(env["DRAGOMAN_DATA"] ?? "data", "api-key");
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (cause) {
    throw DragomanError.of("UNAUTHENTICATED", "There is no API key: neither DRAGOMAN_API_KEY nor the local server's.", { cause });
  }
}

/** The server's own error out of the client's, or Connect's. */
export function fromClientError(thrown: unknown): unknown {
  const error = thrown instanceof ConnectError ? toClientError(thrown) : thrown;
  if (!(error instanceof ClientError)) return thrown;
  if (error.cause === undefined || error.code !== "UNAVAILABLE" || error.detail.traceId) return DragomanError.fromDetail(error.detail);
  return DragomanError.of("UNAVAILABLE", error.message, {
    cause: error.cause,
    hint: "Start one with `npm run dragoman -- serve`, or name it with --server.",
  });
}
