import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { asDragomanError, DragomanError, errorDetail, isErrorCode } from "../../platform/errors.ts";
import type { Logger } from "../../platform/log.ts";
import { Channel } from "../engine/channel.ts";
import type { ChildMessage, SupervisorMessage } from "../engine/child.ts";
import type { Request, Result } from "../engine/pipeline.ts";
import type { Translator } from "../engine/ports/translator.ts";
import type { PreviewRequest } from "../engine/previewing.ts";
import type { Progress } from "../engine/progress.ts";
import type { Revised, RevisionListener, RevisionRequest } from "../engine/revising.ts";
import type { Reply } from "../engine/services/translation/remote.ts";
import type { TimedSpan } from "../engine/stopwatch.ts";
import { type Confinement, engineProgram, handOver, killGroup, putDocument, start } from "./confinement.ts";
import type { Limits } from "./limits.ts";
import { asChildMessage, MessageOrder } from "./messages.ts";
import { MESSAGE_COST_BYTES, pace } from "./pace.ts";
import { answerer, servedBy } from "./translating.ts";
import { groupUsage } from "./usage.ts";
import { type LimitWatch, watchLimits } from "./watch.ts";
import { DOCUMENT, type Files, type KeptCode, type Launch } from "./ways.ts";

const MAX_STDERR_BYTES = 8192;
/** How long the last words of a process that ended may be on their way. */
const LAST_WORDS_MS = 1_000;
/** How long a child may take to load its program, and to clear its folder: on a busy machine. */
const START_DEADLINE_MS = 60_000;
const CLEAR_DEADLINE_MS = 10_000;
/** V8 ends a program whose heap is full like one that is broken; this is all that it says of it. */
const HEAP_FULL = /JavaScript heap out of memory/;
/** What of the memory limit earlier documents may still hold when the next begins. */
const HELD_SHARE = 0.25;

export interface ChildListener {
  readonly progress: (progress: Progress, memoryBytes: number) => void;
  /** What the stage that ends was made of; before the next stage's progress. */
  readonly spans: (spans: TimedSpan[]) => void;
}

/** What a child runs in. */
export interface ChildParts {
  /** Its own, made anew and removed with it. */
  readonly folder: string;
  readonly limits: Limits;
  readonly confinement: Confinement;
  /** What it need not compile. */
  readonly kept?: KeptCode | undefined;
  readonly log: Logger;
}

/** How a document is worked on. */
export interface DocumentWork {
  readonly runMs: number;
  readonly listener: ChildListener;
  /** Whom it asks; it has no network and no keys. */
  readonly translator: Translator;
}

export interface ShowLimits {
  readonly runMs: number;
  readonly cpuMs: number;
}

/** A document as its supervisor has it: `file` is moved to the child. */
export type DocumentRequest = Omit<Request, "folder">;
/** The same of a revision, with its other two files. */
export type RevisingRequest = Omit<RevisionRequest, "folder">;

export interface RevisingWork extends Pick<RevisionListener, "learnt"> {
  readonly runMs: number;
}

/** What lies beside a document that is written again. */
const BESIDE = { kept: "kept", corrections: "corrections" } as const;

/**
 * An engine in a process group of its own, behind walls, that reads one document after another. One that failed in any
 * way is not to be trusted with another document. Disposing of it kills the group and removes its folder.
 */
export class EngineChild implements AsyncDisposable {
  readonly #parts: ChildParts;
  readonly #files: Files;
  readonly #launch: Launch;
  readonly #process: ChildProcess;
  readonly #channel: Channel;
  readonly #ended = Promise.withResolvers<never>();
  #receive: (message: ChildMessage) => void = () => this.#ended.reject(unknownMessage());
  /** Of the document that it runs. */
  #watch: LimitWatch | undefined;
  #stderr = "";
  /** Of how many processes the group is while it waits. */
  #processes = 0;
  /** Of the processor, when it had loaded its program. */
  #startCpuMs = 0;

  private constructor(parts: ChildParts, files: Files, launch: Launch) {
    this.#parts = parts;
    this.#files = files;
    this.#launch = launch;
    const { process, stream } = start(launch, files, engineProgram(launch, parts.limits, "child.ts"));
    this.#process = process;
    this.#ended.promise.catch(() => undefined);
    this.#channel = this.#listen(stream);
  }

