import { execFile } from "node:child_process";
import { expect } from "chai";

const SCRIPT = (defect: string) => `
  import { openLog } from "./platform/log.ts";
  import { openLifetime } from "./platform/lifetime.ts";
  const lifetime = openLifetime(openLog("test"));
  const alive = setInterval(() => undefined, 1000);
  {
    await using parts = { async [Symbol.asyncDispose]() { clearInterval(alive); console.log("closed"); } };
    setTimeout(() => { ${defect} }, 1);
    await lifetime.ended();
  }
`;

function run(defect: string): Promise<{ readonly code: unknown; readonly out: string; readonly log: string }> {
  const args = ["--disable-warning=ExperimentalWarning", "--input-type=module-typescript", "-e", SCRIPT(defect)];
  return new Promise((resolve) => {
    execFile(process.execPath, args, { timeout: 15_000 }, (error, out, log) => resolve({ code: error?.code ?? 0, out, log }));
  });
}

describe("a process' lifetime", () => {
  for (const [kind, defect] of [
    ["an error in a callback", "throw new Error('made for the test')"],
    ["a rejection", "void Promise.reject(new Error('made for the test'))"],
    ["an error event", "new (process.getBuiltinModule('node:events'))().emit('error', new Error('made for the test'))"],
  ] as const) {
    it(`ends in order with ${kind} that nobody handles, which is logged with its stack`, async () => {
      const { code, out, log } = await run(defect);
      expect(code).to.equal(17);
      expect(out).to.equal("closed\n");
      const entry = JSON.parse(log.trim().split("\n").at(-1) ?? "");
      expect(entry.level, log).to.equal(60);
      expect(entry.err.stack).to.match(/made for the test\n\s+at /);
    });
  }
  it("ends without a defect when told to", async () => {
    const { code, out } = await run("process.kill(process.pid, 'SIGTERM')");
    expect([code, out]).to.deep.equal([0, "closed\n"]);
  });
});
