import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { seccompFilter } from "../../sandbox/seccomp.ts";
import { nextUid, systemFiles, unprivileged } from "../../sandbox/ways.ts";

/** What one program of a pipeline may set aside: the largest dictionaries take a tenth of it. */
const MAX_DATA_BYTES = 2 * 1024 ** 3;
/** Of one user; as many as a document's. */
const MAX_PROCESSES = 512;
const SECCOMP_FD = 3;
const PROBE_MS = 10_000;

/** Starts a shell's command line behind walls; its standard input and output are pipes. */
export type StartPrograms = (command: string) => ChildProcess;

/**
 * How programs that read hostile text with native code are walled off, as far as this machine permits: no network, no
 * files but the system's, a user of their own, no privileges to be gained.
 */
export async function confinedPrograms(): Promise<StartPrograms> {
  const isRoot = process.getuid?.() === 0;
  const ways = [...(isRoot ? [true, false] : [false]).map(bubblewrap), privileges(isRoot)];
  for (const way of ways) if (await canRun(way)) return way;
  return plain;
}

async function canRun(start: StartPrograms): Promise<boolean> {
  const child = start("true");
  try {
    const [code] = await once(child, "exit", { signal: AbortSignal.timeout(PROBE_MS) });
    return code === 0;
  } catch {
    child.kill("SIGKILL");
    return false;
  }
}

const LIMITS = ["prlimit", "--core=0", `--data=${MAX_DATA_BYTES}`, "--fsize=0", "--nofile=256", `--nproc=${MAX_PROCESSES}`, "--"];

function bubblewrap(ownUser: boolean): StartPrograms {
  return (command) => {
    const filter = seccompFilter();
    const args = [
      ...["--unshare-net", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--die-with-parent"],
      ...["--hostname", "translator", "--cap-drop", "ALL"],
      // What it takes to become another user; setpriv lets go of it.
      ...(ownUser ? ["CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"].flatMap((one) => ["--cap-add", one]) : ["--unshare-user"]),
      ...[...systemFiles(), "--dev", "/dev", "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"],
      ...(filter ? ["--seccomp", String(SECCOMP_FD)] : []),
      ...["--", ...unprivileged(ownUser ? nextUid() : undefined, ownUser), ...LIMITS, "sh", "-c", command],
    ];
    return run("bwrap", args, filter);
  };
}

function privileges(isRoot: boolean): StartPrograms {
  return (command) => {
    const [program = "", ...args] = unprivileged(isRoot ? nextUid() : undefined, isRoot);
    return run(program, ["--pdeathsig", "KILL", ...args, ...LIMITS, "sh", "-c", command]);
  };
}

const plain: StartPrograms = (command) => run("sh", ["-c", command]);

/** Its environment holds no secret: only what it needs to find its programs. */
function run(program: string, args: readonly string[], filter?: Buffer): ChildProcess {
  const env = { PATH: process.env["PATH"] ?? "", LANG: "C.UTF-8" };
  const child = spawn(program, args, { env, cwd: "/", detached: true, stdio: ["pipe", "pipe", "ignore", "pipe"] });
  const descriptor = child.stdio[SECCOMP_FD];
  if (descriptor && "end" in descriptor) {
    // A program that ended before it read the filter says so by its exit.
    descriptor.on("error", () => undefined);
    descriptor.end(filter);
  }
  return child;
}
