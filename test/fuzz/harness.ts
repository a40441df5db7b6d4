import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { ClientError } from "../../client/error.ts";
import { type Job, JobState, ResultFormat } from "../../gen/dragoman/v1/job_pb.ts";
import { isErrorCode } from "../../platform/errors.ts";
import { isFinal } from "../../platform/final.ts";
import { stateName } from "../../platform/names.ts";
import { type RunningService, startService } from "../support/service.ts";
import type { Input } from "./input.ts";
import { holdings, leaksOf, MemoryWatch } from "./leaks.ts";

/** A document's own run deadline; a hang is what is not final long after it. */
const RUN_SECONDS = 120;
/** Of what is only large it is enough that it is stopped in time. */
const HEAVY_RUN_SECONDS = 60;
const GRACE_MS = 60_000;
/** Codes that say that the program failed, not what is wrong with the document. */
const UNTYPED: ReadonlySet<string> = new Set([
  "INTERNAL",
  "ENGINE_CRASHED",
  "DOCUMENT_QUARANTINED",
  "LEDGER_MISMATCH",
  "NO_PROGRESS",
  "TIME_LIMIT",
  "WORKER_LOST",
  "UNAVAILABLE",
  "DEADLINE_EXCEEDED",
  "STORAGE_FAILED",
  "TRANSLATOR_UNAVAILABLE",
]);

/** What a document is stopped by that is only large, sooner on a busy machine. */
const STOPPED: ReadonlySet<string> = new Set(["TIME_LIMIT", "MEMORY_LIMIT", "DOCUMENT_TOO_COMPLEX"]);

export interface Ended {
  readonly input: Input;
  /** A final state that is a success, an error's code, or that it hung. */
  readonly end: string;
  readonly typed: boolean;
  readonly message: string;
  readonly ms: number;
}

export interface Report {
  readonly ended: readonly Ended[];
  readonly leaks: readonly string[];
  readonly maxRssBytes: number;
}

const HUNG = "HUNG";

export function hungOf({ ended }: Report): Ended[] {
  return ended.filter(({ end }) => end === HUNG);
}

export function untypedOf({ ended }: Report): Ended[] {
  return ended.filter(({ end, typed }) => !typed && end !== HUNG);
}

/** The line that tells a run. */
export function summaryOf(report: Report): string {
  const { ended, leaks, maxRssBytes } = report;
  const typed = ended.filter((each) => each.typed).length;
  const rss = Math.round(maxRssBytes / 1024 / 1024);
  return `inputs ${ended.length}, typed ${typed}, hung ${hungOf(report).length}, leaked ${leaks.length}, max RSS ${rss} MiB`;
}

interface FuzzOptions {
  readonly slots: number;
  readonly onEnd?: (ended: Ended) => void;
}

/** Sends each input through a whole service, over the client library, and looks at what is left when all are final. */
export async function fuzz(inputs: readonly Input[], { slots, onEnd }: FuzzOptions): Promise<Report> {
  const temporary = await mkdtemp(path.join(tmpdir(), "dragoman-fuzz-"));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rm(temporary, { recursive: true, force: true }));
  const limits = { DRAGOMAN_JOB_MEMORY_MB: "1536", DRAGOMAN_STEP_SECONDS: "20" };
  const service = stack.use(await startService({ ...limits, DRAGOMAN_SLOTS: String(slots), TMPDIR: temporary }));
  // What is made once, with the first document, is no leak.
  await send(service, { name: "the first", fileName: "a.txt", from: "en", content: () => Buffer.from("The garden is open.") });
  const before = await holdings(service);
  using memory = new MemoryWatch(service.pid);
  const ended: Ended[] = [];
  let next = 0;
  const sendOn = async () => {
    for (let input = inputs[next++]; input; input = inputs[next++]) {
      const one = await send(service, input);
      ended.push(one);
      onEnd?.(one);
    }
  };
  // One more than are read at once, so that no slot waits.
  await Promise.all(Array.from({ length: slots + 1 }, sendOn));
  return { ended, leaks: await leaksOf(service, temporary, before), maxRssBytes: memory.maxBytes };
}

async function send(service: RunningService, input: Input): Promise<Ended> {
  const startMs = performance.now();
  const content = await input.content();
  const runSeconds = input.heavy ? HEAVY_RUN_SECONDS : RUN_SECONDS;
  const deadlineMs = runSeconds * 1000 + GRACE_MS;
  const signal = AbortSignal.timeout(deadlineMs);
  const told = (end: string, message: string): Ended => ({
    input,
    end,
    typed: isTyped(input, end),
    message,
    ms: performance.now() - startMs,
  });
  try {
    const file = new Blob([content as Uint8Array<ArrayBuffer>]);
    const options = { runDeadlineSeconds: runSeconds };
    const job = await service.client.translate(file, { fileName: input.fileName, to: "es", from: input.from, options, signal });
    if (!isFinal(job.state)) return told(HUNG, `left ${stateName(job.state)}`);
    if (job.error) return told(job.error.code, `${job.error.message} (${job.error.stage})`);
    await readResult(service, job);
    return told(stateName(job.state), "");
  } catch (error) {
    if (signal.aborted) return told(HUNG, `for ${deadlineMs} ms`);
    if (error instanceof ClientError) return told(error.code, error.message);
    return told("INTERNAL", String(error));
  }
}

/** A result that cannot be had is none: each file that the job names can be read, and lands in the folder it is saved to. */
async function readResult(service: RunningService, job: Job): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "dragoman-fuzz-result-"));
  try {
    const artefacts = job.artefacts.filter(({ format }) => format !== ResultFormat.PREVIEW && format !== ResultFormat.SOURCE_PREVIEW);
    const saved = await service.client.download({ ...job, artefacts }, folder);
    if ((await readdir(folder)).length !== saved.length) throw new Error("a file of the result was saved elsewhere");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function isTyped({ ends, heavy }: Input, end: string): boolean {
  if (heavy && STOPPED.has(end)) return true;
  if (ends) return ends.includes(end);
  return (
    end === stateName(JobState.SUCCEEDED) || end === stateName(JobState.PARTIALLY_SUCCEEDED) || (isErrorCode(end) && !UNTYPED.has(end))
  );
}
