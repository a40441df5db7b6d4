import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { eventually, startService } from "../test/support/service.ts";

const STUCK = fileURLToPath(new URL("../test/support/stuck.ts", import.meta.url));

/** Runs a process whose event loop stands still in this way, and gives what it logged and how it ended. */
async function runStuck(way: string, freeze = false): Promise<{ log: string; signal: NodeJS.Signals | null; out: string }> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", STUCK, way, "2000"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { log: "", out: "" };
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said.log += text;
  });
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said.out += text;
  });
  if (freeze) {
    await eventually(async () => said.out.includes("begins"), 30_000);
    child.kill("SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, 5000));
    child.kill("SIGCONT");
  }
  const [, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return { ...said, signal };
}

describe("the watchdog of the event loop", () => {
  it("logs where a loop without end stands, and ends the process", async () => {
    const { log, signal } = await runStuck("loop");
    expect(signal).to.equal("SIGKILL");
    expect(JSON.parse(log).stack).to.match(/^at spinForEver \(file:.*stuck\.ts:\d+\)/);
  });

  it("logs where microtasks without end go round, and ends the process", async () => {
    const { log, signal } = await runStuck("microtasks");
    expect(signal).to.equal("SIGKILL");
    // It may be caught between two of them.
    expect(JSON.parse(log).stack).to.match(/^at (goRoundInMicrotasks \(file:.*stuck\.ts:\d+\)|\w+ \(node:internal\/process\/task_queues)/);
  });

  it("ends a process that waits in native code, which cannot say where", async () => {
    const { log, signal } = await runStuck("native");
    expect(signal).to.equal("SIGKILL");
    expect(JSON.parse(log).stack).to.equal("in native code");
  });

  it("lets a process be that was held up for less, and one that was frozen as a whole", async () => {
    const [short, frozen] = await Promise.all([runStuck("short"), runStuck("short", true)]);
    for (const { log, signal, out } of [short, frozen])
      expect({ log, signal, out }).to.deep.equal({ log: "", signal: null, out: "begins\nwent on\n" });
  });

  it("is there in the service", async () => {
    await using service = await startService();
    const tasks = await readdir(`/proc/${service.pid}/task`);
    const names = await Promise.all(tasks.map((task) => readFile(`/proc/${service.pid}/task/${task}/comm`, "utf8")));
    expect(names.map((name) => name.trim())).to.include("watchdog");
  });
});
