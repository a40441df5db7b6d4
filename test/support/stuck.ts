import { execFileSync } from "node:child_process";
import { watchEventLoop } from "../../platform/watchdog.ts";

/** A process whose event loop stands still in the way that its first argument names, watched with a limit of so many milliseconds. */
const [, , way = "", stallMs = ""] = process.argv;
await using _watchdog = watchEventLoop("stuck", Number(stallMs));

function spinForEver(): never {
  for (;;) Math.random();
}

async function goRoundInMicrotasks(): Promise<never> {
  for (;;) await undefined;
}

function holdUpFor(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function waitForProgram(): void {
  execFileSync("sleep", ["15"]);
}

console.log("begins");
// The watching thread must have begun.
await new Promise((resolve) => setTimeout(resolve, 1000));
if (way === "loop") spinForEver();
if (way === "microtasks") await goRoundInMicrotasks();
if (way === "native") waitForProgram();
if (way === "short") holdUpFor(Number(stallMs) / 4);
console.log("went on");
