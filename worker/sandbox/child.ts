import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { asDragomanError, DragomanError, type ErrorCode, errorDetail, isErrorCode } from "../../platform/errors.ts";
import type { Logger } from "../../platform/log.ts";
import type { ChildMessage } from "../engine/child.ts";
import type { Request, Result } from "../engine/pipeline.ts";
import type { Progress } from "../engine/progress.ts";
import type { Piece } from "../engine/stopwatch.ts";
import { type Confinement, handOver, start } from "./confinement.ts";
import { heapLimit, type Limits } from "./limits.ts";
import { asChildMessage } from "./messages.ts";
import { groupUsage } from "./usage.ts";

const USAGE_CHECK_MS = 500;
/** An engine that stood still worked at something if it took this share of the time. */
const BUSY_SHARE = 0.25;
const MAX_STDERR_BYTES = 8192;
/** How long the last words of a process that ended may be on their way. */
const LAST_WORDS_MS = 1_000;
/** V8 ends a program whose heap is full like one that is broken; this is all that it says of it. */
const HEAP_FULL = /JavaScript heap out of memory/;

export interface ChildListener {
  readonly progress: (progress: Progress, memoryBytes: number) => void;
  /** What the stage that ends was made of; before the next stage's progress. */
  readonly pieces: (pieces: Piece[]) => void;
}

/** What a document's processes run in, and who hears of them. */
export interface Surroundings {
  readonly limits: Limits;
  readonly confinement: Confinement;
  readonly listener: ChildListener;
  readonly log: Logger;
}

/** Runs the engine on one document in a process group of its own. `signal` kills the group. Throws DragomanError. */
export async function runChild(
  request: Request,
  { limits, confinement, listener, log }: Surroundings,
  signal: AbortSignal,
): Promise<Result> {
  const files = { input: request.file, output: request.folder };
  const launch = confinement.launch(files, limits);
  await handOver(files, launch);
  signal.throwIfAborted();
  const child = start(launch, files, [heapLimit(limits), `${launch.app}/worker/engine/child.ts`]);
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  let memoryBytes = 0;
  let stage = "";
  /** Since the watch last looked. */
  let progressed = true;
  /** Of the group when the step began, and since. */
  let stepStartMs = 0;
  let stepCpuMs = 0;
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-MAX_STDERR_BYTES);
  });
  const exceed = (code: ErrorCode, message: string) => reject(DragomanError.of(code, message, { stage }));
  const tooComplex = () => exceed("DOCUMENT_TOO_COMPLEX", "One step of the document took more work than a step may take.");
  const tooLarge = () => exceed("MEMORY_LIMIT", `The document took more than ${limits.memoryBytes} bytes of memory.`);
  const silence = setTimeout(() => {
    // A document that kept the engine busy will do so again; one that it only waited over may not.
    if (stepCpuMs > limits.silenceMs * BUSY_SHARE) tooComplex();
    else exceed("NO_PROGRESS", "The engine made no progress.");
  }, limits.silenceMs);
  const deadline = setTimeout(() => exceed("TIME_LIMIT", "The document took longer than its run deadline."), limits.runMs);
  const watch = setInterval(async () => {
    const usage = await groupUsage(child.pid ?? 0).catch(() => undefined);
    if (!usage) return;
    memoryBytes = usage.memoryBytes;
    if (progressed) stepStartMs = usage.cpuMs;
    progressed = false;
    stepCpuMs = usage.cpuMs - stepStartMs;
    if (memoryBytes > limits.memoryBytes) tooLarge();
    if (stepCpuMs > limits.stepCpuMs) tooComplex();
  }, USAGE_CHECK_MS);
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  const receive = (message: ChildMessage) => {
    silence.refresh();
    progressed = true;
    if (message.kind === "progress") stage = message.progress.stage;
    if (message.kind === "progress") listener.progress(message.progress, memoryBytes);
    else if (message.kind === "pieces") listener.pieces(message.pieces);
    else if (message.kind === "done") resolve(message.result);
    else reject(childError(message));
  };
  child.on("message", (said) => {
    const message = asChildMessage(said);
    if (message) receive(message);
    else reject(DragomanError.of("ENGINE_CRASHED", "The engine said something that it never says."));
  });
  child.on("error", (cause) => reject(DragomanError.of("ENGINE_CRASHED", "The engine could not be started.", { cause })));
  child.on("exit", async (code, killedBy) => {
    if (child.stderr && !child.stderr.closed)
      await Promise.race([once(child.stderr, "close"), sleep(LAST_WORDS_MS)]).catch(() => undefined);
    if (HEAP_FULL.test(stderr)) tooLarge();
    else reject(DragomanError.of("ENGINE_CRASHED", `The engine ended with ${killedBy ?? `exit code ${code}`}.`));
  });
  child.send({ ...request, file: launch.input, folder: launch.output }, () => undefined);
  try {
    return await promise;
  } catch (error) {
    if (asDragomanError(error).code === "ENGINE_CRASHED" && stderr) log.warn({ stderr }, "the engine's last words");
    throw error;
  } finally {
    clearTimeout(silence);
    clearTimeout(deadline);
    clearInterval(watch);
    signal.removeEventListener("abort", abort);
    await killGroup(child);
  }
}

function childError(message: Extract<ChildMessage, { kind: "failed" }>): DragomanError {
  const code = isErrorCode(message.code) ? message.code : "ENGINE_CRASHED";
  return DragomanError.fromDetail(errorDetail(code, message.message, { stage: message.stage, page: message.page }));
}

async function killGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  const gone =
    child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : new Promise((resolve) => child.once("exit", resolve));
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // The whole group ended by itself.
  }
  await gone;
}
