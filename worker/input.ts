import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Granted } from "../gen/dragoman/v1/worker_service_pb.ts";
import type { ArtefactStore } from "../platform/artefacts/artefacts.ts";
import { DragomanError } from "../platform/errors.ts";

const DOWNLOAD_DEADLINE_MS = 600_000;

/** Brings a document to `file`. Throws INPUT_CHANGED for other bytes than were accepted. */
export async function fetchInput(
  { inputKey, inputSha256 }: Pick<Granted, "inputKey" | "inputSha256">,
  file: string,
  artefacts: ArtefactStore,
  signal: AbortSignal,
): Promise<void> {
  const fetching = AbortSignal.any([signal, AbortSignal.timeout(DOWNLOAD_DEADLINE_MS)]);
  const hash = createHash("sha256");
  const hashed = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    await pipeline(artefacts.get(inputKey, fetching), hashed, createWriteStream(file, { mode: 0o600 }), { signal: fetching });
  } catch (cause) {
    if (signal.aborted || !fetching.aborted) throw cause;
    throw DragomanError.of("STORAGE_FAILED", "The input could not be fetched in time.", { cause });
  }
  if (inputSha256 && hash.digest("hex") !== inputSha256)
    throw DragomanError.of("INPUT_CHANGED", "The document is not the one that was accepted.");
}
