import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { scratch, textPdf } from "./support/documents.ts";
import { type RunningService, startService } from "./support/service.ts";

describe("the command line", () => {
  let service: RunningService;
  let files: Awaited<ReturnType<typeof scratch>>;
  before(async () => {
    service = await startService();
    files = await scratch();
  });
  after(async () => {
    await service?.[Symbol.asyncDispose]();
    await files?.[Symbol.asyncDispose]();
  });

  const dragoman = (...args: string[]) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const env = { ...process.env, DRAGOMAN_SERVER: service.url, DRAGOMAN_DATA: service.data };
      execFile(process.execPath, ["cli/dragoman.ts", ...args], { env, timeout: 40_000 }, (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
      });
    });

  it("translates a file, shows its progress in lines, and saves the result", async () => {
    const file = await files.file("a.pdf", await textPdf("The library is open from Monday to Saturday."));
    const out = path.join(files.path, "out");
    const { code, stdout, stderr } = await dragoman("translate", file, "--to", "es", "--out", out);
    expect(code).to.equal(0);
    expect(stderr).to.contain("100 %  SUCCEEDED");
    expect(stdout).to.contain("segments").and.contain("translation.pdf");
    expect(await readdir(out)).to.include.members(["translation.md", "translation.pdf", "translation.txt", "preview-1.webp"]);
  });
  it("prints JSON alone when asked", async () => {
    const { stdout, stderr } = await dragoman("jobs", "list", "--json");
    expect((JSON.parse(stdout) as { state: string }[])[0]?.state).to.equal("JOB_STATE_SUCCEEDED");
    expect(stderr).to.equal("");
  });
  it("explains a job: its times, its longest pieces, its trace", async () => {
    const { stdout } = await dragoman("jobs", "list", "--json");
    const [job] = JSON.parse(stdout) as { id: string; traceId: string }[];
    const explained = await dragoman("jobs", "explain", job?.id ?? "");
    expect(explained.stdout)
      .to.match(/for \d+\.\d\d s +RUNNING CONVERTING +attempt 1 +STAGE_STARTED/)
      .and.match(/\d\.\d\d s {2}TRANSLATING +translate page 1/)
      .and.contain(`trace  ${job?.traceId}`);
  });
  it("has an exit code for each category", async () => {
    const bad = await files.file("bad.pdf", "%PDF-1.7");
    const codes = [
      await dragoman("jobs", "get", "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
      await dragoman("translate", bad, "--to", "xx"),
      await dragoman("jobs", "list", "--server", "http://127.0.0.1:9"),
      await dragoman("translate"),
      await dragoman("translate", bad, "--to", "es", "--out", files.path),
    ];
    expect(codes.map(({ code }) => code)).to.deep.equal([10, 11, 14, 2, 10]);
    expect(codes[1]?.stderr).to.contain("UNSUPPORTED_LANGUAGE_PAIR").and.contain("en→es");
  });
  it("makes a key, lists it without its secret, and takes it back", async () => {
    const { stdout: made } = await dragoman("keys", "create", "--tenant", "acme", "--expires", "90d", "--max-upload-mb", "5");
    const [, id = "", secret = ""] = made.trim().split("_");
    const asked = async () => (await fetch(`${service.url}/jobs`, { headers: { authorization: `Bearer ${made.trim()}` } })).status;
    expect(await asked()).to.equal(200);
    const listed = await dragoman("keys", "list", "--tenant", "acme");
    expect(listed.stdout).to.match(new RegExp(`^${id}  acme .*client  made 2.*  expires 2.*  up to 5 MB\n$`));
    const { stdout: json } = await dragoman("keys", "list", "--json");
    expect(json).to.not.contain(secret.slice(0, 48)).and.not.contain("hash");
    expect((await dragoman("keys", "revoke", id)).code).to.equal(0);
    expect(await asked()).to.equal(401);
    expect((await dragoman("keys", "list", "--tenant", "acme")).stdout).to.equal("");
    expect((await dragoman("keys", "revoke", id)).code).to.equal(10);
  });
  it("refuses a number or a time that is none, with a sentence", async () => {
    for (const args of [
      ["jobs", "list", "--limit", "abc"],
      ["jobs", "list", "--limit", "101"],
      ["keys", "create", "--tenant", "t", "--max-upload-mb", "1.5"],
      ["keys", "create", "--tenant", "t", "--expires", "soon"],
      ["keys", "revoke", "none"],
    ]) {
      const { code, stderr } = await dragoman(...args);
      expect(code, args.join(" ")).to.equal(2);
      expect(stderr, args.join(" ")).to.match(/is invalid.* It takes .*\.\n$/);
    }
  });
});
