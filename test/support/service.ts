import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { FileClient } from "../../cli/client.ts";
import type { Job } from "../../gen/dragoman/v1/job_pb.ts";
import { DOCUMENT } from "../../worker/sandbox/ways.ts";
import { end, START_DEADLINE_MS, spawnTied } from "../servers/process.ts";

const MAX_LOG = 1024 * 1024;

/** A real `dragoman serve` in a process of its own, on free ports. */
export interface RunningService extends AsyncDisposable {
  readonly url: string;
  readonly grpcAddress: string;
  readonly apiKey: string;
  readonly data: string;
  readonly pid: number;
  readonly client: FileClient;
  /** The end of what it has logged. */
  logged(): string;
  /** SIGKILL, then the same data served again. */
  killAndRestart(): Promise<RunningService>;
  /** SIGKILL; its data stay, to be served again. */
  stop(): Promise<{ restart(): Promise<RunningService> }>;
}

export async function startService(env: Record<string, string> = {}, data?: string): Promise<RunningService> {
  const folder = data ?? (await mkdtemp(path.join(tmpdir(), "dragoman-test-")));
  const command = [
    process.execPath,
    "--max-semi-space-size=4",
    "--disable-warning=ExperimentalWarning",
    "cli/dragoman.ts",
    "serve",
  ] as const;
  const child = spawnTied(command, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, DRAGOMAN_DATA: folder, DRAGOMAN_HTTP_PORT: "0", DRAGOMAN_GRPC_PORT: "0", ...env },
  });
  let logged = "";
  child.stderr?.on("data", (text: Buffer) => {
    logged = (logged + text.toString()).slice(-MAX_LOG);
    if (process.env["TEST_LOGS"]) process.stderr.write(text);
  });
  const lines: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(new Error(`serve did not start: ${lines.join(" ")}`)), START_DEADLINE_MS);
  createInterface({ input: child.stdout as Readable }).on("line", (line) => lines.push(line) === 3 && resolve());
  child.once("exit", (code) => reject(new Error(`serve ended with ${code}`)));
  await promise;
  clearTimeout(timer);
  const [url = "", grpcAddress = "", keyFile = ""] = lines.map((line) => line.split(/\s{2,}/)[1] ?? "");
  const apiKey = (await readFile(keyFile, "utf8")).trim();
  return {
    url,
    grpcAddress,
    apiKey,
    data: folder,
    pid: child.pid ?? 0,
    client: new FileClient(url, apiKey),
    logged: () => logged,
    async killAndRestart() {
      await end(child, "SIGKILL");
      return startService(env, folder);
    },
    async stop() {
      await end(child, "SIGKILL");
      return { restart: () => startService(env, folder) };
    },
    async [Symbol.asyncDispose]() {
      await end(child, "SIGTERM");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The job's states as they are watched, up to the first that `until` accepts. */
export async function watchUntil(client: FileClient, id: string, until: (job: Job) => boolean, deadlineMs = 120_000): Promise<Job> {
  let last: Job | undefined;
  for await (const job of client.jobs.watchJob({ id }, { signal: AbortSignal.timeout(deadlineMs) })) {
    last = job;
    if (until(job)) return job;
  }
  if (!last) throw new Error("nothing was watched");
  return last;
}

/** Pids of processes started, directly or not, by `pid`. */
export async function descendants(pid: number): Promise<number[]> {
  try {
    const children = (await readFile(`/proc/${pid}/task/${pid}/children`, "utf8")).trim().split(/\s+/).filter(Boolean).map(Number);
    return [...children, ...(await Promise.all(children.map(descendants))).flat()];
  } catch {
    return [];
  }
}

/** Pids of the engines under `pid` that have a document now, and of what they started; engines that wait for one are not among them. */
export async function documentProcesses(pid: number): Promise<number[]> {
  const engines = await Promise.all(
    (await descendants(pid)).map(async (one) => {
      const line = await readFile(`/proc/${one}/cmdline`, "utf8").catch(() => "");
      const [, folder] = /([^\0]*\/child-\d+)\/input/.exec(line) ?? [];
      const reads = folder !== undefined && (await stat(`${folder}/input/${DOCUMENT}`).catch(() => undefined));
      return reads ? [one, ...(await descendants(one))] : [];
    }),
  );
  return [...new Set(engines.flat())];
}

/** Whether no process has this id any more. */
export function isGone(pid: number): boolean {
  try {
    return !process.kill(pid, 0);
  } catch {
    return true;
  }
}

/** Waits until `holds` does, looking often; fails after the deadline. */
export async function eventually(holds: () => Promise<boolean>, deadlineMs = 60_000, everyMs = 20): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error("it did not come to hold");
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
