import { type Debugger, Session } from "node:inspector";
import { setTimeout as sleep } from "node:timers/promises";
import { workerData } from "node:worker_threads";
import type { Watched } from "./watchdog.ts";

/** How long a thread that stands still is given to say where. One that waits in native code does not. */
const PAUSE_DEADLINE_MS = 5_000;
const MAX_FRAMES = 30;

const { beats, component, stallMs, checkMs } = workerData as Watched;
const counter = new Int32Array(beats);

await stall();
const stack = await Promise.race([stackOfMainThread(), sleep(PAUSE_DEADLINE_MS, undefined)]);
// Only now: the log's modules take megabytes.
const { openLog } = await import("./log.ts");
openLog(component).fatal({ stack: stack ?? "in native code" }, `the event loop stood still for ${stallMs} ms; the process ends`);
// A thread's own exit would end but the thread, and the paused one cannot end itself.
process.kill(process.pid, "SIGKILL");

/** Resolves when the loop has not turned for so many looks; by their number, for a process that was frozen has stood still as a whole. */
async function stall(): Promise<void> {
  for (let still = 0, last = -1; still * checkMs < stallMs; ) {
    await sleep(checkMs);
    const now = Atomics.load(counter, 0);
    still = now === last ? still + 1 : 0;
    last = now;
  }
}

/** One line a call, the innermost first. */
async function stackOfMainThread(): Promise<string> {
  const session = new Session();
  session.connectToMainThread();
  const files = new Map<string, string>();
  session.on("Debugger.scriptParsed", ({ params: { scriptId, url } }) => files.set(scriptId, url));
  const paused = Promise.withResolvers<readonly Debugger.CallFrame[]>();
  session.on("Debugger.paused", ({ params }) => paused.resolve(params.callFrames));
  session.post("Debugger.enable");
  session.post("Debugger.pause");
  const frames = await paused.promise;
  return frames
    .slice(0, MAX_FRAMES)
    .map(
      ({ functionName, location: { scriptId, lineNumber } }) =>
        `at ${functionName || "<anonymous>"} (${files.get(scriptId)}:${lineNumber + 1})`,
    )
    .join("\n");
}
