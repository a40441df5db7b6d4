import { setTimeout as sleep } from "node:timers/promises";
import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { type Artefact, ArtefactSchema, JobSchema, ResultFormat } from "../../gen/dragoman/v1/job_pb.ts";
import { PreviewMadeSchema, type PreviewWork } from "../../gen/dragoman/v1/worker_service_pb.ts";
import { openFileArtefacts } from "../../platform/artefacts/files.ts";
import { type DragomanError, errorDetail } from "../../platform/errors.ts";
import { openMemoryMessaging } from "../../platform/messaging/memory.ts";
import { scratch } from "../../test/support/documents.ts";
import type { JobRecord } from "../jobs/job.ts";
import { Previews } from "./previews.ts";

const job = create(JobSchema, { id: "j", attempt: 2, fileName: "a.pdf" });
const record = { job, tenantId: "t", inputKey: "tenants/t/uploads/u" } as unknown as JobRecord;
const KEY = "tenants/t/jobs/j/attempts/2/preview-3.webp";
const preview = create(ArtefactSchema, { format: ResultFormat.PREVIEW, page: 3 });

async function open(paint: (work: PreviewWork, put: (content: string) => Promise<unknown>) => Promise<unknown>) {
  await using stack = new AsyncDisposableStack();
  const artefacts = await openFileArtefacts(stack.use(await scratch()).path);
  const messaging = stack.use(openMemoryMessaging());
  const asked: PreviewWork[] = [];
  stack.use(
    await messaging.answerPreviews(async (work) => {
      asked.push(work);
      const put = (content: string) => artefacts.put(work.outputKey, [Buffer.from(content)] as never, { maxBytes: 100 });
      const error = await paint(work, put).then(
        () => undefined,
        () => errorDetail("STORAGE_FULL", "full"),
      );
      return create(PreviewMadeSchema, error ? { error } : {});
    }),
  );
  const jobs = new Map([["j", record]]);
  const previews = new Previews({ artefacts, messaging, store: { get: async (id) => jobs.get(id) } });
  const owned = stack.move();
  return {
    ...{ artefacts, asked, jobs },
    /** Its size; of what was thrown, the code. */
    look: (artefact: Artefact = preview, of: JobRecord = record) =>
      previews.made(of, artefact).then(
        ({ sizeBytes }) => Number(sizeBytes),
        (error: DragomanError) => error.code,
      ),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

describe("previews", () => {
  it("are made when somebody looks first, once, however many look", async () => {
    await using given = await open(async (_, put) => {
      await sleep(20);
      await put("picture");
    });
    expect(await Promise.all([given.look(), given.look(), given.look()])).to.deep.equal([7, 7, 7]);
    expect(await given.look()).to.equal(7);
    expect(given.asked.map(({ fileKey, outputKey, page }) => [fileKey, outputKey, page])).to.deep.equal([
      ["tenants/t/jobs/j/attempts/2/translation.pdf", KEY, 3],
    ]);
  });
  it("are of the document where there is no PDF, and of the file that a PDF is the same as", async () => {
    const { DOCUMENT, PDF } = ResultFormat;
    for (const [files, key] of [
      [[{ format: DOCUMENT, fileName: "translation.jpg" }], "translation.document"],
      [[{ format: DOCUMENT }, { format: PDF, sameAs: DOCUMENT }], "translation.document"],
      [[{ format: DOCUMENT }, { format: PDF }], "translation.pdf"],
    ] as const) {
      await using given = await open((_, put) => put("picture"));
      const artefacts = files.map((file) => create(ArtefactSchema, file));
      const shown = { ...record, job: create(JobSchema, { ...job, artefacts }) };
      expect(await given.look(preview, shown)).to.equal(7);
      expect(given.asked[0]?.fileKey).to.equal(`tenants/t/jobs/j/attempts/2/${key}`);
    }
  });
  it("of the source are made of the document", async () => {
    await using given = await open((_, put) => put("picture"));
    expect(await given.look(create(ArtefactSchema, { format: ResultFormat.SOURCE_PREVIEW, page: 1 }))).to.equal(7);
    expect(given.asked[0]?.fileKey).to.equal(record.inputKey);
  });
  it("of a page that cannot be shown are not tried again", async () => {
    await using given = await open((_, put) => put(""));
    expect([await given.look(), await given.look()]).to.deep.equal(["ARTEFACT_NOT_FOUND", "ARTEFACT_NOT_FOUND"]);
    expect(given.asked).to.have.length(1);
  });
  it("that were not made are tried again, and say why", async () => {
    await using given = await open(() => Promise.reject(new Error("no")));
    expect([await given.look(), await given.look()]).to.deep.equal(["STORAGE_FULL", "STORAGE_FULL"]);
    expect(given.asked).to.have.length(2);
  });
  it("of a job that is deleted meanwhile leave nothing", async () => {
    await using given = await open(async (_, put) => {
      given.jobs.clear();
      await put("picture");
    });
    expect(await given.look()).to.equal("JOB_NOT_FOUND");
    expect(await given.artefacts.size(KEY)).to.equal(undefined);
  });
  it("that a worker stored with the result, and other files, are there at once", async () => {
    await using given = await open(async () => undefined);
    const stored = create(ArtefactSchema, { ...preview, sha256: "0".repeat(64), sizeBytes: 9n });
    const text = create(ArtefactSchema, { format: ResultFormat.TEXT, sizeBytes: 4n });
    expect([await given.look(stored), await given.look(text)]).to.deep.equal([9, 4]);
    expect(given.asked).to.have.length(0);
  });
});
