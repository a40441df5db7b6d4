import { execFile } from "node:child_process";
import { openAsBlob } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { toJsonString } from "@bufbuild/protobuf";
import { expect } from "chai";
import { PDFDocument, StandardFonts } from "pdf-lib";
import { type Job, JobSchema, JobState, ResultFormat } from "../gen/dragoman/v1/job_pb.ts";
import { startOtlpReceiver } from "./servers/otlp.ts";
import { scratch } from "./support/documents.ts";
import { descendants, eventually, type RunningService, startService } from "./support/service.ts";

const PASSWORD = "planted-Kxq7-password";
const SENTENCE = "The library is open from Monday to Saturday and the garden is free.";

async function encrypted(): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  const page = document.addPage();
  page.drawText(SENTENCE, { x: 50, y: 700, size: 11, font: await document.embedFont(StandardFonts.Helvetica) });
  document.encrypt({ userPassword: PASSWORD, ownerPassword: "owner-Kxq7-password" });
  return document.save({ useObjectStreams: false });
}

/** Files under `folder` in which the password stands, as text or as its base64. */
async function filesWithIt(folder: string): Promise<string[]> {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const found = await Promise.all(
    names.map(async (entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return isInIt(await readFile(file).catch(() => Buffer.alloc(0))) ? [file] : [];
    }),
  );
  return found.flat();
}

function isInIt(bytes: Buffer | string): boolean {
  return [PASSWORD, Buffer.from(PASSWORD).toString("base64").slice(0, -3)].some((text) => bytes.includes(text));
}

describe("a document with a password", () => {
  it("is translated, and the password is in no answer, event, log, trace, process or file", async () => {
    await using files = await scratch();
    await using otlp = await startOtlpReceiver();
    await using service: RunningService = await startService({
      OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url,
      OTEL_BSP_SCHEDULE_DELAY: "200",
      DRAGOMAN_LOG_LEVEL: "debug",
    });
    const { client } = service;
    const file = await files.file("secret.pdf", await encrypted());
    const seen: string[] = [];
    const see = (job: Job) => seen.push(toJsonString(JobSchema, job));

    const without = await client.translate(await openAsBlob(file), { to: "es", from: "en", fileName: "secret.pdf" });
    expect([without.state, without.error?.code]).to.deep.equal([JobState.FAILED, "PDF_ENCRYPTED"]);
    expect(without.error?.hint).to.contain("options.password");
    const wrong = await client.translate(await openAsBlob(file), { to: "es", fileName: "secret.pdf", options: { password: "guess" } });
    expect([wrong.state, wrong.error?.code, wrong.attempt]).to.deep.equal([JobState.FAILED, "PASSWORD_WRONG", 1]);

    const processes: string[] = [];
    const created = await client.create(await openAsBlob(file), {
      ...{ to: "es", from: "en", fileName: "secret.pdf" },
      options: { password: PASSWORD, outputs: [ResultFormat.DOCUMENT, ResultFormat.BILINGUAL, ResultFormat.MARKDOWN] },
    });
    see(created);
    const looking = (async () => {
      for (const pid of [service.pid, ...(await descendants(service.pid))])
        for (const about of ["cmdline", "environ"]) processes.push(await readFile(`/proc/${pid}/${about}`, "latin1").catch(() => ""));
    })();
    for await (const job of client.watch(created.id)) {
      see(job);
      expect(await filesWithIt(service.data), "while it runs").to.deep.equal([]);
    }
    await looking;
    const job = await client.job(created.id);
    see(job);
    expect([job.state, job.passwordGiven, job.options?.password]).to.deep.equal([JobState.SUCCEEDED, true, ""]);
    const saved = await client.download(job, path.join(files.path, "out"));
    for (const name of saved.filter((one) => one.endsWith(".pdf"))) {
      const { stdout } = await promisify(execFile)("pdftotext", [name, "-"]);
      expect(stdout).to.contain("biblioteca");
    }
    see((await client.list()).jobs[0] as Job);
    const explained = await client.explain(created.id);
    if (explained.job) see(explained.job);

    const refused = await client.retry(job.id).catch((error: { code: string; hint: string }) => error);
    expect(refused).to.include({ code: "PASSWORD_NEEDED" });
    const retried = await client.resume((await client.retry(job.id, { password: PASSWORD })).id);
    see(retried);
    expect([retried.state, retried.passwordGiven]).to.deep.equal([JobState.SUCCEEDED, true]);
    await eventually(async () => otlp.spans.some(({ traceId }) => traceId === job.traceId));

    expect(seen.filter(isInIt)).to.deep.equal([]);
    expect(processes.filter(isInIt)).to.deep.equal([]);
    expect(isInIt(service.logged()), "in the log").to.equal(false);
    expect(isInIt(otlp.raw()), "in a trace").to.equal(false);
    expect(await filesWithIt(service.data)).to.deep.equal([]);
  });
});
