import type { MessageInitShape } from "@bufbuild/protobuf";
import { expect } from "chai";
import { Formality, type Job, type JobOptionsSchema, ResultFormat } from "../gen/dragoman/v1/job_pb.ts";
import type { DragomanError } from "../platform/errors.ts";
import { stateName } from "../platform/names.ts";
import { type FakeDeepL, fakeDeepL } from "./servers/translation/deepl.ts";
import { type RunningService, startService, watchUntil } from "./support/service.ts";

const KEY = "planted-key-77aa";
const FIRST = "The mill on the river grinds no corn today.";
const SECOND = "Nobody has opened the heavy gate for years.";
const DOCUMENT = `${FIRST}\n\n${SECOND}\n`;
/** What each tenant may be billed in a month: enough for a few such documents. */
const TENANT_CHARACTERS = 400;

type Options = MessageInitShape<typeof JobOptionsSchema>;

/** A real service with an engine that is paid for, and one that is not. */
describe("what a translation costs", () => {
  const stack = new AsyncDisposableStack();
  let deepl: FakeDeepL;
  let service: RunningService;
  before(async () => {
    deepl = stack.use(await fakeDeepL(KEY));
    deepl.translate = (words) =>
      words.replace(FIRST, "El molino del río no muele trigo hoy.").replace(SECOND, "Nadie ha abierto la pesada puerta durante años.");
    service = stack.use(
      await startService({
        DRAGOMAN_TRANSLATORS: `deepl=deepl+${deepl.origin}?requests_per_minute=6000&key=${KEY}`,
        DRAGOMAN_TENANT_CHARACTERS: String(TENANT_CHARACTERS),
      }),
    );
  });
  after(() => stack[Symbol.asyncDispose]());

  const finished = async (options: Options, text = DOCUMENT): Promise<Job> => {
    const { id } = await service.client.create(new Blob([text]), {
      to: "es",
      from: "en",
      fileName: "letter.md",
      options: { engine: "deepl", outputs: [ResultFormat.MARKDOWN], ...options },
    });
    return watchUntil(service.client, id, ({ endTime }) => endTime !== undefined);
  };

  it("is said by a dry run, which translates nothing and is no result", async () => {
    const job = await finished({ dryRun: true });
    expect([stateName(job.state), job.artefacts, job.ledger?.segmentsTotal, deepl.texts()]).to.deep.equal(["SUCCEEDED", [], 2, 0]);
    expect(Number(job.ledger?.charactersBilled)).to.equal(FIRST.length + SECOND.length);
    const result = await fetch(`${service.url}/jobs/${job.id}/result`, { headers: { authorization: `Bearer ${service.apiKey}` } });
    expect(((await result.json()) as { code: string }).code).to.equal("NO_RESULT");
  });
  it("is not more than the job may be billed: else it fails before the first text is sent", async () => {
    const job = await finished({ maxCharacters: BigInt(DOCUMENT.length - 10) });
    expect([stateName(job.state), job.error?.code, deepl.texts()]).to.deep.equal(["FAILED", "BUDGET_EXCEEDED", 0]);
  });
  it("is what the dry run said, and nothing the second time", async () => {
    const job = await finished({ maxCharacters: BigInt(DOCUMENT.length) });
    expect([stateName(job.state), Number(job.ledger?.charactersBilled)]).to.deep.equal(["SUCCEEDED", FIRST.length + SECOND.length]);
    const asked = deepl.texts();
    const again = await finished({ maxCharacters: 1n });
    expect([stateName(again.state), Number(again.ledger?.charactersBilled), again.ledger?.segmentsFromMemory]).to.deep.equal([
      "SUCCEEDED",
      0,
      2,
    ]);
    expect(deepl.texts()).to.equal(asked);
  });
  it("is not more than the tenant may be billed in a month", async () => {
    const job = await finished({}, `${"The mill on the river grinds no corn today, and neither did it yesterday. ".repeat(6)}\n`);
    expect(job.error?.code).to.equal("BUDGET_EXCEEDED");
  });
  it("is told of each engine, with what it can do", async () => {
    const response = await fetch(`${service.url}/languages`, { headers: { authorization: `Bearer ${service.apiKey}` } });
    const { engines } = (await response.json()) as { engines: { name: string; own: boolean; billed: boolean; follows: string[] }[] };
    expect(engines.map(({ name, own = false, billed = false }) => [name, own, billed])).to.deep.equal([
      ["apertium", true, false],
      ["deepl", false, true],
    ]);
    expect(engines[1]?.follows).to.include("formality");
  });
  it("is refused where the engine is not there, or cannot be told a formality", async () => {
    const refusal = (options: Options, to = "es") =>
      service.client.create(new Blob([DOCUMENT]), { to, from: "en", fileName: "letter.md", options }).then(
        () => "",
        ({ code }: DragomanError) => code,
      );
    expect(await refusal({ engine: "google" })).to.equal("TRANSLATION_ENGINE_UNKNOWN");
    expect(await refusal({ engine: "deepl", formality: Formality.MORE }, "zh-Hant")).to.equal("OPTION_UNSUPPORTED");
  });
  it("is of the engine that the tenant has set, where the job names none", async () => {
    const call = (method: string, body?: unknown) =>
      fetch(`${service.url}/settings`, {
        method,
        headers: { authorization: `Bearer ${service.apiKey}`, "content-type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }).then(async (response) => (await response.json()) as { code?: string; engine?: string });
    expect((await call("PUT", { engine: "google" })).code).to.equal("TRANSLATION_ENGINE_UNKNOWN");
    await call("PUT", { engine: "deepl", formality: "FORMALITY_PREFER_MORE" });
    expect((await call("GET")).engine).to.equal("deepl");
    const job = await finished({ engine: "", dryRun: true });
    expect([job.options?.engine, job.options?.formality]).to.deep.equal(["deepl", Formality.PREFER_MORE]);
    const own = await finished({ engine: "apertium", dryRun: true });
    expect(own.options?.engine).to.equal("apertium");
    await call("PUT", {});
    expect((await finished({ engine: "", dryRun: true })).options?.engine).to.equal("");
  });
});
