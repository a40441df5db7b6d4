import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { expect } from "chai";
import fc from "fast-check";
import { type MemoryUnit, MemoryUnitSchema, TagKind } from "../../gen/dragoman/v1/memory_service_pb.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import { ageLimiter, TranslationMemory } from "./memory.ts";
import { decodeUnit, encodeUnit, keyOf } from "./unit.ts";

const MUCH = 1024 ** 2;
const PAIR = { sourceLanguage: "en", targetLanguage: "es" };

type UnitInit = Exclude<MessageInitShape<typeof MemoryUnitSchema>, MemoryUnit>;

function aUnit(source: string, target = "", more: UnitInit = {}) {
  return create(MemoryUnitSchema, {
    ...{ ...PAIR, engine: "apertium", source: { text: source } },
    ...(target !== "" && { target: { text: target } }),
    ...more,
  });
}

async function recalled(memory: TranslationMemory, ...units: ReturnType<typeof aUnit>[]) {
  return (await memory.recall("t", units)).map(({ unit }) => unit?.target?.text);
}

describe("the memory of translations", () => {
  let store: ReturnType<typeof openSqliteStore>;
  let memory: TranslationMemory;
  beforeEach(() => {
    store = openSqliteStore(":memory:");
    memory = new TranslationMemory(store, MUCH);
  });
  afterEach(() => store[Symbol.asyncDispose]() as Promise<void>);

  it("gives back a translation for the same text with the same tags, and for no other", async () => {
    const source = {
      text: "Press it now.",
      tags: [
        { id: 1, at: 6, kind: TagKind.OPEN },
        { id: 1, at: 8, kind: TagKind.CLOSE },
      ],
    };
    const target = {
      text: "Púlselo ahora.",
      tags: [
        { id: 1, at: 5, kind: TagKind.OPEN },
        { id: 1, at: 7, kind: TagKind.CLOSE },
      ],
    };
    await memory.keep("t", [aUnit("", "", { source, target, unknown: ["Press"], termsFound: 2, termsMissed: ["it"], jobId: "J" })]);
    const [found] = await memory.recall("t", [aUnit("", "", { source })]);
    expect(found?.unit).to.deep.include({ unknown: ["Press"], termsFound: 2, termsMissed: ["it"], jobId: "J" });
    expect(found?.unit?.target).to.deep.equal(aUnit("", "", { target }).target);
    expect(await recalled(memory, aUnit("Press it now."))).to.deep.equal([undefined]);
  });
  it("keeps apart what any circumstance tells apart", async () => {
    const circumstances = [
      {},
      { engine: "deepl" },
      { model: "m" },
      { manner: "formal" },
      { sourceLanguage: "fr" },
      { targetLanguage: "pt-BR" },
      { engine: "" },
    ];
    const keys = circumstances.map((each) => keyOf(aUnit("Good morning", "", each)));
    expect(new Set(keys).size).to.equal(keys.length);
    await memory.keep("t", [aUnit("Good morning", "Buenos días", { manner: "formal" })]);
    expect(await recalled(memory, aUnit("Good morning"), aUnit("Good morning", "", { manner: "formal" }))).to.deep.equal([
      undefined,
      "Buenos días",
    ]);
    expect((await memory.recall("other", [aUnit("Good morning", "", { manner: "formal" })]))[0]?.unit).to.equal(undefined);
  });
  it("takes what a person translated before what an engine did, whichever is asked and however", async () => {
    await memory.keep("t", [aUnit("Open", "Abierto"), aUnit("Open", "Abrir", { engine: "" })]);
    expect(await recalled(memory, aUnit("Open"), aUnit("Open", "", { engine: "deepl", manner: "x" }))).to.deep.equal(["Abrir", "Abrir"]);
  });
  it("tells where it stood between the same neighbours", async () => {
    await memory.keep("t", [aUnit("Open", "Abrir", { context: "c" }), aUnit("Close", "Cerrar")]);
    const contexts = [aUnit("Open", "", { context: "c" }), aUnit("Open", "", { context: "d" }), aUnit("Close", "", { context: "" })];
    expect((await memory.recall("t", contexts)).map(({ inContext }) => inContext)).to.deep.equal([true, false, false]);
  });
  it("shows near texts where there is none that is the same, the nearest first", async () => {
    await memory.keep("t", [
      aUnit("The valve must be closed before the pump is started.", "uno"),
      aUnit("The valve must be closed before the pump is restarted.", "dos", { engine: "" }),
      aUnit("The valve must be closed before the pump is started!", "tres", { engine: "deepl" }),
      aUnit("Nothing of the kind stands in this document at all.", "cuatro"),
    ]);
    const asked = [
      aUnit("The valve must be closed before the pumps is started."),
      aUnit("The valve must be closed before the pump is started."),
    ];
    const [near, same] = await memory.recall("t", asked);
    expect(near?.near.map(({ target }) => target)).to.deep.equal(["uno", "dos"]);
    expect(near?.near[0]).to.include({ source: "The valve must be closed before the pump is started." });
    expect(near?.near[0]?.similarity).to.be.closeTo(52 / 53, 1e-9);
    expect([near?.unit, same?.near]).to.deep.equal([undefined, []]);
  });
  it("answers in one message whatever it is asked for", async () => {
    const texts = Array.from({ length: 5 }, (_, index) => `${index} `.padEnd(20_000, "—"));
    await memory.keep(
      "t",
      texts.map((text) => aUnit(text, text)),
    );
    const long = "very ".repeat(190);
    await memory.keep(
      "t",
      Array.from({ length: 9 }, (_, index) => aUnit(`${long} ${index}`, "x".repeat(20_000))),
    );
    const answer = await memory.recall("t", [...texts.map((text) => aUnit(text)), ...Array.from({ length: 30 }, () => aUnit(`${long} x`))]);
    const letters = JSON.stringify(
      answer.map(({ unit, near }) => [unit?.target?.text, near.map(({ source, target }) => source + target)]),
    ).length;
    expect(letters).to.be.within(150_000, 210_000);
  });
  it("tells all that is the same, however much is near", async () => {
    const long = "The valve is to be closed before the pump is started. ".repeat(17);
    const variants = ["a", "b", "c"].map((sign) => aUnit(`${long}${sign}`, long));
    await memory.keep("t", [...variants, aUnit("Yes", "Sí")]);
    const answer = await memory.recall("t", [...Array.from({ length: 40 }, (_, index) => aUnit(`${long}${index}`)), aUnit("Yes")]);
    expect(answer[0]?.near.length).to.equal(3);
    expect(answer.at(-1)?.unit?.target?.text).to.equal("Sí");
  });
  it("has nothing of what its store cannot give back whole", async () => {
    const [broken, whole] = [aUnit("Yes", "Sí"), aUnit("No", "No")];
    await store.keepUnits("t", [{ ...encodeUnit(broken, 1), content: '{"source":' }, encodeUnit(whole, 1)], MUCH);
    expect(await recalled(memory, broken, whole)).to.deep.equal([undefined, "No"]);
  });
  it("keeps nothing where it may hold nothing", async () => {
    const none = new TranslationMemory(store, 0);
    await none.keep("t", [aUnit("Yes", "Sí")]);
    expect(await store.memorySize("t")).to.deep.equal({ units: 0, bytes: 0 });
  });
  it("forgets what is older than it may be, of every tenant, and else nothing", async () => {
    const day = 24 * 3600_000;
    await memory.keep("t", [aUnit("Yes", "Sí")]);
    await memory.keep(
      "u",
      Array.from({ length: 450 }, (_, index) => aUnit(`${index}`, "Sí")),
    );
    const now = store.clock.now();
    await ageLimiter(store, memory, 0)(now + 99 * day);
    const limit = ageLimiter(store, memory, 7);
    await limit(now + 6 * day);
    expect(await store.rememberingTenants()).to.deep.equal(["t", "u"]);
    await limit(now + 6 * day + 1000);
    await limit(now + 8 * day);
    expect(await store.rememberingTenants()).to.deep.equal([]);
  });
  it("reads back every unit that it writes", () => {
    const text = fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 });
    const tags = fc.array(fc.record({ id: fc.integer({ min: 1, max: 9 }), at: fc.nat(9), kind: fc.constantFrom(1, 2, 3) }), {
      maxLength: 4,
    });
    const tagged = fc.record({ text, tags });
    const unit = fc.record({
      source: tagged,
      target: tagged,
      engine: fc.constantFrom("", "a"),
      unknown: fc.array(text),
      jobId: fc.constantFrom("", "J"),
    });
    fc.assert(
      fc.property(unit, (given) => {
        const made = create(MemoryUnitSchema, { ...PAIR, ...given });
        const { keepTime: _, ...read } = decodeUnit(encodeUnit(made, 5)) ?? {};
        const { keepTime: __, ...expected } = made;
        expect(read).to.deep.equal(expected);
      }),
      { numRuns: 100 },
    );
  });
});
