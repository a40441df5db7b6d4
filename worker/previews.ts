import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { create } from "@bufbuild/protobuf";
import { type PreviewMade, PreviewMadeSchema, type PreviewWork } from "../gen/dragoman/v1/worker_service_pb.ts";
import type { ArtefactStore } from "../platform/artefacts/artefacts.ts";
import { LatestMap } from "../platform/async/latest_map.ts";
import { Semaphore } from "../platform/async/semaphore.ts";
import { asDragomanError, DragomanError } from "../platform/errors.ts";
import type { Logger } from "../platform/log.ts";
import { PREVIEW_FILE } from "./engine/previewing.ts";
import { fetchInput } from "./input.ts";
import { openOutput } from "./sandbox/outputs.ts";
import type { ChildPool } from "./sandbox/pool.ts";

/** From being asked to the stored picture: whoever asked gives up a little later. */
const WHOLE_MS = 30_000;
/** A busy machine gives less of the processor in the same time: a page is at fault that takes so much of it. */
const LIMITS = { runMs: 20_000, cpuMs: 15_000 };
/** What may be the machine's fault: tried again when somebody looks again. */
const NOT_THE_PAGE: ReadonlySet<string> = new Set(["TIME_LIMIT", "NO_PROGRESS", "ENGINE_CRASHED"]);
/** A page at which engines crashed so often is at fault. */
const MAX_CRASHES = 3;
const MAX_REMEMBERED = 1_000;
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
  const making = { ...parts, isAtFault: faultFinder() };
  let waiting = 0;
  const answer = async (work: PreviewWork) => {
    if (waiting >= MAX_WAITING) throw DragomanError.of("OVERLOADED", "Too many pages are looked at.", { retryAfterMs: 5_000 });
    const signal = AbortSignal.any([parts.signal, AbortSignal.timeout(WHOLE_MS)]);
    waiting += 1;
    const mine = await slot.take(signal).finally(() => {
      waiting -= 1;
    });
    using _ = mine;
    await makePreview(work, making, signal);
  };
  return async (work) => {
    try {
      await answer(work);
      return create(PreviewMadeSchema);
    } catch (thrown) {
      const known = asDragomanError(thrown);
      const late = thrown instanceof DOMException || parts.signal.aborted || known.code === "TIME_LIMIT" || known.code === "NO_PROGRESS";
      const error = late ? DragomanError.of("UNAVAILABLE", "The preview was not made in time.", { retryAfterMs: 2_000 }) : known;
      parts.log.warn({ jobId: work.jobId, page: work.page, code: error.code, err: error.cause }, "a preview was not made");
      return create(PreviewMadeSchema, { error: error.detail });
    }
  };
}

/** Tells whether a page is at fault that could not be shown, by the code of what kept it: then nobody tries again. */
function faultFinder(): (page: string, code: string) => boolean {
  const crashes = new LatestMap<string, number>(MAX_REMEMBERED);
  return (page, code) => {
    if (!NOT_THE_PAGE.has(code)) return true;
    if (code !== "ENGINE_CRASHED") return false;
    const count = (crashes.get(page) ?? 0) + 1;
    crashes.set(page, count);
    return count >= MAX_CRASHES;
  };
}

interface Making extends PreviewerParts {
  readonly isAtFault: ReturnType<typeof faultFinder>;
}

async function makePreview(
  work: PreviewWork,
  { artefacts, children, scratch, log, isAtFault }: Making,
  signal: AbortSignal,
): Promise<void> {
  const { tenantId, fileKey, fileName, outputKey, page, jobId } = work;
  const folder = path.join(scratch, `preview-${randomUUID()}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = path.join(folder, "input");
    await fetchInput({ inputKey: fileKey, inputSha256: "" }, file, artefacts, signal);
    await using child = await children.borrow(tenantId, signal);
    const shown = await child.show({ file, fileName, page }, LIMITS, signal).then(
      () => true,
      (error: unknown) => {
        if (signal.aborted || !isAtFault(outputKey, asDragomanError(error).code)) throw error;
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
