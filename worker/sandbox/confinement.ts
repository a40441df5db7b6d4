import { type ChildProcess, spawn } from "node:child_process";
import { chmod, chown, mkdir, mkdtemp, readFile, readlink, rename, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { Duplex, PassThrough } from "node:stream";
import { DragomanError } from "../../platform/errors.ts";
import { CHANNEL_FD, Channel } from "../engine/channel.ts";
import { LAYERS, type Layer, layersOf, NAMESPACES, type Seen } from "./layers.ts";
import { heapLimits, type Limits } from "./limits.ts";
import { DOCUMENT, type Files, type Launch, type LaunchLimits, SECCOMP_FD, type Way, ways } from "./ways.ts";

const PROBE_DEADLINE_MS = 20_000;
const MAX_WORDS = 400;
const PROBE_LIMITS: LaunchLimits = { memoryBytes: 2 * 1024 ** 3, runMs: 60_000 };

/** How documents are walled off on this machine. */
export interface Confinement {
  readonly name: string;
  /** Those that were seen to hold. */
  readonly layers: ReadonlySet<Layer>;
  readonly missing: readonly Layer[];
  /** Why it is not better, and what helps; empty if nothing is missing. */
  readonly advice: string;
  readonly launch: Way["launch"];
}

/** Tries what this machine permits, best first, on a document of its own in `folder`; takes the first way that works. */
export async function confine(folder: string, tries: readonly Way[] = ways()): Promise<Confinement> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await openWay(folder);
  let advice = "";
  for (const way of tries) {
    try {
      const seen = await lookInside(way, folder);
      const layers = layersOf(seen, { uid: process.getuid?.() ?? -1, namespaces: await ownNamespaces() });
      const missing = (Object.keys(LAYERS) as Layer[]).filter((layer) => !layers.has(layer));
      return { name: way.name, layers, missing, advice: missing.length > 0 ? advice || adviceOn(way.name) : "", launch: way.launch };
    } catch (error) {
      // Not permitted here: the next best. What kept the first from it is what to mend.
      advice ||= adviceOn(way.name, error);
    }
  }
  return { name: "none", layers: new Set(), missing: Object.keys(LAYERS) as Layer[], advice, launch: (tries.at(-1) as Way).launch };
}

/** Throws SANDBOX_INCOMPLETE with what is missing and what to do about it, unless all layers hold. */
export function requireAll({ missing, advice }: Confinement): void {
  if (missing.length === 0) return;
  const lacks = missing.map((layer) => `${LAYERS[layer]} (${layer})`).join(", ");
  throw DragomanError.of("SANDBOX_INCOMPLETE", `The sandbox lacks: ${lacks}. ${advice}`);
}

function adviceOn(name: string, error?: unknown): string {
  const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
  if (missing && name === "bubblewrap") return "Install bubblewrap (apt-get install bubblewrap).";
  const lines = error instanceof Error ? error.message.trim().split("\n") : [];
  // A program's own complaint, before the stack that Node puts around one.
  const words = lines.find((line) => /^[\w-]+: /.test(line)) ?? lines[0];
  return `Let the worker make namespaces: as root, or with unprivileged user namespaces permitted by the kernel and the container${words ? ` (${words})` : ""}.`;
}

/** Gives the folders to the user that documents run as: one to write to, the other to read. */
export async function handOver({ input, output }: Files, { uid, link }: Launch): Promise<void> {
  if (uid === undefined) return;
  await chown(output, uid, uid);
  await letRead(input, uid, 0o750);
  await openWay(path.dirname(input));
  if (!link) return;
  await mkdir(path.dirname(link.at));
  await openWay(path.dirname(link.at));
  await symlink(link.to, link.at);
}

/** Moves the document at `file`, or what goes with it, to where its processes, which may be there already, read it. */
export async function putDocument(file: string, { input }: Files, { uid }: Launch, as: string = DOCUMENT): Promise<void> {
  if (uid !== undefined) await letRead(file, uid, 0o640);
  await rename(file, path.join(input, as));
}

/** By its group: its owner could also write. */
async function letRead(file: string, group: number, mode: number): Promise<void> {
  await chown(file, -1, group);
  await chmod(file, mode);
}

/** Lets other users come by, who may be the document's, to files that they know of; not see which there are. */
export async function openWay(folder: string): Promise<void> {
  if (process.getuid?.() === 0) await chmod(folder, 0o711);
}

/** Node's arguments for a program of the engine's. What V8 keeps of one is good for another with the same. */
export function engineProgram({ app }: Launch, limits: Pick<Limits, "memoryBytes">, name: string): string[] {
  return [...heapLimits(limits), `${app}/worker/engine/${name}`];
}

/** A process, and its supervisor's end of the channel. */
export interface Started {
  readonly process: ChildProcess;
  readonly stream: Duplex;
}

