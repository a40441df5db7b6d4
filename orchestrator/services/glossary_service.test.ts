import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { expect } from "chai";
import {
  AddUnknownWordsRequestSchema,
  ChangeGlossaryRequestSchema,
  CreateGlossaryRequestSchema,
  DeleteGlossaryRequestSchema,
  GetGlossaryRequestSchema,
  ListGlossariesRequestSchema,
  ListTermsRequestSchema,
} from "../../gen/dragoman/v1/glossary_service_pb.ts";
import { JobOptionsSchema, LedgerSchema, TermSchema } from "../../gen/dragoman/v1/job_pb.ts";
import type { DragomanError } from "../../platform/errors.ts";
import type { CallContext } from "../../platform/grpc/server.ts";
import { gateOf } from "../../test/support/gate.ts";
import { issueKey } from "../access/keys.ts";
import { Glossaries } from "../glossaries/glossaries.ts";
import { fitting, pinned } from "../glossaries/pinned.ts";
import { newJob } from "../jobs/change.ts";
import { newId } from "../jobs/id.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import { glossaryService, pageOf } from "./glossary_service.ts";

async function aService() {
  const store = openSqliteStore(":memory:");
  const glossaries = new Glossaries(store);
  const service = glossaryService(gateOf(store), glossaries);
  const as = async (tenantId: string, role: "client" | "worker" = "client") =>
    ({ authorization: `Bearer ${await issueKey(store, { tenantId, role })}` }) as CallContext;
  const mine = await as("t");
  return {
    ...{ store, glossaries, service, as, mine },
    make: (given: MessageInitShape<typeof CreateGlossaryRequestSchema> = {}) => service.createGlossary(creation(given), mine),
    change: (id: string, given: MessageInitShape<typeof ChangeGlossaryRequestSchema>) =>
      service.changeGlossary(create(ChangeGlossaryRequestSchema, { id, ...given } as never), mine),
    terms: async (id: string, version = 0) =>
      (await service.listTerms(create(ListTermsRequestSchema, { id, version }), mine)).terms.map(
        ({ source, target }) => `${source}→${target}`,
      ),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() as Promise<void>,
  };
}

function creation(given: MessageInitShape<typeof CreateGlossaryRequestSchema>) {
  const usual = { name: "IT", sourceLanguage: "en", targetLanguage: "es", file: "server,servidor\nmail,correo" };
  return create(CreateGlossaryRequestSchema, { ...usual, ...given } as never);
}

async function refusal(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "none",
    ({ code, detail }: DragomanError) => [code, ...detail.violations.map(({ field }) => field)].join(" "),
  );
}

