import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import type { StartPrograms } from "./programs.ts";

/** How long the first in the queue may take. */
const DEADLINE_MS = 20_000;
const MAX_REPLY_BYTES = 1024 * 1024;
/** More would only wait in pipes. */
const MAX_IN_FLIGHT = 32;
const NUL = 0;

/** Why a request was not answered. */
export class Unanswered extends Error {
  /** Whether it was this request that the programs were at when they ended, or another's. */
  readonly isOwn: boolean;

  constructor(message: string, isOwn: boolean) {
    super(message);
    this.isOwn = isOwn;
  }
}

interface Waiting {
  readonly request: string;
  readonly resolve: (reply: string) => void;
  readonly reject: (error: Unanswered) => void;
}

/**
 * A chain of programs that answers each request, ended by a null sign, with one reply, in order. Several requests are
 * on their way at once, so that all programs have work. Ends for good at the first thing that goes wrong.
 */
export class Pipeline {
  readonly #child: ChildProcess;
  readonly #deadlineMs: number;
  #reply: Buffer[] = [];
  #size = 0;
  /** Those that were sent come first. */
  readonly #waiting: Waiting[] = [];
  #sent = 0;
  #timer: NodeJS.Timeout | undefined;
  #alive = true;
  /** When it last had something to do, by the monotonic clock. */
  usedAt = performance.now();

  constructor(command: string, start: StartPrograms, deadlineMs = DEADLINE_MS) {
    this.#deadlineMs = deadlineMs;
    this.#child = start(command);
    this.#child.stdout?.on("data", (bytes: Buffer) => this.#receive(bytes));
    this.#child.stdout?.on("end", () => this.#end("Apertium ended."));
    this.#child.stdout?.on("error", () => this.#end("Apertium's output broke off."));
    this.#child.stdin?.on("error", () => this.#end("Apertium closed its input."));
    this.#child.on("error", () => this.#end("Apertium could not be started."));
    this.#child.on("exit", () => this.#end("Apertium ended."));
    // It may be idle for hours; it keeps no process from ending.
    this.#child.unref();
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** How many requests it has not answered. */
  get load(): number {
    return this.#waiting.length;
  }

  /** Throws Unanswered. */
  ask(request: string): Promise<string> {
    if (!this.#alive) return Promise.reject(new Unanswered("Apertium ended.", false));
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    this.#waiting.push({ request, resolve, reject });
    this.#send();
    return promise;
  }

  kill(): void {
    this.#end("Apertium was ended.");
  }

  #send(): void {
    this.usedAt = performance.now();
    while (this.#sent < Math.min(this.#waiting.length, MAX_IN_FLIGHT))
      this.#child.stdin?.write(`${this.#waiting[this.#sent++]?.request}\0`);
    if (this.#waiting.length > 0) this.#timer ??= setTimeout(() => this.#end("Apertium took too long over a segment."), this.#deadlineMs);
  }

  #receive(bytes: Buffer): void {
    let start = 0;
    for (let end = bytes.indexOf(NUL); end >= 0; end = bytes.indexOf(NUL, start)) {
      this.#reply.push(bytes.subarray(start, end));
      start = end + 1;
      if (!this.#answer(Buffer.concat(this.#reply).toString())) return;
      this.#reply = [];
      this.#size = 0;
    }
    const rest = bytes.subarray(start);
    this.#reply.push(rest);
    this.#size += rest.length;
    if (this.#size > MAX_REPLY_BYTES) this.#end("Apertium said too much.");
  }

  #answer(reply: string): boolean {
    // Every request ends with this mark. Programs behind one that died still end their output with a null sign.
    const isWhole = /\[\]\s*$/.test(reply) && this.#sent > 0;
    if (!isWhole) {
      this.#end("Apertium's reply was cut off.");
      return false;
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#sent--;
    this.#waiting.shift()?.resolve(reply);
    this.#send();
    return true;
  }

  #end(why: string): void {
    if (!this.#alive) return;
    this.#alive = false;
    clearTimeout(this.#timer);
    killAll(this.#child.pid);
    for (const [index, { reject }] of this.#waiting.splice(0).entries()) reject(new Unanswered(why, index === 0));
  }
}

/** The process and all it started, in its group or not. */
function killAll(pid: number | undefined): void {
  if (pid === undefined) return;
  for (const each of [-pid, ...descendants(pid)]) {
    try {
      process.kill(each, "SIGKILL");
    } catch {
      // It ended between the look and the signal.
    }
  }
}

function descendants(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(/\s+/).filter(Boolean).map(Number);
    return [...children.flatMap(descendants), pid];
  } catch {
    return [pid];
  }
}
