import { once } from "node:events";
import { chmod, lstat, mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { constants, setPriority } from "node:os";
import path from "node:path";
import type { Logger } from "../../platform/log.ts";
import { type Confinement, engineProgram, handOver, killGroup, openWay, start } from "./confinement.ts";
import type { Limits } from "./limits.ts";
import { openOutput } from "./outputs.ts";
import type { Files, KeptCode, Launch } from "./ways.ts";

const DEADLINE_MS = 60_000;
/** Four times what the program has; what is more is none of it. */
const MAX_FILES = 4_000;
const MAX_BYTES = 64 * 1024 ** 2;
/** As Node names them (src/compile_cache.cc): version, architecture, V8's tag, user; and a checksum for each module. */
const FOLDER_NAME = /^(v\d[\w.-]*-\w+-[0-9a-f]{8})-\d+$/;
const FILE_NAME = /^[0-9a-f]{8}$/;

export interface CompileCacheParts {
  readonly confinement: Confinement;
  /** Of the engines that read it. */
  readonly limits: Limits;
  /** Where it lies, in a folder of its own. */
  readonly folder: string;
  readonly log: Logger;
}

/**
 * What V8 made of the engine's program, so that an engine neither strips nor compiles it anew. Whoever changes it runs in
 * every engine: so a process makes it that never reads a document, the supervisor takes it, and no engine can write it.
 * Node looks at each file's checksums and at its own version, and does without what does not fit.
 */
export class CompileCache implements AsyncDisposable {
  readonly #parts: CompileCacheParts;
  readonly #stop = new AbortController();
  #kept: KeptCode | undefined;
  #making: Promise<void> | undefined;

  constructor(parts: CompileCacheParts) {
    this.#parts = parts;
  }

  /** Undefined until it is made, and where nothing is safe from engines. */
  get kept(): KeptCode | undefined {
    return this.#kept;
  }

  /** Once, beside whatever else is done. Resolves when it is there, or will not be. */
  make(): Promise<void> {
    this.#making ??= this.#make().catch((error: unknown) => {
      if (!this.#stop.signal.aborted) this.#parts.log.warn({ err: error }, "engines go on compiling their program");
    });
    return this.#making;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#making;
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #folder(): string {
    return path.join(this.#parts.folder, "compile-cache");
  }

  async #make(): Promise<void> {
    const { confinement, limits } = this.#parts;
    const own = path.join(this.#folder, "making");
    const files = { input: path.join(own, "input"), output: path.join(own, "output") };
    const launch = confinement.launch(files, limits);
    if (!launch.confinesWrites) return;
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(DEADLINE_MS)]);
    try {
      for (const folder of Object.values(files)) await mkdir(folder, { recursive: true, mode: 0o700 });
      await openWay(this.#folder);
      await handOver(files, launch);
      await compile({ ...launch, compileCache: path.join(launch.output, "compile-cache") }, files, limits, signal);
      const [name = "", ...others] = await readdir(path.join(files.output, "compile-cache"));
      const [, tag] = FOLDER_NAME.exec(name) ?? [];
      if (!tag || others.length > 0) throw new Error("Node's cache has another form.");
      const folder = path.join(this.#folder, "kept");
      await copyCode(path.join(files.output, "compile-cache", name), folder);
      this.#kept = { folder, tag };
    } finally {
      await rm(own, { recursive: true, force: true });
    }
  }
}

/** Has Node write down what it makes of the program. Rejects if that fails. */
async function compile(launch: Launch, files: Files, limits: Limits, signal: AbortSignal): Promise<void> {
  const { process: child, stream } = start(launch, files, engineProgram(launch, limits, "compile.ts"));
  stream.on("error", () => undefined).resume();
  child.stderr?.resume();
  const { pid = 0 } = child;
  try {
    const exit = once(child, "exit", { signal });
    // Documents go before it.
    if (pid > 0) setPriority(pid, constants.priority.PRIORITY_LOW);
    const [code] = await exit;
    if (code !== 0) throw new Error(`The program that compiles ended with exit code ${code}.`);
  } finally {
    stream.destroy();
    await killGroup(child);
  }
}

/** Takes plain files of the expected names, of which nobody else has a descriptor. */
async function copyCode(from: string, to: string): Promise<void> {
  if (!(await lstat(from)).isDirectory()) throw new Error("Node's cache has another form.");
  const names = await readdir(from);
  if (names.length > MAX_FILES || !names.every((name) => FILE_NAME.test(name))) throw new Error("Node's cache has other files.");
  await mkdir(to);
  let room = MAX_BYTES;
  for (const name of names) {
    await using file = await openOutput(from, name);
    room -= (await file.stat()).size;
    if (room < 0) throw new Error(`Node's cache has more than ${MAX_BYTES} bytes.`);
    const copy = path.join(to, name);
    await writeFile(copy, await file.readFile());
    await chmod(copy, 0o644);
  }
  await chmod(to, 0o755);
}
