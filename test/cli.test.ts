import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { scratch, textPdf } from "./support/documents.ts";
import { eventually, type RunningService, startService } from "./support/service.ts";

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

  const dragoman = (...args: string[]) => run(args);

  function run(args: readonly string[], { input = "", env = {} as Record<string, string> } = {}) {
    return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const all = { ...process.env, DRAGOMAN_SERVER: service.url, DRAGOMAN_DATA: service.data, ...env };
      const options = { env: all, timeout: 40_000 };
      const child = execFile(process.execPath, ["cli/dragoman.ts", ...args], options, (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
      });
      child.stdin?.on("error", () => undefined);
      child.stdin?.end(input);
    });
  }

  /** What it says in so many lines at most, none of them a stack's. */
  function expectSentence({ code, stderr }: { code: number; stderr: string }, exit: number, says: RegExp): void {
    expect(stderr)
      .to.match(says)
      .and.not.match(/^ +at |node:internal|Error:/m);
    expect(stderr.trim().split("\n"), stderr).to.have.length.at.most(3);
    expect(code, stderr).to.equal(exit);
  }

  it("translates a file, shows its progress in lines, and saves the result", async () => {
    const file = await files.file("a.pdf", await textPdf("The library is open from Monday to Saturday."));
    const out = path.join(files.path, "out");
    const { code, stdout, stderr } = await dragoman("translate", file, "--to", "es", "--out", out);
    expect(code).to.equal(0);
    expect(stderr).to.contain("100 %  SUCCEEDED");
    expect(stdout).to.contain("segments").and.contain("a.es.pdf");
    expect(await readdir(out)).to.deep.equal(["a.es.pdf"]);
  });
  it("saves the files that were asked for, or all of them", async () => {
    const file = await files.file("b.pdf", await textPdf("The garden is open from Monday to Saturday."));
    const [some, all] = [path.join(files.path, "some"), path.join(files.path, "all")];
    await dragoman("translate", file, "--to", "es", "--out", some, "--outputs", "text,markdown");
    expect(await readdir(some)).to.have.members(["b.es.txt", "b.es.md"]);
    await dragoman("translate", file, "--to", "es", "--out", all, "--outputs", "all");
    const pictures = ["b.es.page-1.webp", "b.es.source-1.webp"];
    expect(await readdir(all)).to.have.members(["b.es.pdf", "b.es.md", "b.es.txt", "b.es.json", ...pictures]);
  });
  it("prints JSON alone when asked", async () => {
    const { stdout, stderr } = await dragoman("jobs", "list", "--json");
    expect((JSON.parse(stdout) as { state: string }[])[0]?.state).to.equal("JOB_STATE_SUCCEEDED");
    expect(stderr).to.equal("");
  });
  it("explains a job: its times, its longest spans, its trace", async () => {
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
      await dragoman("jobs", "explain", "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
      await dragoman("translate", bad, "--to", "xx"),
      await dragoman("jobs", "list", "--server", "http://127.0.0.1:9"),
      await dragoman("translate"),
      await dragoman("translate", bad, "--to", "es", "--out", files.path),
    ];
    expect(codes.map(({ code }) => code)).to.deep.equal([10, 10, 11, 14, 2, 10]);
    expect(codes[2]?.stderr).to.contain("UNSUPPORTED_LANGUAGE_PAIR").and.contain("en→es");
  });
  it("makes a key, lists it without its secret, and takes it back", async () => {
    const { stdout: made } = await dragoman("keys", "create", "--tenant", "acme", "--expires", "90d", "--max-upload-mb", "5");
    const [, id = "", secret = ""] = made.trim().split("_");
    const asked = async () => (await fetch(`${service.url}/jobs`, { headers: { authorization: `Bearer ${made.trim()}` } })).status;
    expect(await asked()).to.equal(200);
    const listed = await dragoman("keys", "list", "--tenant", "acme");
    expect(listed.stdout).to.match(new RegExp(`^${id}  acme .*client +made 2.*  expires 2.*  up to 5 MB\n$`));
    const { stdout: json } = await dragoman("keys", "list", "--json");
    expect(json).to.not.contain(secret.slice(0, 48)).and.not.contain("hash");
    expect((await dragoman("keys", "revoke", id)).code).to.equal(0);
    expect(await asked()).to.equal(401);
    expect((await dragoman("keys", "list", "--tenant", "acme")).stdout).to.equal("");
    expect((await dragoman("keys", "revoke", id)).code).to.equal(10);
  });
  it("has a server make a key, no mightier than the one it is asked by, and rotate it", async () => {
    const by = (await dragoman("keys", "create", "--tenant", "acme", "--scopes", "jobs:read,admin", "--pages-per-day", "9")).stdout.trim();
    const ask = (...args: string[]) => run(["keys", ...args, "--server", service.url], { env: { DRAGOMAN_API_KEY: by } });
    expectSentence(await ask("create", "--scopes", "jobs:write"), 10, /PERMISSION_DENIED: .*jobs:write/);
    const made = JSON.parse((await ask("create", "--name", "ci", "--json")).stdout) as { id: string; secret: string };
    expect(made).to.deep.include({ name: "ci", tenant: "acme", limits: { pagesPerDay: 9 }, createdBy: by.split("_")[1] });
    const rotated = (await ask("rotate", made.id, "--overlap", "1h")).stdout.trim();
    expect(rotated).to.contain(`dgm_${made.id}_`).and.not.equal(made.secret);
    expect((await ask("list")).stdout).to.match(
      new RegExp(`${made.id}  acme .* old secret until 2.*  "ci"  jobs:read,admin  pagesPerDay=9`),
    );
    const statuses = async () =>
      Promise.all(
        [made.secret, rotated].map(
          async (key) => (await fetch(`${service.url}/whoami`, { headers: { authorization: `Bearer ${key}` } })).status,
        ),
      );
    expect(await statuses()).to.deep.equal([200, 200]);
    expect((await ask("revoke", made.id)).code).to.equal(0);
    expect(await statuses()).to.deep.equal([401, 401]);
  });
  it("makes a token that reads one job", async () => {
    const { stdout } = await dragoman("jobs", "list", "--json");
    const [job, other] = JSON.parse(stdout) as { id: string }[];
    const token = (await dragoman("keys", "token", job?.id ?? "", "--ttl", "1h")).stdout.trim();
    const ask = async (id = "") => (await fetch(`${service.url}/jobs/${id}`, { headers: { authorization: `Bearer ${token}` } })).status;
    expect([await ask(job?.id), await ask(other?.id)]).to.deep.equal([200, 404]);
  });
  it("refuses a number or a time that is none, with a sentence", async () => {
    for (const args of [
      ["jobs", "list", "--limit", "abc"],
      ["jobs", "list", "--limit", "101"],
      ["keys", "create", "--tenant", "t", "--max-upload-mb", "1.5"],
      ["keys", "create", "--tenant", "t", "--expires", "soon"],
      ["keys", "revoke", "none"],
      ["keys", "create", "--tenant", "t", "--scopes", "jobs:none"],
    ]) {
      const { code, stderr } = await dragoman(...args);
      expect(code, args.join(" ")).to.equal(2);
      expect(stderr, args.join(" ")).to.match(/is invalid.* It takes .*\.\n$/);
    }
  });

  it("takes a document from standard input", async () => {
    const out = path.join(files.path, "piped");
    const args = ["translate", "-", "--name", "carta.md", "--from", "en", "--to", "es", "--out", out];
    const { code, stderr } = await run(args, { input: "# The garden\n\nThe garden is open today.\n" });
    expect(code, stderr).to.equal(0);
    expect(await readFile(path.join(out, "carta.es.md"), "utf8")).to.match(/^# El jardín/);
  });
  it("leaves nothing of standard input behind when it is interrupted", async () => {
    const temporary = path.join(files.path, "temporary");
    await mkdir(temporary);
    const args = ["cli/dragoman.ts", "translate", "-", "--to", "es"];
    const child = spawn(process.execPath, args, { env: { ...process.env, TMPDIR: temporary }, stdio: ["pipe", "ignore", "ignore"] });
    const ended = once(child, "exit");
    child.stdin.on("error", () => undefined);
    child.stdin.write("The garden is");
    await eventually(async () => (await readdir(temporary)).length > 0);
    child.kill("SIGINT");
    expect(await ended).to.deep.equal([16, null]);
    expect(await readdir(temporary)).to.deep.equal([]);
  });
  it("overwrites nothing but where it is told to", async () => {
    const out = path.join(files.path, "twice");
    const note = await files.file("note.txt", "The library is open from Monday to Saturday.");
    const again = ["translate", note, "--from", "en", "--to", "es", "--out", out];
    await dragoman(...again);
    await writeFile(path.join(out, "note.es.txt"), "mine");
    const { stdout } = await dragoman(...again);
    expect(stdout).to.contain(path.join(out, "note.es-2.txt"));
    expect(await readFile(path.join(out, "note.es.txt"), "utf8")).to.equal("mine");
    await dragoman(...again, "--force");
    expect(await readFile(path.join(out, "note.es.txt"), "utf8")).to.contain("biblioteca");
    expect(await readdir(out)).to.have.members(["note.es.txt", "note.es-2.txt"]);
  });
  it("says in a sentence that there is no document, and where", async () => {
    const empty = await files.file("empty.txt", "");
    expectSentence(await dragoman("translate", "nope.txt", "--to", "es"), 10, /There is no nope\.txt\./);
    expectSentence(await dragoman("translate", path.join(empty, "x"), "--to", "es"), 10, /in the way/);
    expectSentence(await dragoman("translate", files.path, "--to", "es"), 10, /is a directory/);
    expectSentence(await dragoman("translate", "/dev/null", "--to", "es"), 10, /is no regular file/);
    expectSentence(await dragoman("translate", empty, "--to", "es"), 10, /There is nothing in .*empty\.txt\./);
    expectSentence(await dragoman("translate", "-", "--to", "es"), 10, /There is nothing in standard input\./);
  });
  it("says in a sentence that the result could not be saved, before it sends anything", async () => {
    const note = await files.file("a.txt", "The library is open.");
    const before = (await service.client.list()).jobs.length;
    expectSentence(await dragoman("translate", note, "--to", "es", "--out", note), 10, /OUTPUT_NOT_WRITABLE.*in the way/);
    expectSentence(await dragoman("translate", note, "--to", "es", "--out", "/sys/none"), 10, /OUTPUT_NOT_WRITABLE/);
    expect((await service.client.list()).jobs.length).to.equal(before);
  });
  it("says in a sentence what is wrong with a server, its address, or the key", async () => {
    const list = (...args: string[]) => dragoman("jobs", "list", ...args);
    expectSentence(await list("--server", "http://127.0.0.1:9"), 14, /UNAVAILABLE.*http:\/\/127\.0\.0\.1:9/);
    expectSentence(await list("--server", "nonsense"), 2, /takes an address/);
    expectSentence(await list("--server", "ftp://127.0.0.1"), 2, /takes an address/);
    expectSentence(await list("--server", `${service.url}/docs`), 2, /takes an address/);
    expectSentence(await run(["jobs", "list"], { env: { DRAGOMAN_SERVER: "nonsense" } }), 2, /DRAGOMAN_SERVER/);
    expectSentence(await run(["jobs", "list"], { env: { DRAGOMAN_API_KEY: "no key" } }), 10, /UNAUTHENTICATED/);
    expectSentence(await run(["jobs", "list"], { env: { DRAGOMAN_API_KEY: "ключ" } }), 10, /UNAUTHENTICATED/);
    expectSentence(await run(["jobs", "list"], { env: { DRAGOMAN_DATA: files.path } }), 10, /There is no API key/);
  });
  it("says in a sentence which variable nothing can be made of", async () => {
    const key = path.join(files.path, "no.pem");
    await writeFile(key, "No key.");
    const common = { DRAGOMAN_DATA: path.join(files.path, "unused"), DRAGOMAN_WORKER_KEY: "k" };
    const cases: [component: string, env: Record<string, string>, says: RegExp][] = [
      ["serve", { DRAGOMAN_SANDBOX: "perhaps" }, /DRAGOMAN_SANDBOX takes best or require/],
      ["serve", { DRAGOMAN_LOG_LEVEL: "loud" }, /DRAGOMAN_LOG_LEVEL takes one of trace, .* silent/],
      ["serve", { DRAGOMAN_TLS_CERT: key, DRAGOMAN_TLS_KEY: key }, /DRAGOMAN_TLS_KEY take files of PEM/],
      ["serve", { DRAGOMAN_ARTEFACTS: "s3+http://127.0.0.1:1/b" }, /DRAGOMAN_ARTEFACTS takes s3/],
      ["serve", { DRAGOMAN_ARTEFACTS: "s3+http://K:S@[/b" }, /DRAGOMAN_ARTEFACTS takes s3/],
      ["worker", { DRAGOMAN_STORE: "redis://h", DRAGOMAN_MESSAGING: "nats://[" }, /DRAGOMAN_MESSAGING takes nats/],
      ["worker", { DRAGOMAN_STORE: "redis://h", DRAGOMAN_MESSAGING: "nats://h?replicas=6" }, /replicas takes a whole number/],
    ];
    for (const [component, env, says] of cases) expectSentence(await run([component], { env: { ...common, ...env } }), 2, says);
    expectSentence(await run(["keys", "list"], { env: { DRAGOMAN_STORE: "redis://[" } }), 2, /DRAGOMAN_STORE takes/);
    const secret = await run(["orchestrator"], { env: { ...common, DRAGOMAN_UPLOAD_SECRET: "too-short" } });
    expectSentence(secret, 2, /DRAGOMAN_UPLOAD_SECRET takes at least 32 characters, the same for every orchestrator and gateway\.\n$/);
  });
  it("warns of a variable that it does not know, by the name that was meant, and goes on", async () => {
    const { code, stdout, stderr } = await run(["keys", "list", "--json"], { env: { DRAGOMAN_DATE: "elsewhere" } });
    expect(stderr).to.equal("warning: DRAGOMAN_DATE is no variable of Dragoman, and is not read: DRAGOMAN_DATA is one.\n");
    expect({ code, listed: JSON.parse(stdout).length > 0 }).to.deep.equal({ code: 0, listed: true });
  });
  it("tells in doctor which variables are set, which are wrong and which it does not know, and never what a secret is", async () => {
    const wrong = { DRAGOMAN_SLOTS: "many", DRAGOMAN_SLTOS: "2", DRAGOMAN_STORE: "postgres://u:a-planted-secret@h" };
    const { code, stdout, stderr } = await run(["doctor", "--json"], { env: wrong });
    expect(stdout + stderr).not.to.contain("planted");
    const found = (JSON.parse(stdout) as { verdict: string; found: string }[]).map(({ verdict, found }) => `${verdict}: ${found}`);
    expect(found).to.deep.equal([
      "error: DRAGOMAN_STORE takes sqlite:FILE or redis://USER:PASSWORD@HOST:PORT.",
      'error: DRAGOMAN_SLOTS takes a whole number from 1 to 64, not "many".',
      "warning: DRAGOMAN_SLTOS is no variable of Dragoman, and is not read: DRAGOMAN_SLOTS is one.",
    ]);
    expect(code).to.equal(14);
  });
  it("says in a sentence why a component does not start", async () => {
    const port = new URL(service.url).port;
    const data = path.join(files.path, "other");
    const [, grpcPort = ""] = service.grpcAddress.split(":");
    const taken = { DRAGOMAN_HTTP_PORT: port, DRAGOMAN_GRPC_PORT: "0", DRAGOMAN_DATA: data, DRAGOMAN_LOG_LEVEL: "silent" };
    expectSentence(await run(["serve"], { env: taken }), 14, new RegExp(`Another program listens .*port ${port}`));
    expectSentence(
      await run(["serve"], { env: { ...taken, DRAGOMAN_HTTP_PORT: "0", DRAGOMAN_GRPC_PORT: grpcPort } }),
      14,
      /Another program/,
    );
    expectSentence(await run(["serve"], { env: { DRAGOMAN_SLOTS: "many" } }), 2, /DRAGOMAN_SLOTS takes a whole number/);
    expectSentence(await run(["serve"], { env: { DRAGOMAN_SANDBOX: "yes" } }), 2, /DRAGOMAN_SANDBOX takes best or require/);
    expectSentence(await run(["worker"]), 2, /DRAGOMAN_WORKER_KEY is missing/);
    expectSentence(await run(["serve"], { env: { DRAGOMAN_DATA: "/sys/none" } }), 14, /\/sys\/none cannot be written to/);
    const none = /\/proc\/none/;
    expectSentence(await run(["serve"], { env: { DRAGOMAN_DATA: "/proc/none" } }), 14, none);
    expectSentence(await run(["keys", "list"], { env: { DRAGOMAN_STORE: "sqlite:/proc/none/jobs.db" } }), 14, none);
    expectSentence(await dragoman("translate", "README.md", "--to", "es", "--out", "/proc/none/out"), 10, none);
  });
});
