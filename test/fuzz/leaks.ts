import { readdir, readFile, readlink } from "node:fs/promises";
import path from "node:path";
import { eventually, type RunningService } from "../support/service.ts";

const QUIET_DEADLINE_MS = 15_000;
/** Sockets of clients and files of the store come and go by themselves: more than these many is a leak. */
const SPARE_FILES = 16;
/** V8 keeps what it once had; a service that keeps documents or jobs grows by more. */
const SPARE_BYTES = 96 * 1024 * 1024;

/** What a service holds when it has nothing to do. */
export interface Holdings {
  readonly files: number;
  readonly rssBytes: number;
}

/** Looks at a service's memory until it is disposed of. */
export class MemoryWatch implements Disposable {
  maxBytes = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number) {
    this.#timer = setInterval(async () => {
      this.maxBytes = Math.max(this.maxBytes, await rssBytes(pid).catch(() => 0));
    }, 250);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

export async function holdings({ pid }: RunningService): Promise<Holdings> {
  return { files: (await readdir(`/proc/${pid}/fd`)).length, rssBytes: await rssBytes(pid) };
}

/** What is left over once every job is final, each in a line: processes, folders, half-stored files, open files and memory more than `before`. */
export async function leaksOf(
  service: RunningService,
  temporary: string,
  before: Holdings,
  deadlineMs = QUIET_DEADLINE_MS,
): Promise<string[]> {
  let found: string[] = [];
  const look = async () => {
    found = [
      ...(await strayProcesses(service.data, service.pid)),
      ...(await entriesOf(temporary)),
      ...(await entriesOf(path.join(service.data, "artefacts", ".incoming"))),
      ...(await scratchEntries(service.data)),
    ];
    const now = await holdings(service);
    if (now.files > before.files + SPARE_FILES) found.push(`${now.files} open files after ${before.files}`);
    if (now.rssBytes > before.rssBytes + SPARE_BYTES) found.push(`${now.rssBytes} bytes of memory after ${before.rssBytes}`);
    return found.length === 0;
  };
  await eventually(look, deadlineMs, 500).catch(() => undefined);
  return found;
}

async function rssBytes(pid: number): Promise<number> {
  return Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
}

async function scratchEntries(data: string): Promise<string[]> {
  const scratch = path.join(data, "scratch");
  const owners = await readdir(scratch).catch(() => []);
  const entries = (await Promise.all(owners.map((owner) => entriesOf(path.join(scratch, owner))))).flat();
  const waiting = await Promise.all(entries.map(isOfWaitingEngine));
  // What engines are started from, once for all of them.
  return entries.filter((entry, index) => !waiting[index] && path.basename(entry) !== "compile-cache");
}

/** Engines are started ahead: the folder of one that waits holds its input's and its output's, both empty. */
async function isOfWaitingEngine(folder: string): Promise<boolean> {
  if (!/^child-\d+$/.test(path.basename(folder))) return false;
  const [input, output] = await Promise.all(["input", "output"].map((name) => readdir(path.join(folder, name)).catch(() => ["gone"])));
  return input?.length === 0 && output?.length === 0;
}

async function entriesOf(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).map((name) => path.join(folder, name));
}

/** Processes that a document brought about and that are still there, whoever is their parent by now: they work in the service's folder, or were given it. */
async function strayProcesses(data: string, service: number): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && Number(name) !== service)) {
    try {
      const where = await readlink(`/proc/${pid}/cwd`);
      const environment = await readFile(`/proc/${pid}/environ`, "utf8");
      const command = (await readFile(`/proc/${pid}/cmdline`, "utf8")).replaceAll("\0", " ");
      const [, engine] = /(\S*\/child-\d+)\/input/.exec(command) ?? [];
      if (engine && (await isOfWaitingEngine(engine))) continue;
      if (where.startsWith(data) || environment.includes(`TMPDIR=${data}`) || command.includes(data))
        found.push(`process ${pid}: ${command.slice(0, 120)}`);
    } catch {
      // It ended meanwhile.
    }
  }
  return found;
}
