import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { create } from "@bufbuild/protobuf";
import { type Artefact, ArtefactSchema, type Ledger, LedgerSchema, ResultFormat, Stage } from "../gen/dragoman/v1/job_pb.ts";
import type { Granted } from "../gen/dragoman/v1/worker_service_pb.ts";
import type { ArtefactStore } from "../platform/artefacts/artefacts.ts";
import { DragomanError } from "../platform/errors.ts";
import type { Logger } from "../platform/log.ts";
import { type Limits, runChild } from "./child_process.ts";
import type { Result } from "./engine/pipeline.ts";

const DOWNLOAD_DEADLINE_MS = 600_000;
const MAX_OUTPUT_BYTES = 4 * 1024 ** 3;

/** What an attempt tells of itself while it runs. */
export interface AttemptProgress {
  readonly stage: Stage;
  readonly percent: number;
  readonly pagesDone: number;
  readonly pagesTotal: number;
  readonly memoryBytes: number;
}

export interface AttemptParts {
  readonly artefacts: ArtefactStore;
  /** The attempt's own folder; removed at the end. */
  readonly folder: string;
  readonly confinement: readonly string[];
  readonly limits: Limits;
  /** Waits for a slot to run in; what it returns gives the slot back. */
  readonly slot: (signal: AbortSignal) => Promise<Disposable>;
  readonly log: Logger;
}

/** One attempt from its grant to its stored outputs. Throws DragomanError, or `signal`'s reason. */
export type RunAttempt = (
  grant: Granted,
  parts: AttemptParts,
  onProgress: (progress: AttemptProgress) => void,
  signal: AbortSignal,
) => Promise<{ ledger: Ledger; artefacts: Artefact[] }>;

/** Translates: fetches the input, runs the engine on it in a child process, and stores what it made. */
export const runAttempt: RunAttempt = async (grant, parts, onProgress, signal) => {
  const { artefacts, folder } = parts;
  const input = path.join(folder, "input");
  const output = path.join(folder, "output");
  try {
    const fetching = AbortSignal.any([signal, AbortSignal.timeout(DOWNLOAD_DEADLINE_MS)]);
    await mkdir(output, { recursive: true, mode: 0o700 });
    await pipeline(artefacts.get(grant.inputKey, fetching), createWriteStream(input, { mode: 0o600 }), { signal: fetching }).catch(
      (cause) => {
        if (signal.aborted || !fetching.aborted) throw cause;
        throw DragomanError.of("STORAGE_FAILED", "The input could not be fetched in time.", { cause });
      },
    );
    using _slot = await parts.slot(signal);
    const options = grant.options;
    const result = await runChild(
      {
        file: input,
        fileName: grant.fileName,
        sourceLanguage: options?.sourceLanguage ?? "",
        targetLanguage: options?.targetLanguage ?? "",
        folder: output,
      },
      { ...parts.limits, runMs: Math.min(parts.limits.runMs, Number(grant.runDeadlineMs)) },
      parts.confinement,
      ({ stage, percent, pagesDone, pagesTotal }, memoryBytes) =>
        onProgress({ stage: Stage[stage], percent, pagesDone, pagesTotal, memoryBytes }),
      signal,
      parts.log,
    );
    const { pagesIn } = result.ledger;
    onProgress({ stage: Stage.UPLOADING, percent: 97, pagesDone: pagesIn, pagesTotal: pagesIn, memoryBytes: 0 });
    return { ledger: create(LedgerSchema, result.ledger), artefacts: await upload(result, output, grant.outputPrefix, artefacts, signal) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

async function upload(result: Result, folder: string, prefix: string, artefacts: ArtefactStore, signal: AbortSignal): Promise<Artefact[]> {
  const uploaded: Artefact[] = [];
  for (const { format, page, mediaType, fileName } of result.outputs) {
    const { sizeBytes, sha256 } = await artefacts.put(
      `${prefix}/${fileName}`,
      createReadStream(path.join(folder, fileName)),
      MAX_OUTPUT_BYTES,
      signal,
    );
    uploaded.push(
      create(ArtefactSchema, { format: ResultFormat[format], page, mediaType, fileName, sizeBytes: BigInt(sizeBytes), sha256 }),
    );
  }
  return uploaded;
}
