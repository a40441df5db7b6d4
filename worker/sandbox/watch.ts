import { DragomanError, type ErrorCode } from "../../platform/errors.ts";
import type { Limits } from "./limits.ts";
import { groupUsage } from "./usage.ts";

const USAGE_CHECK_MS = 500;
/** An engine that stood still worked at something if it took this share of the time. */
const BUSY_SHARE = 0.25;

export interface LimitWatch extends Disposable {
  /** What the document's processes held when they were last looked at. */
  readonly memoryBytes: number;
  /** The document is further; `stage` is where, if that is known anew. */
  progressed(stage: string | undefined): void;
  /** Whether it waits for a translator: that is neither its silence nor its work. */
  waits(isWaiting: boolean): void;
  /** It passed the limit of memory in between. */
  tooLarge(): void;
}

/** Watches one document, in the process group that `leader` began, from now on. `exceed` hears of each limit that is passed. */
export function watchLimits(leader: number, limits: Limits, exceed: (error: DragomanError) => void): LimitWatch {
  let memoryBytes = 0;
  let stage = "";
  let isWaiting = false;
  /** Since the watch last looked. */
  let progressed = true;
  /** Of the group when the step began, and since. */
  let stepStartMs = 0;
  let stepCpuMs = 0;
  const say = (code: ErrorCode, message: string) => exceed(DragomanError.of(code, message, { stage }));
  const tooComplex = () => say("DOCUMENT_TOO_COMPLEX", "One step of the document took more work than a step may take.");
  const tooLarge = () => say("MEMORY_LIMIT", `The document took more than ${limits.memoryBytes} bytes of memory.`);
  const silence = setTimeout(() => {
    if (isWaiting) return void silence.refresh();
    // A document that kept the engine busy will do so again; one that it only waited over may not.
    if (stepCpuMs > limits.silenceMs * BUSY_SHARE) tooComplex();
    else say("NO_PROGRESS", "The engine made no progress.");
  }, limits.silenceMs);
  const deadline = setTimeout(() => say("TIME_LIMIT", "The document took longer than its run deadline."), limits.runMs);
  const look = setInterval(async () => {
    const usage = await groupUsage(leader).catch(() => undefined);
    if (!usage) return;
    memoryBytes = usage.memoryBytes;
    if (progressed) stepStartMs = usage.cpuMs;
    progressed = false;
    stepCpuMs = usage.cpuMs - stepStartMs;
    if (memoryBytes > limits.memoryBytes) tooLarge();
    if (stepCpuMs > limits.stepCpuMs) tooComplex();
  }, USAGE_CHECK_MS);
  return {
    get memoryBytes() {
      return memoryBytes;
    },
    progressed(at) {
      silence.refresh();
      progressed = true;
      stage = at ?? stage;
    },
    waits(now) {
      isWaiting = now;
      silence.refresh();
    },
    tooLarge,
    [Symbol.dispose]() {
      clearTimeout(silence);
      clearTimeout(deadline);
      clearInterval(look);
    },
  };
}
