import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { create } from "@bufbuild/protobuf";
import { type PreviewMade, PreviewMadeSchema, type PreviewWork } from "../gen/dragoman/v1/worker_service_pb.ts";
import type { ArtefactStore } from "../platform/artefacts/artefacts.ts";
import { Semaphore } from "../platform/async/semaphore.ts";
import { asDragomanError, DragomanError } from "../platform/errors.ts";
import type { Logger } from "../platform/log.ts";
import { PREVIEW_FILE } from "./engine/previewing.ts";
import { fetchInput } from "./input.ts";
import { openOutput } from "./sandbox/outputs.ts";
import type { ChildPool } from "./sandbox/pool.ts";

/** From being asked to the stored picture: whoever asked gives up a little later. */
const WHOLE_MS = 30_000;
const RUN_MS = 20_000;
const MAX_BYTES = 16 * 1024 ** 2;
/** Those beyond would not be made in time. */
const MAX_WAITING = 50;

export interface PreviewerParts {
  readonly artefacts: ArtefactStore;
  readonly children: Pick<ChildPool, "borrow">;
  /** Files lie there while they are looked at. */
  readonly scratch: string;
  readonly log: Logger;
  /** Ends all that is being made. */
  readonly signal: AbortSignal;
}

/** Makes pictures of pages that somebody looks at, one at a time, beside the documents that are translated. */
export function previewer(parts: PreviewerParts): (work: PreviewWork) => Promise<PreviewMade> {
  const slot = new Semaphore(1);
  let waiting = 0;
  const answer = async (work: PreviewWork) => {
    if (waiting >= MAX_WAITING) throw DragomanError.of("OVERLOADED", "Too many pages are looked at.", { retryAfterMs: 5_000 });
    const signal = AbortSignal.any([parts.signal, AbortSignal.timeout(WHOLE_MS)]);
    waiting += 1;
    const mine = await slot.take(signal).finally(() => {
      waiting -= 1;
    });
    using _ = mine;
    await makePreview(work, parts, signal);
  };
  return async (work) => {
    try {
      await answer(work);
      return create(PreviewMadeSchema);
    } catch (thrown) {
      const late = thrown instanceof DOMException || parts.signal.aborted;
      const error = late
        ? DragomanError.of("UNAVAILABLE", "The preview was not made in time.", { retryAfterMs: 2_000 })
        : asDragomanError(thrown);
      parts.log.warn({ jobId: work.jobId, page: work.page, code: error.code, err: error.cause }, "a preview was not made");
      return create(PreviewMadeSchema, { error: error.detail });
    }
  };
}

async function makePreview(work: PreviewWork, { artefacts, children, scratch, log }: PreviewerParts, signal: AbortSignal): Promise<void> {
  const { tenantId, fileKey, fileName, outputKey, page, jobId } = work;
  const folder = path.join(scratch, `preview-${randomUUID()}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = path.join(folder, "input");
    await fetchInput({ inputKey: fileKey, inputSha256: "" }, file, artefacts, signal);
    await using child = await children.borrow(tenantId, signal);
    const shown = await child.show({ file, fileName, page }, RUN_MS, signal).then(
      () => true,
      (error: unknown) => {
        if (signal.aborted) throw error;
        log.info({ jobId, page, code: asDragomanError(error).code }, "a page cannot be shown");
        return false;
      },
    );
    const bytes = shown ? (await openOutput(child.output, PREVIEW_FILE)).createReadStream() : nothing();
    await artefacts.put(outputKey, bytes, { maxBytes: MAX_BYTES }, signal).catch(unlessMade);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

/** Another worker was asked by another orchestrator, at the same time. */
function unlessMade(error: unknown): void {
  if (asDragomanError(error).code !== "UPLOAD_ALREADY_DONE") throw error;
}
