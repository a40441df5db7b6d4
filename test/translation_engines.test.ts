import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { type Job, ResultFormat } from "../gen/dragoman/v1/job_pb.ts";
import { stateName } from "../platform/names.ts";
import { type OtlpReceiver, startOtlpReceiver } from "./servers/otlp.ts";
import { fakeAzure } from "./servers/translation/azure.ts";
import { fakeDeepL } from "./servers/translation/deepl.ts";
import type { FakeServer } from "./servers/translation/fake.ts";
import { fakeGoogle } from "./servers/translation/google.ts";
import { fakeLibreTranslate } from "./servers/translation/libretranslate.ts";
import { fakeOpenai } from "./servers/translation/openai.ts";
import { descendants, eventually, type RunningService, startService, watchUntil } from "./support/service.ts";

const KEY = "planted-key-5f1c";
/** What the fakes know, piece by piece between marks. */
const SPANISH: readonly [string, string][] = [
  ["The lighthouse keeper counted ", "El guardián del faro contó "],
  ["seventeen herons", "diecisiete garzas"],
  [" before the winter began ", " antes de que comenzara el invierno "],
  [" the ferry left.", " saliera el transbordador."],
  ["The library is open ", "La biblioteca está abierta "],
  ["from Monday to Saturday", "de lunes a sábado"],
];
const DOCUMENT =
  "The lighthouse keeper counted **seventeen herons** before the winter began & the ferry left.\n\nThe library is open from Monday to Saturday.\n";
const TRANSLATED =
  "El guardián del faro contó **diecisiete garzas** antes de que comenzara el invierno & saliera el transbordador.\n\nLa biblioteca está abierta de lunes a sábado.\n";
const spanish = (text: string) => SPANISH.reduce((made, [from, to]) => made.replaceAll(from, to), text);

