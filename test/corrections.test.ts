import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import type { ClientError } from "../client/error.ts";
import { type Job, JobState, ResultFormat } from "../gen/dragoman/v1/job_pb.ts";
import { scratch } from "./support/documents.ts";
import { type RunningService, startService } from "./support/service.ts";

const run = promisify(execFile);
const PROSE = "# The garden\n\nThe garden is *open* every day.\n\nIt closes in the evening.\n";
const PLANTED = "Esta frase plantada Kxq7";

describe("corrections of a result", () => {
  const stack = new AsyncDisposableStack();
  let service: RunningService;
  let folder: string;
  let job: Job;
  before(async () => {
    service = stack.use(await startService({ DRAGOMAN_LOG_LEVEL: "debug" }));
    folder = stack.use(await scratch()).path;
    const { MARKDOWN, JSON: MODEL, XLIFF } = ResultFormat;
    job = await service.client.translate(new Blob([PROSE]), {
      to: "es",
      from: "en",
      fileName: "a.md",
      options: { outputs: [MARKDOWN, MODEL, XLIFF] },
    });
    expect([job.state, job.revision]).to.deep.equal([JobState.SUCCEEDED, 1]);
  });
  after(() => stack.disposeAsync());

  const text = async (format: ResultFormat): Promise<string> => {
    const pieces: Uint8Array[] = [];
    for await (const piece of service.client.result(job.id, { format })) pieces.push(piece);
    return Buffer.concat(pieces).toString();
  };
  const rest = (method: string, at: string, body: string, headers: Record<string, string> = {}) =>
    fetch(`${service.url}${at}`, { method, body, headers: { authorization: `Bearer ${service.apiKey}`, ...headers } });
  const json = { "content-type": "application/json" };

  it("are in its files, and the job is read with them", async () => {
    const answer = await rest(
      "POST",
      `/jobs/${job.id}/corrections`,
      JSON.stringify({ corrections: [{ segmentId: "p1b2s1", text: `${PLANTED} <1>abierto</1>.` }] }),
      json,
    );
    expect(answer.status).to.equal(200);
    const corrected = (await answer.json()) as { revision: number; version: string };
    expect(corrected.revision).to.equal(2);
    expect(await service.client.job(job.id)).to.deep.include({
      revision: 2,
      version: BigInt(corrected.version),
      state: JobState.SUCCEEDED,
    });
    expect(await text(ResultFormat.MARKDOWN)).to.include(`${PLANTED} *abierto*.`);
    const [listed] = (await service.client.job(job.id)).artefacts;
    expect(listed?.sizeBytes).to.equal(BigInt(Buffer.byteLength(await text(ResultFormat.MARKDOWN))));
  });
  it("are refused with what is wrong, and for another version than the one that is wanted", async () => {
    const wrong = await service.client.correct(job.id, { p1b2s1: "Sin etiqueta.", p9b9s9: "x" }).catch((error: ClientError) => error);
    expect(wrong).to.include({ code: "INVALID_REQUEST" });
    expect((wrong as ClientError).message).to.include("segment p1b2s1: tag 1 is missing; there is no segment p9b9s9");
    const stale = await rest("POST", `/jobs/${job.id}/corrections`, JSON.stringify({ corrections: [{ segmentId: "p1b1s1", text: "x" }] }), {
      ...json,
      "if-match": '"1"',
    });
    expect(stale.status).to.equal(412);
    const other = await rest(
      "POST",
      "/jobs/01K00000000000000000000000/corrections",
      JSON.stringify({ corrections: [{ segmentId: "p1b1s1", text: "x" }] }),
      json,
    );
    expect(other.status).to.equal(404);
  });
  it("may come as the job's XLIFF, in the request's body or by the command line", async () => {
    const xlf = await text(ResultFormat.XLIFF);
    const changed = xlf.replace(/<target>[^<]*jardín<\/target>/, "<target>El huerto</target>");
    expect(changed).not.to.equal(xlf);
    const put = await rest("PUT", `/jobs/${job.id}/xliff`, changed, { "content-type": "application/xliff+xml" });
    expect([put.status, ((await put.json()) as { revision: number }).revision]).to.deep.equal([200, 3]);
    const again = await rest("PUT", `/jobs/${job.id}/xliff`, changed, { "content-type": "application/xliff+xml" });
    expect(((await again.json()) as { revision: number }).revision).to.equal(3);
    expect(await text(ResultFormat.MARKDOWN)).to.match(/^# El huerto\n/);

    const file = path.join(folder, "back.xlf");
    await writeFile(file, (await text(ResultFormat.XLIFF)).replace("El huerto", "La huerta"));
    const { stdout } = await dragoman("jobs", "correct", job.id, file);
    expect(stdout).to.match(new RegExp(`^${job.id}  revision 4\\n`));
    expect(await text(ResultFormat.MARKDOWN)).to.match(/^# La huerta\n/);
  });
  it("that are no XLIFF of the job's are refused, and change nothing", async () => {
    const body = "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>";
    const answer = await rest("PUT", `/jobs/${job.id}/xliff`, body, { "content-type": "application/xliff+xml" });
    expect([answer.status, ((await answer.json()) as { code: string }).code]).to.deep.equal([400, "INVALID_REQUEST"]);
    expect((await service.client.job(job.id)).revision).to.equal(4);
  });
  it("are remembered: the next job has them from the start", async () => {
    const again = await service.client.translate(new Blob([`${PROSE}\nIt is large.\n`]), { to: "es", from: "en", fileName: "b.md" });
    expect(again.ledger?.segmentsFromMemory).to.be.at.least(3);
    const pieces = await Array.fromAsync(service.client.result(again.id, { format: ResultFormat.MARKDOWN }));
    expect(Buffer.concat(pieces).toString()).to.match(new RegExp(`^# La huerta\n\n${PLANTED} \\*abierto\\*\\.\n`));
  });
  it("and what they say are in no log", async () => {
    expect(service.logged()).to.include(job.id);
    expect(service.logged()).to.not.include(PLANTED);
  });

  async function dragoman(...args: string[]) {
    const env = { ...process.env, DRAGOMAN_SERVER: service.url, DRAGOMAN_API_KEY: service.apiKey };
    return run(process.execPath, ["--disable-warning=ExperimentalWarning", "cli/dragoman.ts", ...args], { env });
  }
});