/** Starts Node as `launch` says. The environment holds no secret: only what the engine needs to find its programs. */
export function start(launch: Launch, outside: Files, nodeArgs: readonly string[]): Started {
  const own = { HOME: launch.output, TMPDIR: launch.output };
  const models = launch.tessdata ? { DRAGOMAN_TESSDATA: launch.tessdata } : {};
  const fonts = launch.fonts ? { DRAGOMAN_FONTS: launch.fonts } : {};
  const cache = launch.compileCache ? { NODE_COMPILE_CACHE: launch.compileCache } : {};
  const env = { PATH: process.env["PATH"] ?? "", LANG: "C.UTF-8", OMP_THREAD_LIMIT: "1", ...models, ...fonts, ...cache, ...own };
  const child = spawn(launch.program, [...launch.args, ...nodeArgs], {
    ...{ detached: true, cwd: outside.output, env },
    // Not Node's own channel: that takes a message of any length, and commands of its own, from whoever writes to it.
    stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"],
  });
  // A worker that has no descriptor left has not even streams; the process says so.
  const streams: readonly unknown[] = child.stdio ?? [];
  const filter = streams[SECCOMP_FD];
  if (filter instanceof Duplex) {
    // A program that ended before it read the filter says so by its exit.
    filter.on("error", () => undefined);
    filter.end(launch.seccomp);
  }
  const stream = streams[CHANNEL_FD];
  return { process: child, stream: stream instanceof Duplex ? stream : new PassThrough().end() };
}

/** Ends what was started, and all that it started in its group; resolves when it is gone. */
export async function killGroup(child: ChildProcess): Promise<void> {
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

/** What a process on this way sees. Throws if it cannot be started, or cannot do what an engine must. */
async function lookInside(way: Way, folder: string): Promise<Seen> {
  const place = await mkdtemp(path.join(folder, "probe-"));
  try {
    const files = { input: path.join(place, "input"), output: path.join(place, "output") };
    for (const each of Object.values(files)) await mkdir(each, { mode: 0o700 });
    const document = path.join(place, "document");
    await writeFile(document, "a document", { mode: 0o600 });
    await writeFile(path.join(place, "outside"), "another's", { mode: 0o600 });
    const launch = way.launch(files, PROBE_LIMITS);
    await handOver(files, launch);
    await putDocument(document, files, launch);
    const asked = JSON.stringify([launch, path.join(place, "outside"), NAMESPACES, DOCUMENT]);
    const seen = await answerOf(start(launch, files, ["-e", `(${inside})(${asked}, ${CHANNEL_FD})`]));
    await readFile(path.join(files.output, "written"));
    return seen;
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

function answerOf({ process: child, stream }: Started): Promise<Seen> {
  const { promise, resolve, reject } = Promise.withResolvers<Seen>();
  let words = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    words = (words + text).slice(0, MAX_WORDS);
  });
  const timer = setTimeout(() => reject(new Error("It took too long to start.")), PROBE_DEADLINE_MS);
  child.on("error", reject);
  const end = (fault?: Error) => fault && reject(fault);
  const channel = new Channel(stream, { hear: (seen) => resolve(seen as Seen), end });
  // Closed is later than ended: its last words have been read.
  child.on("close", () => reject(new Error(words)));
  return promise.finally(() => {
    clearTimeout(timer);
    channel[Symbol.dispose]();
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, "SIGKILL");
  });
}

/** Runs in the sandbox, from its source alone: it may use nothing from out here. */
function inside([launch, outside, namespaces, document]: [Launch, string, readonly string[], string], channel: number): void {
  const fs = process.getBuiltinModule("node:fs");
  fs.readFileSync(`${launch.input}/${document}`);
  fs.accessSync(`${launch.app}/worker/engine/child.ts`, fs.constants.R_OK);
  fs.writeFileSync(`${launch.output}/written`, "");
  const link = (name: string) => {
    try {
      return fs.readlinkSync(`/proc/self/ns/${name}`);
    } catch {
      return "";
    }
  };
  const seen = {
    uid: process.getuid?.() ?? -1,
    status: fs.readFileSync("/proc/self/status", "utf8"),
    limits: fs.readFileSync("/proc/self/limits", "utf8"),
    namespaces: Object.fromEntries(namespaces.map((name) => [name, link(name)])),
    seesOutside: fs.existsSync(outside),
  };
  fs.writeSync(channel, `${JSON.stringify(seen)}\n`);
}

async function ownNamespaces(): Promise<Seen["namespaces"]> {
  const links = NAMESPACES.map(async (name) => [name, await readlink(`/proc/self/ns/${name}`).catch(() => "")]);
  return Object.fromEntries(await Promise.all(links)) as Seen["namespaces"];
}
