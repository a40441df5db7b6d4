import { url as debuggedAt } from "node:inspector";
import { Worker } from "node:worker_threads";

/** Longer than anything that may hold up a component's event loop: none of them computes. */
const STALL_MS = 20_000;
const BEATS_PER_STALL = 20;

/** What the watching thread is given. */
export interface Watched {
  /** One number, which rises while the event loop turns. */
  readonly beats: SharedArrayBuffer;
  readonly component: string;
  readonly stallMs: number;
  readonly checkMs: number;
}

/**
 * Watches this thread's event loop from another thread, until it is disposed of. When the loop has stood still for
 * `stallMs`, what it stands in is logged, and the process is killed: whoever supervises it starts it anew, and leases
 * end by themselves. Not while a debugger may hold it.
 */
export function watchEventLoop(component: string, stallMs = STALL_MS): AsyncDisposable {
  if (debuggedAt()) return { [Symbol.asyncDispose]: async () => undefined };
  const beats = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const counter = new Int32Array(beats);
  const checkMs = stallMs / BEATS_PER_STALL;
  const beat = setInterval(() => Atomics.add(counter, 0, 1), checkMs).unref();
  const workerData: Watched = { beats, component, stallMs, checkMs };
  const thread = new Worker(new URL("./watchdog_thread.ts", import.meta.url), {
    name: "watchdog",
    workerData,
    // Of the process' own only what runs TypeScript is needed: nothing of an `--inspect` or of a larger heap.
    execArgv: ["--disable-warning=ExperimentalWarning"],
    resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 },
  });
  thread.unref();
  // Without it the service serves as well: it is there for the day something else is broken.
  thread.on("error", (error) => process.emitWarning(`The event loop is no longer watched: ${error.message}`));
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(beat);
      await thread.terminate();
    },
  };
}
