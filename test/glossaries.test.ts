import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { scratch } from "./support/documents.ts";
import { type RunningService, startService } from "./support/service.ts";

const KEPT = "nobody knows why it is so slow";
const TEXT = `The engines of Open Door are slow.\n\nThe mail **server** is old.\n\n${KEPT}\n`;

describe("terms, from the command line to the document", () => {
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
      execFile(process.execPath, ["cli/dragoman.ts", ...args], { env, timeout: 40_000 }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
      );
    });

  it("holds a document to a file of terms, and remarks what is missing with its place", async () => {
    const terms = await files.file("terms.csv", Buffer.from("engine;motor\nmail server;estafeta\n"));
    const file = await files.file("a.md", Buffer.from(TEXT));
    const out = path.join(files.path, "out");
    const held = ["--glossary", terms, "--do-not-translate", "Open Door", "--do-not-translate", KEPT];
    const { code, stdout } = await dragoman("translate", file, "--from", "en", "--to", "es", "--out", out, ...held);
    expect(code).to.equal(0);
    const text = await readFile(path.join(out, "a.es.md"), "utf8");
    expect(text).to.contain("motores de Open Door").and.contain(KEPT).and.not.contain("estafeta");
    expect(stdout)
      .to.contain("terms     4 found; 1 without their translation")
      .and.match(/TERM_MISSED.*mail server/);
  });
  it("keeps glossaries, in versions that a job is held to", async () => {
    const terms = await files.file("stored.tsv", Buffer.from("engine\tmáquina\n"));
    const made = JSON.parse((await dragoman("glossaries", "create", terms, "--from", "en", "--to", "es", "--json")).stdout);
    expect(made).to.include({ name: "stored.tsv", version: 1, termCount: 1 });
    const changed = await dragoman("glossaries", "change", made.id, "--term", "engine=motor", "--term", "Open Door");
    expect(changed.stdout).to.contain("version 2: 2 terms");
    expect((await dragoman("glossaries", "terms", made.id)).stdout).to.equal("engine\tmotor\nOpen Door\t\n");
    const held = async (glossary: string) => {
      const job = await service.client.translate(new Blob(["The engine of Open Door is slow.\n"]), {
        ...{ from: "en", to: "es", fileName: "b.txt" },
        options: { glossaries: [glossary] },
      });
      const [first] = job.artefacts;
      const chunks = first ? await Array.fromAsync(service.client.result(job.id, first)) : [];
      return { glossaries: job.options?.glossaries, text: Buffer.concat(chunks).toString() };
    };
    const newest = await held(made.id);
    expect(newest.glossaries).to.deep.equal([`${made.id}@2`]);
    expect(newest.text).to.contain("motor").and.contain("Open Door");
    const first = await held(`${made.id}@1`);
    expect(first.text).to.contain("máquina").and.not.contain("motor");
    expect((await dragoman("glossaries", "delete", made.id)).code).to.equal(0);
    const refused = await dragoman("translate", path.join(files.path, "a.md"), "--to", "es", "--glossary", made.id);
    expect(refused.code).to.equal(10);
    expect(refused.stderr).to.contain("There is no such glossary.");
  });
  it("refuses a file of terms before it sends anything, by the line", async () => {
    const terms = await files.file("twice.csv", Buffer.from("a,b\na,c\n"));
    const { code, stderr } = await dragoman("translate", path.join(files.path, "a.md"), "--to", "es", "--glossary", terms);
    expect(code).to.equal(10);
    expect(stderr).to.contain("line 1 in line 2 again");
    const latin = await files.file("latin.csv", Buffer.from("a,\xf1", "latin1"));
    const other = await dragoman("glossaries", "create", latin, "--from", "en", "--to", "es");
    expect(other.code).to.equal(2);
    expect(other.stderr).to.contain("is not UTF-8");
  });
});
