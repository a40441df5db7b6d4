import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { expect } from "chai";
import {
  AddMemoryUnitsRequestSchema,
  ForgetMemoryRequestSchema,
  GetMemoryRequestSchema,
  ListMemoryUnitsRequestSchema,
  type MemoryUnit,
  type MemoryUnitSchema,
  TagKind,
} from "../../gen/dragoman/v1/memory_service_pb.ts";
import type { DragomanError } from "../../platform/errors.ts";
import type { CallContext } from "../../platform/grpc/server.ts";
import { gateOf } from "../../test/support/gate.ts";
import { issueKey } from "../access/keys.ts";
import { TranslationMemory } from "../memory/memory.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import { memoryService } from "./memory_service.ts";

type UnitInit = Exclude<MessageInitShape<typeof MemoryUnitSchema>, MemoryUnit>;

const LIMITS = { maxBytes: 50 * 1024 ** 2, keepDays: 30 };

async function aService() {
  const store = openSqliteStore(":memory:");
  const memory = new TranslationMemory(store, LIMITS.maxBytes);
  const service = memoryService(gateOf(store), memory, LIMITS);
  const as = async (tenantId: string, role: "client" | "worker" = "client") =>
    ({ authorization: `Bearer ${await issueKey(store, { tenantId, role })}` }) as CallContext;
  return { store, memory, service, as, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() as Promise<void> };
}

function aUnit(text: string, more: UnitInit = {}): UnitInit {
  return { sourceLanguage: "en", targetLanguage: "es", source: { text }, target: { text: `[${text}]` }, ...more };
}

const adding = (...units: UnitInit[]) => create(AddMemoryUnitsRequestSchema, { units });

async function refusal(work: Promise<unknown>): Promise<{ code: string; fields: string[] }> {
  return work.then(
    () => expect.fail("It was taken."),
    ({ code, detail }: DragomanError) => ({ code, fields: detail.violations.map(({ field }) => field) }),
  );
}

describe("a tenant's view of its memory", () => {
  it("holds what it added, and nothing of another tenant, whose memory it cannot forget either", async () => {
    await using given = await aService();
    const [mine, others] = [await given.as("t"), await given.as("other")];
    await given.service.addMemoryUnits(adding(aUnit("Yes", { jobId: "J" })), mine);
    const { units } = await given.service.listMemoryUnits(create(ListMemoryUnitsRequestSchema), mine);
    expect(units.map(({ source, target, jobId }) => [source?.text, target?.text, jobId])).to.deep.equal([["Yes", "[Yes]", ""]]);
    expect((await given.service.listMemoryUnits(create(ListMemoryUnitsRequestSchema), others)).units).to.deep.equal([]);
    const all = create(ForgetMemoryRequestSchema, { what: { case: "all", value: true } });
    expect((await given.service.forgetMemory(all, others)).units).to.equal(0n);
    const memory = await given.service.getMemory(create(GetMemoryRequestSchema), mine);
    expect(memory).to.include({ units: 1n, maxSizeBytes: BigInt(LIMITS.maxBytes), keepDays: 30 });
    expect((await given.service.forgetMemory(all, mine)).units).to.equal(1n);
    expect((await given.service.getMemory(create(GetMemoryRequestSchema), mine)).units).to.equal(0n);
  });
  it("is refused to a worker's key, and without one", async () => {
    await using given = await aService();
    const ask = (context: CallContext) => refusal(given.service.getMemory(create(GetMemoryRequestSchema), context));
    expect((await ask(await given.as("t", "worker"))).code).to.equal("PERMISSION_DENIED");
    expect((await ask({ authorization: "" } as CallContext)).code).to.equal("UNAUTHENTICATED");
  });
  it("forgets by job and by age", async () => {
    await using given = await aService();
    const mine = await given.as("t");
    await given.memory.keep("t", adding(aUnit("a", { jobId: "A" }), aUnit("b", { jobId: "B" })).units);
    const forget = async (what: NonNullable<MessageInitShape<typeof ForgetMemoryRequestSchema>["what"]>) =>
      (await given.service.forgetMemory(create(ForgetMemoryRequestSchema, { what }), mine)).units;
    expect(await forget({ case: "jobId", value: "A" })).to.equal(1n);
    expect(await forget({ case: "before", value: { seconds: 1n } })).to.equal(0n);
    expect(await forget({ case: "before", value: { seconds: 32503680000n } })).to.equal(1n);
  });
  it("forgets nothing where nothing is said", async () => {
    await using given = await aService();
    const mine = await given.as("t");
    for (const what of [{ case: undefined }, { case: "all", value: false }, { case: "jobId", value: "" }] as const) {
      const asked = given.service.forgetMemory(create(ForgetMemoryRequestSchema, { what }), mine);
      expect((await refusal(asked)).code, String(what.case)).to.equal("INVALID_REQUEST");
    }
  });
  it("comes in pages that fit into a message, each unit once", async () => {
    await using given = await aService();
    const mine = await given.as("t");
    for (let index = 0; index < 100; index++) {
      const text = `${index} `.padEnd(19_000, "x");
      await given.service.addMemoryUnits(adding(aUnit(text, { target: { text } })), mine);
    }
    const found: (string | undefined)[] = [];
    let pageToken = "";
    do {
      const page: { units: MemoryUnit[]; nextPageToken: string } = await given.service.listMemoryUnits(
        create(ListMemoryUnitsRequestSchema, { pageSize: 100, pageToken }),
        mine,
      );
      expect(page.units.reduce((sum, { source }) => sum + 2 * (source?.text.length ?? 0), 0)).to.be.below(700_000);
      found.push(...page.units.map(({ source }) => source?.text.slice(0, 3).trim().replace(/x/g, "")));
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    expect(found.map(Number).sort((one, other) => one - other)).to.deep.equal(Array.from({ length: 100 }, (_, index) => index));
  });
  it("takes only units that are whole, and says what is wrong", async () => {
    await using given = await aService();
    const mine = await given.as("t");
    const fieldsOf = async (...units: UnitInit[]) => (await refusal(given.service.addMemoryUnits(adding(...units), mine))).fields;
    const tag = { id: 1, at: 2, kind: TagKind.ATOM };
    expect(await fieldsOf()).to.deep.equal(["units"]);
    expect(await fieldsOf(aUnit("x", { sourceLanguage: "EN" }))).to.deep.equal(["units.source_language"]);
    expect(await fieldsOf(aUnit("", {}))).to.deep.equal(["units.source"]);
    expect(await fieldsOf({ ...aUnit("x"), target: { text: " \n" } })).to.deep.equal(["units.target"]);
    expect(await fieldsOf({ ...aUnit("x"), target: { text: "y", tags: [tag] } })).to.deep.equal(["units.target"]);
    expect(await fieldsOf({ ...aUnit("xyz"), source: { text: "xyz", tags: [{ ...tag, kind: 9 as TagKind }] } })).to.deep.equal([
      "units.source",
    ]);
    expect(await fieldsOf(aUnit("x", { engine: "two\nlines" }))).to.deep.equal(["units.engine"]);
    expect(await fieldsOf(...Array.from({ length: 101 }, () => aUnit("x")))).to.deep.equal(["units"]);
    expect(await fieldsOf(...Array.from({ length: 6 }, () => aUnit("x".repeat(19_000))))).to.deep.equal(["units"]);
  });
});
