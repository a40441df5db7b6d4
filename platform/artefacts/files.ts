import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { link, mkdir, open, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { isDiskFull } from "../disk.ts";
import { DragomanError } from "../errors.ts";
import { makeFolder } from "../folder.ts";
import type { ArtefactStore } from "./artefacts.ts";
import { checkedKey } from "./key.ts";
import { Measured } from "./measured.ts";

/**
 * Artefacts as files under `root`. A file appears whole, by a link that fails where there is one already: so a reader
 * never sees half of one, and none is ever replaced. Throws STORAGE_FAILED where the folder cannot be made.
 */
export async function openFileArtefacts(root: string): Promise<ArtefactStore> {
  const incoming = path.join(root, ".incoming");
  const fileOf = (key: string): string => path.join(root, checkedKey(key));
  await makeFolder(incoming, 0o700).catch((error: unknown) => {
    throw cannotOpen(root, error);
  });
  /** A folder that is not mounted has no artefacts, but that says nothing of them. */
  const unlessAway = async (error: unknown): Promise<unknown> => {
    if (!hasCode(error, "ENOENT")) return error;
    return stat(incoming).then(
      () => error,
      (cause: unknown) => DragomanError.of("STORAGE_FAILED", "The folder of the artefacts is not there.", { cause }),
    );
  };

  return {
    async put(key, bytes, limits, signal) {
      const target = fileOf(key);
      const partial = path.join(incoming, randomUUID());
      const measured = new Measured(bytes, limits, signal);
      try {
        await writeWhole(partial, measured);
        const made = await mkdir(path.dirname(target), { recursive: true });
        await link(partial, target);
        await syncFolders(path.dirname(target), made ? path.dirname(made) : path.dirname(target));
        return measured.stored();
      } catch (error) {
        if (hasCode(error, "EEXIST")) throw DragomanError.of("UPLOAD_ALREADY_DONE", "There is such an artefact already.", { cause: error });
        if (hasCode(error, "ENOENT")) throw DragomanError.of("STORAGE_FAILED", "The artefact's folder was removed.", { cause: error });
        throw storageError(error);
      } finally {
        await rm(partial, { force: true }).catch(fail);
      }
    },
    async *get(key, signal, { offset = 0, length } = { offset: 0 }) {
      const range = { start: offset, ...(length !== undefined && { end: offset + length - 1 }) };
      try {
        yield* createReadStream(fileOf(key), { ...range, ...(signal && { signal }) });
      } catch (error) {
        throw storageError(await unlessAway(error));
      }
    },
    async size(key) {
      try {
        return (await stat(fileOf(key))).size;
      } catch (thrown) {
        const error = await unlessAway(thrown);
        if (hasCode(error, "ENOENT")) return undefined;
        throw storageError(error);
      }
    },
    async remove(prefix) {
      const gone = fileOf(prefix);
      try {
        await rm(gone, { recursive: true, force: true });
        await syncFolder(path.dirname(gone));
      } catch (thrown) {
        const error = await unlessAway(thrown);
        if (!hasCode(error, "ENOENT")) throw storageError(error);
      }
    },
    async removeCutOff(before) {
      try {
        for (const name of await readdir(incoming)) {
          const partial = path.join(incoming, name);
          const { mtimeMs } = await stat(partial).catch(gone);
          if (mtimeMs < before) await rm(partial, { force: true });
        }
      } catch (error) {
        throw storageError(await unlessAway(error));
      }
    },
  };
}

/** It was no leftover, but has been put meanwhile. */
function gone(error: unknown): { mtimeMs: number } {
  if (hasCode(error, "ENOENT")) return { mtimeMs: Number.POSITIVE_INFINITY };
  throw error;
}

async function writeWhole(file: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  await using handle = await open(file, "wx", 0o600);
  for await (const chunk of bytes) await handle.writeFile(chunk);
  await handle.sync();
}

/** Of `folder` and those above it, up to `last`: without it a file's name may be lost with the power, though its bytes are on disk. */
async function syncFolders(folder: string, last: string): Promise<void> {
  await syncFolder(folder);
  if (folder.length > last.length) await syncFolders(path.dirname(folder), last);
}

async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, "r");
  await handle.sync();
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

function fail(error: unknown): never {
  throw storageError(error);
}

function cannotOpen(root: string, cause: unknown): unknown {
  if (isDiskFull(cause)) return storageError(cause);
  return DragomanError.of("STORAGE_FAILED", `The folder of the artefacts, ${root}, cannot be made or written to.`, {
    cause,
    hint: "Give this user the right to write there, or set DRAGOMAN_ARTEFACTS or DRAGOMAN_DATA.",
  });
}

function storageError(error: unknown): unknown {
  if (error instanceof DragomanError || (error instanceof Error && error.name === "AbortError")) return error;
  if (!(error instanceof Error && "code" in error && "syscall" in error)) return error;
  if (isDiskFull(error))
    return DragomanError.of("STORAGE_FULL", "There is no room left for artefacts.", { cause: error, retryAfterMs: 10_000 });
  if (error.code === "ENOENT") return DragomanError.of("ARTEFACT_NOT_FOUND", "There is no such artefact.", { cause: error });
  return DragomanError.of("STORAGE_FAILED", "The artefact store failed.", { cause: error });
}
