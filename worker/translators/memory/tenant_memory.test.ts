import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { KeepUnitsResponseSchema, RecallUnitsResponseSchema, WorkerService } from "../../../gen/dragoman/v1/worker_service_pb.ts";
import { TranslationMemory } from "../../../orchestrator/memory/memory.ts";
import { requireUnits } from "../../../orchestrator/services/unit_rules.ts";
import { openSqliteStore } from "../../../orchestrator/store/sqlite.ts";
import { DragomanError } from "../../../platform/errors.ts";
import { grpcClient } from "../../../platform/grpc/client.ts";
import { type Handlers, openGrpcServer, register } from "../../../platform/grpc/server.ts";
import { openLog } from "../../../platform/log.ts";
import { sessionsOnly } from "../../../test/support/sessions_only.ts";
import type { Tagged } from "../../engine/document/segment.ts";
import type { Translation } from "../../engine/ports/translator.ts";
import type { TranslationOrder } from "../order.ts";
import { NO_TERMS, termBook } from "../terms/term_book.ts";
import { TenantMemory } from "./tenant_memory.ts";

const log = openLog("test", "silent");
const never = new AbortController().signal;
const SCOPE = { pair: { source: "en", target: "es" }, engine: "apertium", model: "" };
const ORDER: TranslationOrder = {
  ...{ tenantId: "t", jobId: "J", fileName: "a.txt", target: "es", engines: [], formality: "default" },
  ...{ tone: "", domain: "", context: "", instructions: "", glossaries: [], terms: [], doNotTranslate: [] },
  ...{ memory: "update", isDryRun: false },
};

const unit = (text: string): Tagged => ({ text, tags: [] });
const said = (text: string, by = "apertium"): Translation => ({
  ...{ kind: "translated", target: unit(text), unknown: [] },
  by: { engine: by, from: "engine" },
});

