import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { DragomanError } from "../errors.ts";
import type { ArtefactStore } from "./artefacts.ts";
import { checkedKey } from "./key.ts";

/** Artefacts as files under `root`. A file appears by rename, so a reader never sees half of one. */
export async function openFileArtefacts(root: string): Promise<ArtefactStore> {
  const incoming = path.join(root, ".incoming");
  await mkdir(incoming, { recursive: true, mode: 0o700 });
  const place = (key: string): string => path.join(root, checkedKey(key));

  return {
    async put(key, bytes, maxBytes, signal) {
      const target = place(key);
      const partial = path.join(incoming, randomUUID());
      try {
        const stored = await writeWhole(partial, bytes, maxBytes, signal);
        await mkdir(path.dirname(target), { recursive: true });
        await rename(partial, target);
        return stored;
      } catch (error) {
        await rm(partial, { force: true });
        throw storageError(error);
      }
    },
    async *get(key, signal, { offset = 0, length } = { offset: 0 }) {
      const range = { start: offset, ...(length !== undefined && { end: offset + length - 1 }) };
      try {
        yield* createReadStream(place(key), { ...range, ...(signal && { signal }) });
      } catch (error) {
        throw storageError(error);
      }
    },
    async size(key) {
      try {
        return (await stat(place(key))).size;
      } catch (error) {
        if (hasCode(error, "ENOENT")) return undefined;
        throw storageError(error);
      }
    },
    async remove(prefix) {
      await rm(place(prefix), { recursive: true, force: true });
    },
  };
}

async function writeWhole(file: string, bytes: AsyncIterable<Uint8Array>, maxBytes: number, signal?: AbortSignal) {
  await using handle = await open(file, "wx", 0o600);
  const hash = createHash("sha256");
  let sizeBytes = 0;
  for await (const chunk of bytes) {
    signal?.throwIfAborted();
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxBytes) throw DragomanError.of("FILE_TOO_LARGE", `The file is larger than the limit of ${maxBytes} bytes.`);
    hash.update(chunk);
    await handle.writeFile(chunk);
  }
  await handle.sync();
  return { sizeBytes, sha256: hash.digest("hex") };
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

function storageError(error: unknown): unknown {
  if (error instanceof DragomanError || (error instanceof Error && error.name === "AbortError")) return error;
  if (hasCode(error, "ENOENT")) return DragomanError.of("ARTEFACT_NOT_FOUND", "There is no such artefact.", { cause: error });
  if (error instanceof Error && "code" in error && "syscall" in error)
    return DragomanError.of("STORAGE_FAILED", "The artefact store failed.", { cause: error });
  return error;
}
