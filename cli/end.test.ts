import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";

describe("the end of a command that failed", () => {
  it("does not wait for a file system that never answers, and keeps the exit code", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "dragoman-end-"));
    await using stack = new AsyncDisposableStack();
    stack.defer(() => rm(folder, { recursive: true }));
    // Opening a pipe waits for whoever writes to it, in a thread that nothing in Node can end.
    const pipe = path.join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const program = `
      import { open } from "node:fs";
      import { endWith } from ${JSON.stringify(pathToFileURL(path.resolve("cli/end.ts")).href)};
      open(${JSON.stringify(pipe)}, "r", () => undefined);
      endWith(14);`;
    const code = await new Promise((resolve) => {
      execFile(process.execPath, ["--input-type=module", "-e", program], { timeout: 30_000, killSignal: "SIGKILL" }, (error) =>
        resolve(error?.code),
      );
    });
    expect(code).to.equal(14);
  });
});
