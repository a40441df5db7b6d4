import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { fromJsonString } from "@bufbuild/protobuf";
import { expect } from "chai";
import { ledgerText } from "../cli/render.ts";
import { type Job, JobSchema, JobState, MemoryUse, ResultFormat } from "../gen/dragoman/v1/job_pb.ts";
import { scratch } from "./support/documents.ts";
import { type RunningService, startService, watchUntil } from "./support/service.ts";

const FIRST = "The library is open from Monday to Saturday. The garden is free for all the readers.";
const SECOND = "The house is near the river. The children play in the street.";
const CHANGED = "The house is near the rivers. The children play in the street.";

const run = promisify(execFile);

describe("the memory of translations", () => {
  let service: RunningService;
  let files: Awaited<ReturnType<typeof scratch>>;
  before(async () => {
    [service, files] = [await startService(), await scratch()];
  });
  after(async () => {
    await service?.[Symbol.asyncDispose]();
    await files?.[Symbol.asyncDispose]();
  });

  const finished = async (text: string, options: Parameters<RunningService["client"]["create"]>[1]["options"] = {}): Promise<Job> => {
    const named = { to: "es", from: "en", fileName: "a.txt", options: { outputs: [ResultFormat.TEXT], ...options } };
    const { id } = await service.client.create(new Blob([text]), named);
    const job = await watchUntil(service.client, id, ({ endTime }) => endTime !== undefined);
    expect(job.state).to.equal(JobState.SUCCEEDED);
    return job;
  };
  const textOf = async ({ id }: Job) => {
    const response = await fetch(`${service.url}/jobs/${id}/result?format=TEXT`, {
      headers: { authorization: `Bearer ${service.apiKey}` },
    });
    return response.text();
  };
  const account = ({ ledger }: Job) => ({
    translated: ledger?.segmentsTranslated,
    fromMemory: ledger?.segmentsFromMemory,
    requests: ledger?.engines.reduce((sum, { requests }) => sum + requests, 0),
  });

  const command = (...args: string[]) =>
    run(process.execPath, ["--disable-warning=ExperimentalWarning", "cli/dragoman.ts", ...args, "--server", service.url], {
      env: { ...process.env, DRAGOMAN_API_KEY: service.apiKey },
    });

  it("spares a second run of a document every call, and gives the same", async () => {
    const first = await finished(`${FIRST}\n\n${SECOND}\n`);
    expect(account(first)).to.deep.equal({ translated: 4, fromMemory: 0, requests: 1 });
    const second = await finished(`${FIRST}\n\n${SECOND}\n`);
    expect(account(second)).to.deep.equal({ translated: 4, fromMemory: 4, requests: 0 });
    expect(await textOf(second)).to.equal(await textOf(first));
    expect([ledgerText(first), ledgerText(second)].map((text) => /^memory .*/m.exec(text)?.[0])).to.deep.equal([
      undefined,
      "memory    4 of the translated segments were known from it",
    ]);
  });
  it("has a new version of a document pay for what was changed alone, and says how much it had", async () => {
    const job = await finished(`${FIRST}\n\n${CHANGED}\n`);
    expect(account(job)).to.deep.equal({ translated: 4, fromMemory: 3, requests: 1 });
    expect(await textOf(job)).to.contain("ríos");
    expect(job.ledger?.entries.map(({ code }) => code)).to.include("SIMILAR_KNOWN");
  });
  it("gives a job nothing, and takes nothing from it, where that says so", async () => {
    const file = path.join(files.path, "b.txt");
    await writeFile(file, `${FIRST}\n`);
    const { stdout } = await command(
      "translate",
      file,
      "--to",
      "es",
      "--memory",
      "none",
      "--outputs",
      "text",
      "--out",
      files.path,
      "--json",
    );
    const job = fromJsonString(JobSchema, stdout);
    expect(account(job)).to.deep.equal({ translated: 2, fromMemory: 0, requests: 1 });
    await finished("The winter is long in the mountains.\n", { memory: MemoryUse.READ });
    expect(account(await finished("The winter is long in the mountains.\n"))).to.deep.include({ fromMemory: 0 });
  });
  it("is TMX to other programs, and theirs goes before what an engine says", async () => {
    const dragoman = (...args: string[]) => command("memory", ...args);
    const file = path.join(files.path, "memory.tmx");
    await dragoman("export", file, "--target", "es");
    const tmx = await readFile(file, "utf8");
    expect(tmx)
      .to.match(/^<\?xml.*<tmx version="1.4">/s)
      .and.contain("The house is near the river.");
    await run("xmllint", ["--noout", file]);
    const bearer = { authorization: `Bearer ${service.apiKey}` };
    await writeFile(
      file,
      tmx.replace(/<prop.*?<\/prop>/g, "").replaceAll(/(<tuv xml:lang="es">)<seg>[^<]*/g, "$1<seg>Dicho por una persona."),
    );
    const { stdout } = await run("curl", [
      "-sS",
      "-H",
      `authorization: ${bearer.authorization}`,
      "--data-binary",
      `@${file}`,
      `${service.url}/memory/tmx?source_language=en&target_language=es`,
    ]);
    expect(JSON.parse(stdout)).to.deep.equal({ units: 6, untagged: 0, refused: 0, pairs: { "en es": 6 } });
    const job = await finished(`${FIRST}\n`, {});
    expect(account(job)).to.deep.include({ fromMemory: 2, requests: 0 });
    expect(await textOf(job)).to.equal("Dicho por una persona. Dicho por una persona.\n");
    expect((await dragoman("show")).stdout).to.match(/^12 translations, 0\.0 of 32\.0 MiB\n$/);
    expect((await dragoman("forget", "--all", "--json")).stdout).to.equal('{"units":12}\n');
    const refused = await fetch(`${service.url}/memory/tmx?target_language=ES`, { headers: bearer });
    expect([refused.status, ((await refused.json()) as { code: string }).code]).to.deep.equal([400, "INVALID_REQUEST"]);
    expect((await fetch(`${service.url}/memory/tmx`)).status).to.equal(401);
    expect((await fetch(`${service.url}/memory/tmx`, { method: "PUT", body: "x", headers: bearer })).headers.get("allow")).to.contain(
      "POST",
    );
  });
  it("forgets what came from a job with the job, if it is told so", async () => {
    const text = "The winter is long in the mountains.\n";
    const job = await finished(text);
    const other = await finished(SECOND);
    const remove = (id: string, query: string) =>
      fetch(`${service.url}/jobs/${id}${query}`, { method: "DELETE", headers: { authorization: `Bearer ${service.apiKey}` } });
    expect((await remove(job.id, "?forget_memory=true")).status).to.equal(200);
    expect((await remove(other.id, "")).status).to.equal(200);
    expect(account(await finished(`${text}\n${SECOND}`))).to.deep.equal({ translated: 3, fromMemory: 2, requests: 1 });
  });
  it("shows no sentence in any log", () => {
    expect(service.logged()).not.to.match(/library|garden|river|mountains|biblioteca/);
    expect(service.logged()).to.contain("worker");
  });
});
