import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { inTime, makeFolder } from "./folder.ts";

describe("a folder that is needed", () => {
  let root: string;
  before(async () => {
    root = await mkdtemp(path.join(tmpdir(), "dragoman-folder-"));
    await writeFile(path.join(root, "file"), "");
  });
  after(() => rm(root, { recursive: true }));
  const outcome = (folder: string) =>
    makeFolder(folder).then(
      () => "made",
      (error: NodeJS.ErrnoException) => error.code,
    );

  it("is made with those above it, for whom it is to be, and again by many at once", async () => {
    const folder = path.join(root, "a", "b", "c");
    await Promise.all([1, 2, 3].map(() => makeFolder(folder, 0o700)));
    expect((await stat(folder)).mode & 0o777).to.equal(0o700);
    expect(await outcome(folder)).to.equal("made");
  });
  it("is refused below a file", async () => {
    expect(await outcome(path.join(root, "file", "a", "b"))).to.equal("ENOTDIR");
  });
  it("is refused where nothing can be made, as in /proc, and does not try for ever", async () => {
    expect(await outcome("/proc/none/below")).to.equal("ENOENT");
  });
  it("is refused when its file system does not answer", async () => {
    const error = await inTime("/far", new Promise<never>(() => undefined), 20).catch((thrown: NodeJS.ErrnoException) => thrown);
    expect(error).to.include({ code: "ETIMEDOUT", path: "/far" });
  });
});
