import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** What a busy machine may need before a server or a component answers. */
export const START_DEADLINE_MS = 90_000;
const STOP_DEADLINE_MS = 10_000;
const ASK_EVERY_MS = 50;
const ASK_DEADLINE_MS = 5_000;

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

/** Starts `command`; it is ready when `answers` does not throw: what a server prints of itself may come before it listens. */
export async function startServer(
  name: string,
  answers: (port: number, signal: AbortSignal) => Promise<unknown>,
  command: (port: number, folder: string) => readonly [program: string, ...args: string[]],
): Promise<TestServer> {
  const port = await freePort();
  const folder = await mkdtemp(path.join(tmpdir(), `dragoman-${name}-`));
  const start = () => launch(command(port, folder), (signal) => answers(port, signal));
  let child = await start();
  return {
    port,
    folder,
    get pid() {
      return child.pid ?? 0;
    },
    stop: (signal = "SIGKILL") => end(child, signal),
    async start(wiped) {
      if (wiped) await rm(folder, { recursive: true, force: true });
      child = await start();
    },
    freeze: () => void child.kill("SIGSTOP"),
    thaw: () => void child.kill("SIGCONT"),
    async [Symbol.asyncDispose]() {
      await end(child, "SIGKILL");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function launch(command: readonly [string, ...string[]], answers: (signal: AbortSignal) => Promise<unknown>): Promise<ChildProcess> {
  const child = spawnTied(command, { stdio: ["ignore", "pipe", "pipe"] });
  let printed = "";
  const read = (chunk: Buffer) => {
    printed = (printed + chunk.toString()).slice(-20_000);
  };
  child.stdout?.on("data", read);
  child.stderr?.on("data", read);
  let failure: string | undefined;
  child.once("error", (error) => {
    failure = error.message;
  });
  child.once("exit", (code) => {
    failure = `it ended with ${code}`;
  });
  const deadline = performance.now() + START_DEADLINE_MS;
  for (;;) {
    try {
      await answers(AbortSignal.timeout(ASK_DEADLINE_MS));
      return child;
    } catch (error) {
      if (!failure && performance.now() < deadline) {
        await sleep(ASK_EVERY_MS);
        continue;
      }
      child.kill("SIGKILL");
      throw new Error(`${command[0]} did not start: ${failure ?? error}\n${printed}`, { cause: error });
    }
  }
}

/** Starts a program that ends with this process, however that ends: a test run that is killed leaves nothing running. */
export function spawnTied([program, ...args]: readonly [string, ...string[]], options: SpawnOptions): ChildProcess {
  return spawn("setpriv", ["--pdeathsig", "KILL", "--", program, ...args], options);
}

/** Throws until a server on `port` says what matches `expected`, after `question` where it does not speak first. */
export async function asked(port: number, expected: RegExp, signal: AbortSignal, question = ""): Promise<void> {
  const socket = connect({ port, host: "127.0.0.1", signal });
  try {
    socket.write(question);
    let said = "";
    for await (const chunk of socket) {
      said += chunk;
      if (expected.test(said)) return;
    }
    throw new Error(`it says ${said}`);
  } finally {
    socket.destroy();
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