/** An orchestrator with a memory, which fails while `fault` is set. */
async function aMemory() {
  await using stack = new AsyncDisposableStack();
  const store = stack.use(openSqliteStore(":memory:"));
  const memory = new TranslationMemory(store, 1e9);
  const state: { fault: DragomanError | undefined; calls: string[] } = { fault: undefined, calls: [] };
  const called = (name: string) => {
    state.calls.push(name);
    if (state.fault) throw state.fault;
  };
  const handlers: Handlers<typeof WorkerService> = {
    ...sessionsOnly(async () => undefined),
    async recallUnits({ tenantId, units }) {
      called("recall");
      requireUnits(units, { translated: false });
      return create(RecallUnitsResponseSchema, { units: await memory.recall(tenantId, units) });
    },
    async keepUnits({ tenantId, units }) {
      called("keep");
      requireUnits(units, { translated: true });
      await memory.keep(tenantId, units);
      return create(KeepUnitsResponseSchema);
    },
  };
  const server = stack.use(await openGrpcServer("127.0.0.1", 0, [register(WorkerService, handlers)], log));
  const orchestrator = stack.use(grpcClient(WorkerService, `127.0.0.1:${server.port}`));
  const owned = stack.move();
  return {
    state,
    of: (order: Partial<TranslationOrder> = {}, book = NO_TERMS) =>
      new TenantMemory({ orchestrator, apiKey: "k", log }, { ...ORDER, ...order }, book),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function recalled(memory: TenantMemory, texts: readonly string[], scope = SCOPE): Promise<(string | undefined)[]> {
  const found = await memory.recall(texts.map(unit), scope, never);
  return found.map(({ translation }) =>
    translation?.kind === "translated" ? `${translation.target.text} (${translation.by?.from})` : undefined,
  );
}

async function kept(memory: TenantMemory, pairs: Readonly<Record<string, string>>, scope = SCOPE): Promise<void> {
  await memory.recall(Object.keys(pairs).map(unit), scope, never);
  memory.keep(
    Object.entries(pairs).map(([source, target]) => ({ unit: unit(source), translation: said(target) })),
    scope,
  );
  await memory.flush(never);
}

describe("the memory as a document uses it", () => {
  it("has what another document of the tenant kept, and tells what stood between the same neighbours", async () => {
    await using given = await aMemory();
    await kept(given.of(), { One: "Uno", Two: "Dos", Three: "Tres" });
    expect(await recalled(given.of(), ["One", "Two", "Three"])).to.deep.equal(["Uno (context)", "Dos (context)", "Tres (context)"]);
    expect(await recalled(given.of(), ["Two", "New", "Three"])).to.deep.equal(["Dos (memory)", undefined, "Tres (memory)"]);
    expect(await recalled(given.of({ tenantId: "other" }), ["One"])).to.deep.equal([undefined]);
  });
  it("knows a text's neighbours over the bounds of questions", async () => {
    await using given = await aMemory();
    const [first, second] = [given.of(), given.of()];
    for (const memory of [first, second]) {
      await memory.recall([unit("One"), unit("Two")], SCOPE, never);
      await memory.recall([unit("Three")], SCOPE, never);
    }
    first.keep([{ unit: unit("Three"), translation: said("Tres") }], SCOPE);
    await first.flush(never);
    expect(await recalled(second, ["Three"])).to.deep.equal(["Tres (context)"]);
  });
  it("gives tags, unknown words and terms back as they were kept", async () => {
    await using given = await aMemory();
    const source: Tagged = {
      text: "Press it",
      tags: [
        { id: 1, at: 0, kind: "open" },
        { id: 1, at: 5, kind: "close" },
        { id: 2, at: 8, kind: "atom" },
      ],
    };
    const target: Tagged = {
      text: "Púlselo",
      tags: [
        { id: 2, at: 0, kind: "atom" },
        { id: 1, at: 0, kind: "open" },
        { id: 1, at: 5, kind: "close" },
      ],
    };
    const translation: Translation = { kind: "translated", target, unknown: ["it"], terms: { found: 2, missed: ["Press"] } };
    const memory = given.of();
    memory.keep([{ unit: source, translation }], SCOPE);
    await memory.flush(never);
    const [found] = await given.of().recall([source], SCOPE, never);
    expect(found?.translation).to.deep.equal({ ...translation, by: { engine: "apertium", from: "memory" } });
  });
  it("keeps apart what another engine, model, manner or glossary made", async () => {
    await using given = await aMemory();
    const book = termBook([{ terms: [{ source: "pump", target: "bomba", caseSensitive: false, exact: false }] }]);
    await kept(given.of({ formality: "more" }), { One: "Uno" });
    await kept(given.of({}, book), { Two: "Dos" });
    expect(await recalled(given.of(), ["One", "Two"])).to.deep.equal([undefined, undefined]);
    expect(await recalled(given.of({ formality: "more" }), ["One"])).to.deep.equal(["Uno (context)"]);
    expect(await recalled(given.of({}, book), ["Two"])).to.deep.equal(["Dos (context)"]);
    for (const scope of [
      { ...SCOPE, engine: "deepl" },
      { ...SCOPE, model: "m" },
      { ...SCOPE, pair: { source: "en", target: "es-MX" } },
    ])
      expect(await recalled(given.of({ formality: "more" }), ["One"], scope)).to.deep.equal([undefined]);
  });
  it("has a person's translation for every engine and manner, and says that it is nobody else's", async () => {
    await using given = await aMemory();
    await kept(given.of({ formality: "more" }), { One: "El primero" }, { ...SCOPE, engine: "" });
    await kept(given.of(), { One: "Uno" });
    const [found] = await given.of({ tone: "dry" }).recall([unit("One")], { ...SCOPE, engine: "deepl" }, never);
    expect(found?.translation).to.deep.include({ target: unit("El primero"), by: { engine: "", from: "context" } });
  });
  it("shows near texts with how near they are", async () => {
    await using given = await aMemory();
    await kept(given.of(), { "The pump is switched off by the red lever.": "La bomba se apaga con la palanca roja." });
    const [found] = await given.of({ jobId: "K" }).recall([unit("The pump is switched on by the red lever.")], SCOPE, never);
    expect(found?.examples).to.deep.equal([
      { source: "The pump is switched off by the red lever.", target: "La bomba se apaga con la palanca roja." },
    ]);
    expect(found?.similarity).to.be.closeTo(40 / 42, 1e-9);
  });
  it("shows a document's own near texts as examples, but does not call them known before", async () => {
    await using given = await aMemory();
    const memory = given.of();
    await kept(memory, { "The pump is switched off by the red lever.": "La bomba se apaga con la palanca roja." });
    const [found] = await memory.recall([unit("The pump is switched on by the red lever.")], SCOPE, never);
    expect([found?.examples.length, found?.similarity]).to.deep.equal([1, undefined]);
  });
  it("keeps nothing of an order that only reads it, or only asks what it would take", async () => {
    await using given = await aMemory();
    await kept(given.of({ memory: "read" }), { One: "Uno" });
    await kept(given.of({ isDryRun: true }), { One: "Uno" });
    expect(given.state.calls).to.deep.equal(["recall", "recall"]);
  });
  it("takes any number of texts in calls that are not too large, and leaves out what no memory takes", async () => {
    await using given = await aMemory();
    const pairs = Object.fromEntries(
      Array.from({ length: 230 }, (_, index) => [`${index} `.padEnd(900, "x"), `${index}`.padEnd(900, "y")]),
    );
    const memory = given.of();
    const long = "z".repeat(20_001);
    const all = [...Object.keys(pairs), long, ""];
    expect((await recalled(memory, all)).filter(Boolean)).to.deep.equal([]);
    memory.keep(
      [...Object.entries(pairs), [long, "y"], ["", "y"]].map(([source = "", target = ""]) => ({
        unit: unit(source),
        translation: said(target),
      })),
      SCOPE,
    );
    await memory.flush(never);
    expect(await recalled(given.of(), all)).to.deep.equal([
      ...Object.values(pairs).map((target) => `${target} (context)`),
      undefined,
      undefined,
    ]);
    expect(given.state.calls.length).to.be.within(8, 14);
  });
});

describe("a memory that is away", () => {
  const away = () => DragomanError.of("UNAVAILABLE", "The store does not answer.", { retryAfterMs: 1 });

  it("remembers nothing, fails nobody, and is not asked again at once", async () => {
    await using given = await aMemory();
    given.state.fault = away();
    const memory = given.of();
    for (let time = 0; time < 3; time++) expect(await recalled(memory, ["One"])).to.deep.equal([undefined]);
    expect(given.state.calls).to.deep.equal(["recall"]);
  });
  it("is told what was to be kept when it is there again", async () => {
    await using given = await aMemory();
    const memory = given.of();
    given.state.fault = away();
    memory.keep([{ unit: unit("One"), translation: said("Uno") }], SCOPE);
    const flushed = memory.flush(AbortSignal.timeout(8_000));
    while (given.state.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    given.state.fault = undefined;
    await flushed;
    expect(await recalled(given.of(), ["One"])).to.deep.equal(["Uno (memory)"]);
  });
  it("holds nobody up for longer than it may", async () => {
    await using given = await aMemory();
    const memory = given.of();
    given.state.fault = away();
    memory.keep([{ unit: unit("One"), translation: said("Uno") }], SCOPE);
    const before = performance.now();
    await memory.flush(AbortSignal.timeout(100));
    expect(performance.now() - before).to.be.below(2_000);
  });
  it("ends with the document", async () => {
    await using given = await aMemory();
    const reason = new Error("stopped");
    const stopped = given.of().recall([unit("One")], SCOPE, AbortSignal.abort(reason));
    expect(await stopped.catch((error: unknown) => error)).to.equal(reason);
  });
});