/** A real service with every paid engine, each a fake server that keeps to the public contract. */
describe("a document through each translation engine", () => {
  const stack = new AsyncDisposableStack();
  let servers: Readonly<Record<"libre" | "deepl" | "google" | "azure" | "azure-new" | "model", FakeServer>>;
  let service: RunningService;
  let traces: OtlpReceiver;

  before(async () => {
    traces = stack.use(await startOtlpReceiver());
    const libre = stack.use(await fakeLibreTranslate(KEY));
    const google = stack.use(await fakeGoogle(KEY));
    const azure = stack.use(await fakeAzure(KEY));
    const model = stack.use(await fakeOpenai({ key: KEY }));
    const deepl = stack.use(await fakeDeepL(KEY));
    const azureNew = stack.use(await fakeAzure(KEY));
    for (const server of [libre, google, azure, azureNew, deepl, model]) server.translate = spanish;
    servers = { libre, deepl, google, azure, "azure-new": azureNew, model };
    service = stack.use(
      await startService({
        DRAGOMAN_TRANSLATOR: `libretranslate+${libre.origin}?key=${KEY}`,
        DRAGOMAN_TRANSLATORS: [
          `libre=libretranslate+${libre.origin}?key=${KEY}`,
          `deepl=deepl+${deepl.origin}`,
          `google=google+${google.origin}`,
          `azure=azure+${azure.origin}?region=westeurope`,
          `azure-new=azure+${azureNew.origin}?region=westeurope&version=2026-06-06&key=${KEY}`,
          `model=openai+${model.origin}/v1?model=test-model&key=${KEY}`,
        ].join(" "),
        ...{ DRAGOMAN_DEEPL_KEY: KEY, DRAGOMAN_GOOGLE_KEY: google.account, DRAGOMAN_AZURE_KEY: KEY },
        ...{ DRAGOMAN_LOG_LEVEL: "trace", OTEL_EXPORTER_OTLP_ENDPOINT: traces.url, OTEL_BSP_SCHEDULE_DELAY: "100" },
        ...{ OTEL_METRIC_EXPORT_INTERVAL: "500", OTEL_METRIC_EXPORT_TIMEOUT: "500" },
      }),
    );
  });
  after(() => stack[Symbol.asyncDispose]());

  const finished = async (engine: string, text = DOCUMENT, fallbackEngines: string[] = []): Promise<Job> => {
    const options = { outputs: [ResultFormat.MARKDOWN], engine, fallbackEngines };
    const { id } = await service.client.create(new Blob([text]), { to: "es", from: "en", fileName: "letter.md", options });
    return watchUntil(service.client, id, ({ endTime }) => endTime !== undefined);
  };
  const resultOf = async ({ id }: Job) => {
    const headers = { authorization: `Bearer ${service.apiKey}` };
    return (await fetch(`${service.url}/jobs/${id}/result?format=MARKDOWN`, { headers })).text();
  };

  for (const name of ["libre", "deepl", "google", "azure", "azure-new", "model"] as const)
    it(`comes back whole from ${name}, and says who translated it`, async () => {
      const job = await finished(name);
      expect(stateName(job.state)).to.equal("SUCCEEDED");
      expect(await resultOf(job)).to.equal(TRANSLATED);
      const [use, ...others] = job.ledger?.engines ?? [];
      expect(others).to.deep.equal([]);
      expect(use).to.include({ name, segments: 2 });
      expect(use?.requests).to.be.within(1, 2);
      expect(Number(use?.charactersBilled)).to.be.within(90, 400);
      expect(servers[name].asked.length).to.be.at.least(1);
    });
  it("asks its engine for nothing that it was asked before", async () => {
    const before = servers.azure.texts();
    const again = await finished("azure");
    expect(stateName(again.state)).to.equal("SUCCEEDED");
    expect(await resultOf(again)).to.equal(TRANSLATED);
    expect(again.ledger?.segmentsFromMemory).to.equal(2);
    expect(servers.azure.texts()).to.equal(before);
  });
  // Each by another engine: one that is out of order is not asked again for a while.
  it("goes to the next engine for what the first one cannot, and says so", async () => {
    servers.deepl.fault = "quota";
    const job = await finished("deepl", "The library is open **from Monday to Saturday**.\n", ["azure"]);
    expect(stateName(job.state)).to.equal("SUCCEEDED");
    expect(job.ledger?.engines.filter(({ segments }) => segments > 0).map(({ name }) => name)).to.deep.equal(["azure"]);
    expect(job.ledger?.entries.map(({ code }) => code)).to.include("ENGINE_REPLACED");
  });
  it("is no success where the engine gives the source back", async () => {
    servers.google.fault = "echo";
    const job = await finished("google", "The village school receives its guests after the long summer, and shows them the garden.\n");
    expect(job.ledger?.segmentsTranslated ?? 0).to.equal(0);
    expect(job.error?.code).to.equal("NOTHING_TRANSLATED");
  });
  it("is refused with no word of the key where the engine does not take it", async () => {
    servers["azure-new"].fault = "key";
    const job = await finished("azure-new", "The market hall closes at nine in the evening, and opens again before the morning.\n");
    expect(job.error?.code).to.equal("TRANSLATOR_REFUSED");
    expect(JSON.stringify([job.error?.message, job.error?.hint])).to.not.contain(KEY);
  });
  it("leaves no key and no sentence in a log, a trace, a metric, the list of processes or another process's environment", async () => {
    const all = async (pids: readonly number[], name: string) =>
      (await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/${name}`, "utf8").catch(() => "")))).join("\n");
    let [commands, environments] = ["", ""];
    // After a document that failed the next engine is only being started.
    await eventually(async () => {
      const others = await descendants(service.pid);
      [commands, environments] = [await all([service.pid, ...others], "cmdline"), await all(others, "environ")];
      return environments.includes("PATH=");
    });
    await eventually(async () => ["TRANSLATING", "dragoman.process.memory"].every((name) => traces.raw().includes(name)));
    const told = { logs: service.logged(), telemetry: traces.raw(), commands, environments };
    expect(told.logs).to.contain("worker");
    for (const [where, text] of Object.entries(told))
      for (const secret of [KEY, "key=", "BEGIN PRIVATE KEY", "herons", "garzas", "library", "market hall"])
        expect(text.includes(secret), `${secret} in ${where}`).to.equal(false);
  });
});
