import { once } from "node:events";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { openLog } from "../platform/log.ts";
import { fakeAzure } from "../test/servers/translation/azure.ts";
import { fakeDeepL } from "../test/servers/translation/deepl.ts";
import type { FakeServer } from "../test/servers/translation/fake.ts";
import { fakeGoogle } from "../test/servers/translation/google.ts";
import { fakeLibreTranslate } from "../test/servers/translation/libretranslate.ts";
import { fakeOpenai } from "../test/servers/translation/openai.ts";
import type { Tagged } from "../worker/engine/document/segment.ts";
import { cut } from "../worker/translators/batches.ts";
import { engineOf } from "../worker/translators/drivers.ts";
import type { EngineConfig } from "../worker/translators/engine_config.ts";
import { openTranslators } from "../worker/translators/open_translators.ts";
import type { EngineRequest } from "../worker/translators/translation_engine.ts";
import { inParallel, quantiles } from "./driver.ts";
import { SUBJECTS, TIMES, VERBS } from "./words.ts";

// Paragraphs through each driver and all that stands before it, to a fake server in a thread of its own that takes so long to
// answer. Beside it the best that the engine's limits allow: the same texts as full requests, sent by bare fetch, as many at
// once as the driver may. Both take turns, and medians are compared. Without latency that is what fetch costs against what the
// work on the texts costs; the goal is for servers that take time.
const LATENCIES_MS = [0, 50, 500];
const GOAL = 0.9;
/** Each measurement's length if nothing but the server took time. */
const SECONDS = Number(process.argv[2] ?? 5);
const ROUNDS = 3;
const MOST_UNITS = 20_000;
const UNITS_AT_ONCE = 6_000;
/** As a worker with two slots has them: what an engine's process asks for at once (worker/sandbox/translating.ts, messages.ts). */
const DOCUMENTS = 2;
const QUESTIONS = 4;
const QUESTION_UNITS = 64;

const KEY = "bench-key";
const REQUEST: EngineRequest = {
  ...{ pair: { source: "en", target: "es" }, formality: "default" },
  ...{ tone: "", domain: "", context: "", instructions: "", title: "", terms: [], before: [], examples: [] },
};

interface Subject {
  readonly start: () => Promise<FakeServer>;
  readonly config: (server: Served) => EngineConfig;
}

interface Served {
  readonly origin: string;
  /** Google's. */
  readonly account?: string;
}

const SUBJECTS_OF_BENCH: Readonly<Record<string, Subject>> = {
  libretranslate: { start: () => fakeLibreTranslate(KEY), config: ({ origin }) => configOf("libretranslate", origin) },
  deepl: { start: () => fakeDeepL(KEY), config: ({ origin }) => configOf("deepl", origin) },
  google: { start: () => fakeGoogle(KEY), config: ({ origin, account = "" }) => configOf("google", origin, account) },
  azure: { start: () => fakeAzure(KEY), config: ({ origin }) => configOf("azure", `${origin}/?region=westeurope`) },
  openai: { start: () => fakeOpenai({ key: KEY }), config: ({ origin }) => configOf("openai", `${origin}/v1?model=test-model`) },
};

if (isMainThread) await main();
else await serve(String(workerData));

/** In a thread of its own: it hears how long to take. */
async function serve(name: string): Promise<void> {
  const server = await SUBJECTS_OF_BENCH[name]?.start();
  if (!server) throw new Error(name);
  parentPort?.on("message", (latencyMs: number) => {
    server.latencyMs = latencyMs;
    server.asked.length = 0;
    parentPort?.postMessage("ready");
  });
  parentPort?.postMessage({ origin: server.origin, ...("account" in server && { account: server.account }) });
}

async function main(): Promise<void> {
  console.log("engine            latency   texts/s   best by its limits   share   µs of processor a text");
  let isGood = true;
  for (const [name, subject] of Object.entries(SUBJECTS_OF_BENCH)) {
    const thread = new Worker(new URL(import.meta.url), { workerData: name });
    const [served] = (await once(thread, "message")) as [Served];
    for (const latencyMs of LATENCIES_MS) {
      thread.postMessage(latencyMs);
      await once(thread, "message");
      const { ours, best, costMicros } = await measured(subject, served, latencyMs);
      isGood &&= latencyMs === 0 || ours / best >= GOAL;
      const cells = [
        ours.toFixed(0).padStart(10),
        best.toFixed(0).padStart(21),
        (ours / best).toFixed(2).padStart(8),
        costMicros.toFixed(0).padStart(26),
      ];
      console.log(`${name.padEnd(15)} ${String(latencyMs).padStart(6)} ms${cells.join("")}`);
    }
    await thread.terminate();
  }
  process.exitCode = isGood ? 0 : 1;
}

