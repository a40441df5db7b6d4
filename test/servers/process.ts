import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

const START_DEADLINE_MS = 20_000;
const STOP_DEADLINE_MS = 10_000;

/** A server of its own for a test: on a free port of 127.0.0.1, with its own folder. Disposing of it ends the process and removes the folder. */
export interface TestServer extends AsyncDisposable {
  readonly port: number;
  readonly folder: string;
  readonly pid: number;
  /** Ends the process; its folder stays. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port; `wiped`: with its data gone. */
  start(wiped?: "wiped"): Promise<void>;
  /** Freezes it: connections stay, and nothing is answered until it goes on. */
  freeze(): void;
  thaw(): void;
}

/** Starts `command`; it is ready when a line it prints matches `ready`. */
export async function startServer(
  name: string,
  ready: RegExp,
  command: (port: number, folder: string) => readonly [program: string, ...args: string[]],
): Promise<TestServer> {
  const port = await freePort();
  const folder = await mkdtemp(path.join(tmpdir(), `dragoman-${name}-`));
  let child = await launch(command(port, folder), ready);
  return {
    port,
    folder,
    get pid() {
      return child.pid ?? 0;
    },
    stop: (signal = "SIGKILL") => end(child, signal),
    async start(wiped) {
      if (wiped) await rm(folder, { recursive: true, force: true });
      child = await launch(command(port, folder), ready);
    },
    freeze: () => void child.kill("SIGSTOP"),
    thaw: () => void child.kill("SIGCONT"),
    async [Symbol.asyncDispose]() {
      await end(child, "SIGKILL");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function launch([program, ...args]: readonly [string, ...string[]], ready: RegExp): Promise<ChildProcess> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let printed = "";
  const read = (chunk: Buffer) => {
    printed = (printed + chunk.toString()).slice(-20_000);
    if (ready.test(printed)) resolve();
  };
  child.stdout.on("data", read);
  child.stderr.on("data", read);
  child.once("error", reject);
  child.once("exit", (code) => reject(new Error(`${program} ended with ${code}: ${printed}`)));
  const timer = setTimeout(() => reject(new Error(`${program} did not start: ${printed}`)), START_DEADLINE_MS);
  try {
    await promise;
    return child;
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Ends a process and waits until it is gone. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill(signal);
  const force = setTimeout(() => child.kill("SIGKILL"), STOP_DEADLINE_MS);
  await exited;
  clearTimeout(force);
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
