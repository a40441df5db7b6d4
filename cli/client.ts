import { createHash } from "node:crypto";
import { createWriteStream, openAsBlob } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ConnectError } from "@connectrpc/connect";
import { type Digest, Dragoman, type TranslateOptions } from "../client/dragoman.ts";
import { ClientError, toClientError } from "../client/error.ts";
import type { Artefact, Job } from "../gen/dragoman/v1/job_pb.ts";
import { type Env, read } from "../platform/config/read.ts";
import { DragomanError } from "../platform/errors.ts";
import { makeFolder } from "../platform/folder.ts";
import { freeNames } from "./free_names.ts";
import { fromSystemError } from "./system_error.ts";

/** The client library with a file system: files by their path. Throws as the library does. */
export class FileClient extends Dragoman {
  constructor(server: string, apiKey: string) {
    super({ server, apiKey, digest });
  }

  /** Sends the file at `file` and creates its job. */
  async createFrom(file: string, options: TranslateOptions): Promise<Job> {
    return this.create(await openAsBlob(file), { fileName: path.basename(file), ...options });
  }

  /** Makes the folder that a result is to be saved to. Throws OUTPUT_NOT_WRITABLE before anything is sent. */
  async prepare(folder: string): Promise<void> {
    try {
      await makeFolder(folder);
    } catch (error) {
      throw fromSystemError(error) ?? error;
    }
  }

  /**
   * The files of the job's result, or those that are `chosen`, each once, saved to `folder` under its own name: a free one
   * where files of these names are to be kept.
   */
  async download(
    { id, artefacts }: Job,
    folder: string,
    { existing = "keep", chosen = () => true }: { existing?: "keep" | "replace"; chosen?: (artefact: Artefact) => boolean } = {},
  ): Promise<string[]> {
    await this.prepare(folder);
    const listed = artefacts.filter(chosen);
    const wanted = listed.filter(({ sameAs }) => !listed.some(({ format }) => format === sameAs));
    const names = wanted.map(({ fileName }) => path.basename(fileName));
    const free = existing === "keep" ? freeNames(names, await readdir(folder)) : names;
    const saved: string[] = [];
    for (const [index, artefact] of wanted.entries()) {
      const file = path.join(folder, free[index] ?? "");
      const isThere = await this.#save(id, artefact, file, existing === "keep" ? "wx" : "w").then(() => true, unlessUnseen(artefact));
      if (isThere) saved.push(file);
    }
    return saved;
  }

  async #save(id: string, artefact: Artefact, file: string, flags: string): Promise<void> {
    const out = createWriteStream(file, { flags });
    try {
      await pipeline(Readable.from(this.result(id, artefact), { objectMode: false }), out);
    } catch (error) {
      // Half a file would be taken for a whole one. One that was there before was not opened.
      if (!out.pending) await rm(file, { force: true });
      throw error;
    }
  }
}

/** Whether a page can be shown is known only when its preview is made. */
function unlessUnseen({ mediaType, sha256 }: Artefact): (error: unknown) => boolean {
  return (error) => {
    if (mediaType.startsWith("image/") && sha256 === "" && error instanceof ClientError && error.code === "ARTEFACT_NOT_FOUND")
      return false;
    throw error;
  };
}

const digest: Digest = async (file, algorithm) => {
  const hash = createHash(algorithm);
  for await (const chunk of file.stream()) hash.update(chunk);
  return hash.digest();
};

/** The key from DRAGOMAN_API_KEY, or the one `dragoman serve` made in this folder. Throws UNAUTHENTICATED where there is none. */
export async function findApiKey(env: Env): Promise<string> {
  const given = read(env, "DRAGOMAN_API_KEY")?.trim();
  // It goes into a header, which takes nothing else.
  if (given && !/^[\x21-\x7e]+$/.test(given)) throw DragomanError.of("UNAUTHENTICATED", "DRAGOMAN_API_KEY holds no API key.");
  if (given) return given;
  const file = path.join(read(env, "DRAGOMAN_DATA"), "api-key");
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (cause) {
    throw DragomanError.of("UNAUTHENTICATED", "There is no API key: neither DRAGOMAN_API_KEY nor the local server's.", { cause });
  }
}

/** The server's own error out of the client's, or of a call of the generated clients. */
export function fromClientError(thrown: unknown): unknown {
  const error = thrown instanceof ConnectError ? toClientError(thrown) : thrown;
  if (!(error instanceof ClientError)) return error;
  if (error.cause === undefined || error.code !== "UNAVAILABLE" || error.detail.traceId) return DragomanError.fromDetail(error.detail);
  return DragomanError.of("UNAVAILABLE", error.message, {
    cause: error.cause,
    hint: "Start one with `npm run dragoman -- serve`, or name it with --server.",
  });
}