  /** Resolves once its program is loaded. Throws ENGINE_NOT_STARTED: no document had a part in it. */
  static async start(parts: ChildParts): Promise<EngineChild> {
    const files = { input: path.join(parts.folder, "input"), output: path.join(parts.folder, "output") };
    for (const folder of Object.values(files)) await mkdir(folder, { recursive: true, mode: 0o700 });
    const launch = parts.confinement.launch(files, parts.limits, parts.kept);
    await handOver(files, launch);
    const child = new EngineChild(parts, files, launch);
    try {
      await child.#answer("ready", START_DEADLINE_MS);
      const usage = await groupUsage(child.#pid);
      child.#processes = usage.processes;
      child.#startCpuMs = usage.cpuMs;
      return child;
    } catch (cause) {
      parts.log.error({ err: cause, stderr: child.#stderr }, "an engine does not start");
      await child[Symbol.asyncDispose]();
      throw DragomanError.of("ENGINE_NOT_STARTED", "The program that reads documents does not start.", { cause });
    }
  }

  /** Where it leaves what it makes. */
  get output(): string {
    return this.#files.output;
  }

  /** Resolves when its processes have ended, by whatever it was. */
  get ended(): Promise<void> {
    return this.#ended.promise.catch(() => undefined);
  }

  get #pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Translates one document, in at most `runMs`. Throws DragomanError, or `signal`'s reason. */
  async run({ file, ...request }: DocumentRequest, { runMs, listener, translator }: DocumentWork, signal: AbortSignal): Promise<Result> {
    const { input, output } = this.#launch;
    const served = await servedBy(translator);
    const say = { kind: "document", request: { ...request, file: `${input}/${DOCUMENT}`, folder: output }, served } as const;
    const { promise, resolve } = Promise.withResolvers<Result>();
    const order = new MessageOrder();
    const { stepCpuMs } = this.#parts.limits;
    await this.#work({ file, say, runMs, stepCpuMs, translator }, signal, (message, watch) => {
      if (!order.admits(message)) throw unknownMessage();
      if (message.kind === "progress") listener.progress(message.progress, watch.memoryBytes);
      else if (message.kind === "spans") listener.spans(message.spans);
      else if (message.kind === "done") resolve(message.result);
      else throw unknownMessage();
      return message.kind === "done";
    });
    return promise;
  }

  /**
   * Makes a picture of a page, in at most `runMs` and `cpuMs` of the processor; it is PREVIEW_FILE. Throws DragomanError,
   * of which DOCUMENT_TOO_COMPLEX is the page's fault and TIME_LIMIT may be the machine's; or `signal`'s reason.
   */
  async show({ file, ...request }: Omit<PreviewRequest, "folder">, limits: ShowLimits, signal: AbortSignal): Promise<void> {
    const { input, output } = this.#launch;
    const say = { kind: "preview", request: { ...request, file: `${input}/${DOCUMENT}`, folder: output } } as const;
    await this.#work({ file, say, runMs: limits.runMs, stepCpuMs: limits.cpuMs }, signal, ({ kind }) => {
      if (kind !== "shown") throw unknownMessage();
      return true;
    });
  }

  /** Writes a document's files again with corrections, in at most `runMs`. Throws DragomanError, or `signal`'s reason. */
  async revise({ file, kept, corrections, ...request }: RevisingRequest, work: RevisingWork, signal: AbortSignal): Promise<Revised> {
    const { input, output } = this.#launch;
    await putDocument(kept, this.#files, this.#launch, BESIDE.kept);
    await putDocument(corrections, this.#files, this.#launch, BESIDE.corrections);
    const inside = { kept: `${input}/${BESIDE.kept}`, corrections: `${input}/${BESIDE.corrections}` };
    const say = { kind: "revision", request: { ...request, ...inside, file: `${input}/${DOCUMENT}`, folder: output } } as const;
    const { promise, resolve } = Promise.withResolvers<Revised>();
    const { stepCpuMs } = this.#parts.limits;
    await this.#work({ file, say, runMs: work.runMs, stepCpuMs }, signal, (message) => {
      if (message.kind === "revised") resolve(message.result);
      else if (message.kind === "learnt") work.learnt(message.units, message.pair);
      else if (message.kind !== "progress") throw unknownMessage();
      return message.kind === "revised";
    });
    return promise;
  }

  /** Until `hear` says that it is done; what that throws ends it. */
  async #work(
    {
      file,
      say,
      translator,
      ...limits
    }: { file: string; say: SupervisorMessage; runMs: number; stepCpuMs: number; translator?: Translator },
    signal: AbortSignal,
    hear: (message: ChildMessage, watch: LimitWatch) => boolean,
  ): Promise<void> {
    await putDocument(file, this.#files, this.#launch);
    signal.throwIfAborted();
    const ended = new AbortController();
    this.#stderr = "";
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    using watch = watchLimits(this.#pid, { ...this.#parts.limits, ...limits }, reject);
    this.#watch = watch;
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    const answering = { answer: (reply: Reply) => this.#say(reply), waits: (isWaiting: boolean) => watch.waits(isWaiting) };
    const asked = translator && answerer({ ...answering, translator }, ended.signal);
    this.#receive = (message) => {
      watch.progressed(message.kind === "progress" ? message.progress.stage : undefined);
      if (message.kind === "failed") return reject(childError(message));
      if ((message.kind === "translate" || message.kind === "settle") && asked?.(message)) return;
      try {
        if (hear(message, watch)) resolve();
      } catch (error) {
        reject(error);
      }
    };
    void this.#say(say);
    try {
      await Promise.race([promise, this.#ended.promise]);
    } catch (error) {
      if (asDragomanError(error).code === "ENGINE_CRASHED" && this.#stderr)
        this.#parts.log.warn({ stderr: this.#stderr }, "the engine's last words");
      throw error;
    } finally {
      ended.abort();
      signal.removeEventListener("abort", abort);
      this.#watch = undefined;
      this.#receive = () => this.#ended.reject(unknownMessage());
    }
  }

  /**
   * Makes it ready for the tenant's next document. False if it should have no other: something of the last one is left,
   * or it has taken so much that the next would not have all that a document may take.
   */
  async clear(): Promise<boolean> {
    const cleared = this.#answer("cleared", CLEAR_DEADLINE_MS);
    void this.#say({ kind: "clear" });
    await cleared;
    for (const name of [DOCUMENT, ...Object.values(BESIDE)]) await rm(path.join(this.#files.input, name), { force: true });
    if ((await readdir(this.#files.output)).length > 0) return false;
    const { limits } = this.#parts;
    const { processes, memoryBytes, cpuMs } = await groupUsage(this.#pid);
    // The kernel's limit on its processor time is twice a document's.
    return processes <= this.#processes && memoryBytes <= limits.memoryBytes * HELD_SHARE && cpuMs - this.#startCpuMs <= limits.runMs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await killGroup(this.#process);
    // A process that left its group may hold the other end.
    this.#channel[Symbol.dispose]();
    await rm(this.#parts.folder, { recursive: true, force: true });
  }

  #listen(stream: Duplex): Channel {
    const { reject } = this.#ended;
    const child = this.#process;
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-MAX_STDERR_BYTES);
    });
    if (child.stderr) pace(child.stderr);
    const spend = pace(stream);
    child.on("error", (cause) => reject(DragomanError.of("ENGINE_CRASHED", "The engine could not be started.", { cause })));
    child.on("exit", async (code, killedBy) => {
      if (child.stderr && !child.stderr.closed)
        await Promise.race([once(child.stderr, "close"), sleep(LAST_WORDS_MS, undefined, { ref: false })]).catch(() => undefined);
      if (HEAP_FULL.test(this.#stderr)) this.#watch?.tooLarge();
      reject(DragomanError.of("ENGINE_CRASHED", `The engine ended with ${killedBy ?? `exit code ${code}`}.`));
    });
    return new Channel(stream, {
      hear: (said) => {
        spend(MESSAGE_COST_BYTES);
        const message = asChildMessage(said);
        if (message) this.#receive(message);
        else reject(unknownMessage());
      },
      // That it is gone, its exit says better.
      end: (fault) => fault && reject(unknownMessage()),
    });
  }

  /** Resolves when it is on its way; what was said in vain is known by the exit. */
  #say(message: SupervisorMessage): Promise<void> {
    return this.#channel.say(message);
  }

  /** Resolves when it says `kind`, before anything else. */
  async #answer(kind: ChildMessage["kind"], deadlineMs: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const late = () => reject(DragomanError.of("ENGINE_CRASHED", "The engine did not answer."));
    const timer = setTimeout(late, deadlineMs);
    this.#receive = (message) => (message.kind === kind ? resolve() : reject(unknownMessage()));
    try {
      await Promise.race([promise, this.#ended.promise]);
    } finally {
      clearTimeout(timer);
      this.#receive = () => this.#ended.reject(unknownMessage());
    }
  }
}

function unknownMessage(): DragomanError {
  return DragomanError.of("ENGINE_CRASHED", "The engine said something that it never says.");
}

function childError(message: Extract<ChildMessage, { kind: "failed" }>): DragomanError {
  const code = isErrorCode(message.code) ? message.code : "ENGINE_CRASHED";
  return DragomanError.fromDetail(errorDetail(code, message.message, { stage: message.stage, page: message.page }));
}