describe("a tenant's glossaries", () => {
  it("are made of a file or of terms, and listed", async () => {
    await using given = await aService();
    const one = await given.make();
    const other = await given.make({ name: "other", file: "", terms: [{ source: "disk", target: "disco" }] });
    expect(one).to.deep.include({ name: "IT", version: 1, termCount: 2, sourceLanguage: "en", targetLanguage: "es" });
    expect(await given.terms(one.id)).to.deep.equal(["server→servidor", "mail→correo"]);
    expect(await given.terms(other.id)).to.deep.equal(["disk→disco"]);
    const { glossaries } = await given.service.listGlossaries(create(ListGlossariesRequestSchema), given.mine);
    expect(glossaries.map(({ id, versions }) => [id, versions.length])).to.deep.equal([
      [other.id, 0],
      [one.id, 0],
    ]);
  });
  it("are nobody else's, and no worker's", async () => {
    await using given = await aService();
    const { id } = await given.make();
    const [other, worker] = [await given.as("other"), await given.as("t", "worker")];
    const { service } = given;
    for (const call of [
      service.getGlossary(create(GetGlossaryRequestSchema, { id }), other),
      service.listTerms(create(ListTermsRequestSchema, { id }), other),
      service.changeGlossary(create(ChangeGlossaryRequestSchema, { id, name: "mine" }), other),
      service.deleteGlossary(create(DeleteGlossaryRequestSchema, { id }), other),
      pinned(given.glossaries, "other", create(JobOptionsSchema, { glossaries: [id], targetLanguage: "es" })),
    ])
      expect(await refusal(call)).to.equal("GLOSSARY_NOT_FOUND");
    expect(await refusal(service.getGlossary(create(GetGlossaryRequestSchema, { id }), worker))).to.equal("PERMISSION_DENIED");
    expect(await given.terms(id)).to.have.length(2);
  });
  it("say all that is wrong with a request", async () => {
    await using given = await aService();
    const wrong = { name: " ", sourceLanguage: "EN", targetLanguage: "", terms: [{ source: "" }] };
    expect(await refusal(given.make(wrong))).to.equal("INVALID_REQUEST name source_language target_language terms terms");
    const twice = { file: "", terms: [{ source: "a" }, { source: "a" }] };
    expect(await refusal(given.make(twice))).to.equal("INVALID_REQUEST terms");
    expect(await refusal(given.make({ file: 'a,"b' }))).to.equal("INVALID_REQUEST file");
    expect(
      await refusal(given.make({ file: "", terms: Array.from({ length: 10_001 }, (_, index) => ({ source: `a${index}` })) })),
    ).to.equal("INVALID_REQUEST terms");
  });
  it("get a version with every change, and keep what they were", async () => {
    await using given = await aService();
    const { id } = await given.make();
    const terms = [
      { source: "mail", target: "correspondencia" },
      { source: "disk", target: "disco" },
    ];
    expect(await given.change(id, { terms, remove: ["server"] })).to.deep.include({ version: 2, termCount: 2 });
    expect(await given.terms(id)).to.deep.equal(["mail→correspondencia", "disk→disco"]);
    expect(await given.terms(id, 1)).to.deep.equal(["server→servidor", "mail→correo"]);
    expect(await given.change(id, { terms, remove: ["server"] })).to.deep.include({ version: 2 });
    expect(await given.change(id, { name: "Computers" })).to.deep.include({ version: 3, name: "Computers", termCount: 2 });
    expect(await given.change(id, { file: "disk;disquete" })).to.deep.include({ version: 4, termCount: 1 });
    expect(await refusal(given.terms(id, 9))).to.equal("GLOSSARY_NOT_FOUND");
  });
  it("keep changes of two at once", async () => {
    await using given = await aService();
    const { id } = await given.make();
    const add = (source: string) => given.change(id, { terms: [{ source, target: "x" }] });
    await Promise.all(["a", "b", "c"].map(add));
    expect(await given.terms(id)).to.have.members(["server→servidor", "mail→correo", "a→x", "b→x", "c→x"]);
  });
  it("are changed as they were read, where the version is named", async () => {
    await using given = await aService();
    const { id } = await given.make();
    await given.change(id, { remove: ["mail"], expectedVersion: 1 });
    expect(await refusal(given.change(id, { remove: ["server"], expectedVersion: 1 }))).to.equal("PRECONDITION_FAILED");
  });
  it("keep the last twenty versions", async () => {
    await using given = await aService();
    const { id } = await given.make();
    for (let index = 0; index < 20; index++) await given.change(id, { terms: [{ source: `a${index}`, target: "x" }] });
    const { versions } = await given.service.getGlossary(create(GetGlossaryRequestSchema, { id }), given.mine);
    expect(versions.map(({ version }) => version)).to.deep.equal(Array.from({ length: 20 }, (_, index) => 21 - index));
    expect(await refusal(given.terms(id, 1))).to.equal("GLOSSARY_NOT_FOUND");
  });
  it("take the words that a job's translator did not know, once", async () => {
    await using given = await aService();
    const { id } = await given.make();
    const jobId = newId("t");
    const record = newJob(
      {
        id: jobId,
        tenantId: "t",
        inputKey: "k",
        fileName: "f",
        sizeBytes: 1,
        traceparent: "",
        traceUrl: "",
        options: create(JobOptionsSchema),
      },
      1000,
    );
    const words = ["Blorx", "Mail"].map((word) => ({ word, count: 1 }));
    record.job.ledger = create(LedgerSchema, { unknown: words });
    await given.store.commit({ record, expectedVersion: 0n, outbox: [] });
    const learn = async (as = given.mine) => given.service.addUnknownWords(create(AddUnknownWordsRequestSchema, { id, jobId }), as);
    expect(await learn()).to.include({ version: 2, termCount: 3 });
    expect(await given.terms(id)).to.deep.equal(["server→servidor", "mail→correo", "Blorx→"]);
    expect(await learn()).to.include({ version: 2 });
    expect(await refusal(learn(await given.as("other")))).to.equal("JOB_NOT_FOUND");
  });
  it("are read in pages of one version, whatever is changed meanwhile", async () => {
    await using given = await aService();
    const { id } = await given.make({ file: "a,b\nc,d\ne,f" });
    const page = (pageToken: string, version = 0) =>
      given.service.listTerms(create(ListTermsRequestSchema, { id, pageSize: 2, pageToken, version }), given.mine);
    const first = await page("");
    await given.change(id, { remove: ["a", "c"] });
    const second = await page(first.nextPageToken);
    expect([...first.terms, ...second.terms].map(({ source }) => source)).to.deep.equal(["a", "c", "e"]);
    expect([second.version, second.nextPageToken]).to.deep.equal([1, ""]);
    expect(await refusal(page(first.nextPageToken, 2))).to.equal("INVALID_REQUEST page_token");
  });
  it("are read in pages of at most half a message", () => {
    const term = create(TermSchema, { source: "a".repeat(200), target: "ñ".repeat(200), note: "b".repeat(424) });
    expect(pageOf(Array(1000).fill(term), 0, 1000)).to.have.length(507);
  });
  it("are gone when they are deleted", async () => {
    await using given = await aService();
    const { id } = await given.make();
    await given.service.deleteGlossary(create(DeleteGlossaryRequestSchema, { id }), given.mine);
    expect(await refusal(given.terms(id))).to.equal("GLOSSARY_NOT_FOUND");
    expect(await refusal(given.change(id, { name: "x" }))).to.equal("GLOSSARY_NOT_FOUND");
  });
});