async function measured(subject: Subject, served: Served, latencyMs: number) {
  const config = subject.config(served);
  await using engine = engineOf(config);
  const { limits, concurrency } = engine.traits;
  const perRequest = cut(units(limits.texts), limits)[0]?.length ?? 1;
  const count = latencyMs === 0 ? UNITS_AT_ONCE : (perRequest * concurrency * SECONDS * 1000) / latencyMs / ROUNDS;
  const all = units(Math.min(MOST_UNITS, DOCUMENTS * Math.ceil(count / DOCUMENTS)));
  const requests = await requestsFor(config, all);
  const [bares, chains, costs]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < ROUNDS; round++) {
    bares.push(all.length / (await bare(requests, concurrency)));
    const before = process.threadCpuUsage();
    chains.push(all.length / (await chain(config, all)));
    const { user, system } = process.threadCpuUsage(before);
    costs.push((user + system) / all.length);
  }
  return { ours: quantiles(chains).p50, best: quantiles(bares).p50, costMicros: quantiles(costs).p50 };
}

/** Seconds that all texts take as documents of a worker. */
async function chain(config: EngineConfig, all: readonly { readonly unit: Tagged }[]): Promise<number> {
  await using translators = openTranslators({ engines: [engineOf(config)], log: openLog("bench", "warn") });
  await translators.pairs();
  const { signal } = new AbortController();
  const order = {
    ...{ tenantId: "default", jobId: "bench", fileName: "letter.txt", engines: [], formality: "default" as const, target: "es" },
    ...{ tone: "", domain: "", context: "", instructions: "", glossaries: [], terms: [], doNotTranslate: [] },
    ...{ memory: "none" as const, isDryRun: false },
  };
  const share = Math.ceil(all.length / DOCUMENTS);
  const begun = performance.now();
  await inParallel(DOCUMENTS, DOCUMENTS, async (index) => {
    await using document = await translators.open({ ...order, jobId: `bench-${index}` });
    const own = all.slice(index * share, (index + 1) * share).map(({ unit }) => unit);
    const questions = Array.from({ length: Math.ceil(own.length / QUESTION_UNITS) }, (_, at) =>
      own.slice(at * QUESTION_UNITS, (at + 1) * QUESTION_UNITS),
    );
    await inParallel(questions.length, QUESTIONS, async (at) => {
      const batch = questions[at] ?? [];
      const answers = await document.translate(batch, REQUEST.pair, signal);
      if (answers.some(({ kind }) => kind !== "translated")) throw new Error("not all was translated");
      document.settle?.(batch.map((unit) => ({ unit, pair: REQUEST.pair, verdict: "ok" as const })));
    });
  });
  return (performance.now() - begun) / 1000;
}

interface Sent {
  readonly url: URL;
  readonly init: RequestInit;
}

/** What the driver sends for all texts in full requests. */
async function requestsFor(config: EngineConfig, all: readonly { readonly unit: Tagged }[]): Promise<readonly Sent[]> {
  const { fetch: real } = globalThis;
  const sent: Sent[] = [];
  globalThis.fetch = (url, init) => {
    if (url instanceof URL && typeof init?.body === "string") sent.push({ url, init: { ...init, signal: null } });
    return real(url, init);
  };
  try {
    await using engine = engineOf(config);
    const batches = cut(all, engine.traits.limits).map((batch) => batch.map(({ unit }) => unit));
    const { signal } = new AbortController();
    await inParallel(
      batches.length,
      engine.traits.concurrency,
      async (at) => void (await engine.translate(batches[at] ?? [], REQUEST, signal)),
    );
  } finally {
    globalThis.fetch = real;
  }
  return sent;
}

/** Seconds that the same requests take by themselves. */
async function bare(requests: readonly Sent[], concurrency: number): Promise<number> {
  const begun = performance.now();
  await inParallel(requests.length, concurrency, async (index) => {
    const { url, init } = requests[index] as Sent;
    const response = await fetch(url, init);
    if (!response.ok) throw new Error(`status ${response.status}`);
    await response.json();
  });
  return (performance.now() - begun) / 1000;
}

function configOf(name: string, address: string, key = KEY): EngineConfig {
  return { name, url: new URL(`${name}+${address}`), key };
}

/** All different, or one would stand for another. */
function units(count: number): { readonly unit: Tagged }[] {
  return Array.from({ length: count }, (_, index) => {
    const pick = (of: readonly string[], step: number) => of[Math.floor(index / step) % of.length] ?? "";
    const sentence = (shift: number) => `${pick(SUBJECTS, 1 + shift)} ${pick(VERBS, 2 + shift)} ${pick(TIMES, 3 + shift)}.`;
    const text = `${index}. ${[0, 1, 2, 3].map(sentence).join(" ")}`;
    const tags = [
      { id: 1, at: 3, kind: "open" as const },
      { id: 1, at: 14, kind: "close" as const },
    ];
    return { unit: { text, tags: index % 3 === 0 ? tags : [] } };
  });
}
