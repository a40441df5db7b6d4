import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { create, toBinary } from "@bufbuild/protobuf";
import { ErrorCategory } from "../gen/dragoman/v1/error_pb.ts";
import { CorrectionsAs, type RevisionMade, RevisionMadeSchema, type RevisionWork } from "../gen/dragoman/v1/worker_service_pb.ts";
import type { ArtefactStore } from "../platform/artefacts/artefacts.ts";
import { Semaphore } from "../platform/async/semaphore.ts";
import { asDragomanError, DragomanError } from "../platform/errors.ts";
import type { Logger } from "../platform/log.ts";
import { MAX_REPORT_BYTES } from "../platform/report.ts";
import { ledgerOf, requestOf, storeResult, storing } from "./attempt.ts";
import { fetchInput } from "./input.ts";
import type { RevisingWork } from "./sandbox/child.ts";
import type { ChildPool } from "./sandbox/pool.ts";
import type { DocumentMemory } from "./translators/memory/document_memory.ts";
import type { TranslationOrder } from "./translators/order.ts";
import { orderOf } from "./translators/order_of.ts";

/** For bringing the files and storing what was written of them, beside what the engine may take. */
const FETCH_AND_STORE_MS = 600_000;
/** Those beyond would wait for long; another worker may have room. */
const MAX_WAITING = 10;
/** A memory that is away for longer does without. */
const FLUSH_MS = 10_000;
/** Whose translations go before those of all engines. */
const A_PERSON = { engine: "", model: "" };
/** What engines did for the job its ledger says already. */
const NOBODY_ASKED = { uses: () => [], remarks: () => [] };
const NOTHING_TIMED = { time: <T>(_: string, __: number, work: () => Promise<T>) => work() };

export interface ReviserParts {
  readonly artefacts: ArtefactStore;
  readonly children: Pick<ChildPool, "borrow">;
  /** Files lie there while they are worked on. */
  readonly scratch: string;
  /** Where what a person corrects is remembered. */
  readonly memoryOf: (order: TranslationOrder) => DocumentMemory;
  /** How long writing one again may take, whatever its job says. */
  readonly runMs: number;
  readonly log: Logger;
  /** Ends all that is being written. */
  readonly signal: AbortSignal;
}

/** Writes results again with corrections, one at a time, beside the documents that are translated. */
export function reviser(parts: ReviserParts): (work: RevisionWork) => Promise<RevisionMade> {
  const slot = new Semaphore(1);
  let waiting = 0;
  const answer = async (work: RevisionWork) => {
    if (waiting >= MAX_WAITING) throw DragomanError.of("OVERLOADED", "Too many results are being corrected.", { retryAfterMs: 5_000 });
    waiting += 1;
    const mine = await slot.take(parts.signal).finally(() => {
      waiting -= 1;
    });
    using _ = mine;
    const runMs = Math.min(parts.runMs, Number(work.runDeadlineMs));
    return await writeAgain(work, parts, runMs, AbortSignal.any([parts.signal, AbortSignal.timeout(runMs + FETCH_AND_STORE_MS)]));
  };
  return async (work) => {
    try {
      return await answer(work);
    } catch (thrown) {
      const late = thrown instanceof DOMException || parts.signal.aborted;
      const error = late
        ? DragomanError.of("UNAVAILABLE", "The result was not written in time.", { retryAfterMs: 2_000 })
        : asDragomanError(thrown);
      const isTheirs = error.detail.category === ErrorCategory.INVALID_INPUT;
      parts.log[isTheirs ? "info" : "warn"]({ jobId: work.jobId, code: error.code, err: error.cause }, "a result was not corrected");
      return create(RevisionMadeSchema, { error: error.detail });
    }
  };
}

async function writeAgain(work: RevisionWork, parts: ReviserParts, runMs: number, signal: AbortSignal): Promise<RevisionMade> {
  const { artefacts, children, scratch } = parts;
  const { tenantId, fileName, inputKey, inputSha256, keptKey, correctionsKey } = work;
  const folder = path.join(scratch, `revision-${randomUUID()}`);
  const at = (name: string) => path.join(folder, name);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await fetchInput({ inputKey, inputSha256 }, at("input"), artefacts, signal);
    await fetchInput({ inputKey: keptKey, inputSha256: "" }, at("kept"), artefacts, signal);
    await fetchInput({ inputKey: correctionsKey, inputSha256: "" }, at("corrections"), artefacts, signal);
    await using child = await children.borrow(tenantId, signal);
    const files = { file: at("input"), kept: at("kept"), corrections: at("corrections") };
    const correctionsAs = work.correctionsAs === CorrectionsAs.XLIFF ? ("xliff" as const) : ("json" as const);
    const memory = parts.memoryOf(orderOf(work));
    const learnt: RevisingWork["learnt"] = (units, pair) =>
      memory.keep(
        units.map(({ unit, target }) => ({ unit, translation: { kind: "translated", target, unknown: [] } })),
        { pair, ...A_PERSON },
      );
    const request = { ...requestOf(work.options), ...files, fileName, correctionsAs };
    const revised = await child.revise(request, { runMs, learnt }, signal);
    const store = storing(artefacts, work.outputPrefix, signal);
    const stored = await storeResult(revised, child.output, store, NOTHING_TIMED, () => undefined);
    await memory.flush(AbortSignal.any([signal, AbortSignal.timeout(FLUSH_MS)]));
    const { corrected } = revised;
    const made = create(RevisionMadeSchema, { ledger: ledgerOf(revised, NOBODY_ASKED), artefacts: stored, corrected });
    if (toBinary(RevisionMadeSchema, made).length <= MAX_REPORT_BYTES) return made;
    throw DragomanError.of("RESULT_TOO_LARGE", `The result has ${stored.length} files, more than a job may list.`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