describe("a job's glossaries", () => {
  const job = (glossaries: string[], sourceLanguage = "en", targetLanguage = "es") =>
    create(JobOptionsSchema, { glossaries, sourceLanguage, targetLanguage });
  it("are those that there are when it is made", async () => {
    await using given = await aService();
    const { id } = await given.make();
    await given.change(id, { remove: ["mail"] });
    expect(await pinned(given.glossaries, "t", job([id]))).to.deep.equal([`${id}@2`]);
    expect(await pinned(given.glossaries, "t", job([`${id}@1`]))).to.deep.equal([`${id}@1`]);
    expect(await refusal(pinned(given.glossaries, "t", job([`${id}@3`])))).to.equal("GLOSSARY_NOT_FOUND");
  });
  it("are, of a tenant's usual ones, those of its languages that are there", async () => {
    await using given = await aService();
    const [one, other] = [await given.make(), await given.make({ targetLanguage: "fr" })];
    const gone = newId("t");
    expect(await fitting(given.glossaries, "t", job([other.id, gone, `${one.id}@1`]))).to.deep.equal([`${one.id}@1`]);
    expect(await fitting(given.glossaries, "t", job([other.id, one.id], "", "fr"))).to.deep.equal([other.id]);
    expect(await fitting(given.glossaries, "other", job([one.id]))).to.deep.equal([]);
  });
  it("are of its languages; those of a language for its regions too", async () => {
    await using given = await aService();
    const { id } = await given.make({ targetLanguage: "pt" });
    expect(await pinned(given.glossaries, "t", job([id], "en-GB", "pt-BR"))).to.deep.equal([`${id}@1`]);
    expect(await pinned(given.glossaries, "t", job([id], "", "pt"))).to.deep.equal([`${id}@1`]);
    for (const options of [job([id]), job([id], "fr", "pt")])
      expect(await refusal(pinned(given.glossaries, "t", options))).to.equal("INVALID_REQUEST options.glossaries");
  });
});
