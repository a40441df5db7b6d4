import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { Redis } from "ioredis";
import type { DragomanError } from "../../platform/errors.ts";
import { openLog } from "../../platform/log.ts";
import { scratch } from "../../test/support/documents.ts";
import { describeStores, type StorePlace } from "../../test/support/stores.ts";
import { openRedisStore } from "./redis.ts";
import { openSqliteStore } from "./sqlite.ts";
import type { Store } from "./store.ts";
import { mostShared, type NewUnit, UNITS_OF_A_BAND } from "./unit_store.ts";

const ALL = { before: Number.MAX_SAFE_INTEGER };
const MUCH = 1e9;

const hash = (text: string, letters: number) => createHash("sha256").update(text).digest("base64url").slice(0, letters);
const keyOf = (name: string) => hash(name, 22);
const bandOf = (name: string) => hash(name, 11);

function aUnit(name: string, { bands = [], ...rest }: Partial<NewUnit> = {}): NewUnit {
  return { key: keyOf(name), jobId: "", keptAt: 1000, content: `of ${name}`, ...rest, bands: bands.map(bandOf) };
}

function describeUnitStore(name: string, fixture: () => StorePlace) {
  describe(`the memory of a tenant in ${name}`, () => {
    let place: ReturnType<typeof fixture>;
    let store: Store;
    beforeEach(async () => {
      place = fixture();
      store = await place.open();
    });
    afterEach(async () => {
      await store[Symbol.asyncDispose]();
      await place.remove();
    });
    const contents = async (tenantId: string, ...names: string[]) =>
      (await store.recallUnits(tenantId, names.map(keyOf))).map((unit) => unit?.content);
    const near = async (tenantId: string, bands: string[], limit = 9) =>
      (await store.nearUnits(tenantId, bands.map(bandOf), limit)).map(({ content }) => content);
    const listed = async (tenantId: string) => {
      const found = new Set<string>();
      let cursor = "";
      do {
        const { units, next } = await store.listUnits(tenantId, cursor, 10);
        for (const { content } of units) found.add(content);
        cursor = next;
      } while (cursor !== "");
      return found;
    };

    it("gives back what was kept, in the order that it is asked for, after a restart too", async () => {
      const content = 'a "quoted" line\nand another, ¡así! 🙂 ';
      await store.keepUnits("t", [aUnit("a", { jobId: "J", keptAt: 5, content }), aUnit("b")], MUCH);
      await store[Symbol.asyncDispose]();
      store = await place.open();
      expect(await store.recallUnits("t", [keyOf("none"), keyOf("b"), keyOf("a")])).to.deep.equal([
        undefined,
        { key: keyOf("b"), jobId: "", keptAt: 1000, content: "of b" },
        { key: keyOf("a"), jobId: "J", keptAt: 5, content },
      ]);
      expect(await store.recallUnits("t", [])).to.deep.equal([]);
    });
    it("shows one tenant nothing of another", async () => {
      await store.keepUnits("t", [aUnit("a", { bands: ["x"], jobId: "J" })], MUCH);
      expect(await contents("other", "a")).to.deep.equal([undefined]);
      expect(await near("other", ["x"])).to.deep.equal([]);
      expect([...(await listed("other"))]).to.deep.equal([]);
      expect([await store.forgetUnits("other", ALL, 9), await store.forgetUnits("other", { jobId: "J" }, 9)]).to.deep.equal([0, 0]);
      expect(await contents("t", "a")).to.deep.equal(["of a"]);
    });
    it("replaces what has the same key, its job and its age as well", async () => {
      await store.keepUnits("t", [aUnit("a", { jobId: "old", keptAt: 1, bands: ["x"] })], MUCH);
      await store.keepUnits("t", [aUnit("a", { jobId: "new", keptAt: 9, bands: ["x"], content: "again" })], MUCH);
      expect(await contents("t", "a")).to.deep.equal(["again"]);
      expect(await near("t", ["x"])).to.deep.equal(["again"]);
      expect(await store.memorySize("t")).to.deep.equal({ units: 1, bytes: 5 });
      expect(await store.forgetUnits("t", { jobId: "old" }, 9)).to.equal(0);
      expect(await store.forgetUnits("t", { before: 9 }, 9)).to.equal(0);
      expect(await store.forgetUnits("t", { jobId: "new" }, 9)).to.equal(1);
      expect(await near("t", ["x"])).to.deep.equal([]);
    });
    it("finds what shares bands, the nearest first, and of a common band the last kept", async () => {
      await store.keepUnits(
        "t",
        [aUnit("far", { bands: ["1"] }), aUnit("near", { bands: ["1", "2", "3"] }), aUnit("half", { bands: ["2", "3", "4"] })],
        MUCH,
      );
      expect(await near("t", ["1", "2", "3", "9"])).to.deep.equal(["of near", "of half", "of far"]);
      expect(await near("t", ["1", "2", "3"], 1)).to.deep.equal(["of near"]);
      expect([await near("t", ["9"]), await near("t", [])]).to.deep.equal([[], []]);
      const many = Array.from({ length: UNITS_OF_A_BAND + 4 }, (_, index) => aUnit(`${index}`, { bands: ["common"] }));
      await store.keepUnits("t", many, MUCH);
      const found = await near("t", ["common"], 99);
      expect(new Set(found)).to.deep.equal(new Set(many.slice(4).map(({ content }) => content)));
    });
    it("holds no more than it may: the oldest go, with all that finds them", async () => {
      const sized = (at: number) => aUnit(`${at}`, { keptAt: at, bands: ["x"], jobId: "J", content: "é".repeat(50) });
      await store.keepUnits(
        "t",
        Array.from({ length: 300 }, (_, at) => sized(at)),
        100 * 50,
      );
      const { units, bytes } = await store.memorySize("t");
      expect(bytes)
        .to.equal(units * 100)
        .and.to.be.at.most(5000);
      expect(units).to.be.within(18, 50);
      const [oldest, newest] = await store.recallUnits("t", [keyOf("0"), keyOf("299")]);
      expect([oldest, newest?.keptAt]).to.deep.equal([undefined, 299]);
      expect(await store.forgetUnits("t", { jobId: "J" }, 999)).to.equal(units);
      expect(await store.rememberingTenants()).to.deep.equal([]);
    });
    it("lists every unit", async () => {
      const names = Array.from({ length: 57 }, (_, index) => `${index}`);
      await store.keepUnits(
        "t",
        names.map((each) => aUnit(each)),
        MUCH,
      );
      expect(await listed("t")).to.deep.equal(new Set(names.map((each) => `of ${each}`)));
    });
    it("forgets by job, by age, and all, so many at once as it is told", async () => {
      await store.keepUnits(
        "t",
        [aUnit("a", { jobId: "A", keptAt: 1 }), aUnit("b", { jobId: "B", keptAt: 2 }), aUnit("c", { keptAt: 3 })],
        MUCH,
      );
      await store.keepUnits("other", [aUnit("a", { jobId: "A" })], MUCH);
      expect(await store.rememberingTenants()).to.deep.equal(["other", "t"]);
      expect(await store.forgetUnits("t", { jobId: "A" }, 9)).to.equal(1);
      expect(await store.forgetUnits("t", { before: 2 }, 9)).to.equal(0);
      expect(await store.forgetUnits("t", { before: 3 }, 9)).to.equal(1);
      expect(await contents("t", "a", "b", "c")).to.deep.equal([undefined, undefined, "of c"]);
      await store.keepUnits("t", [aUnit("d"), aUnit("e")], MUCH);
      expect([await store.forgetUnits("t", ALL, 2), await store.forgetUnits("t", ALL, 2)]).to.deep.equal([2, 1]);
      expect(await store.memorySize("t")).to.deep.equal({ units: 0, bytes: 0 });
      expect(await store.rememberingTenants()).to.deep.equal(["other"]);
    });
    it("says in every method that it is away", async () => {
      await store[Symbol.asyncDispose]();
      const codes = await Promise.all(
        [
          () => store.recallUnits("t", [keyOf("a")]),
          () => store.nearUnits("t", [bandOf("a")], 1),
          () => store.keepUnits("t", [aUnit("a")], MUCH),
          () => store.listUnits("t", "", 1),
          () => store.memorySize("t"),
          () => store.forgetUnits("t", ALL, 1),
          () => store.rememberingTenants(),
        ].map((call) =>
          call().then(
            () => "none",
            ({ code }: DragomanError) => code,
          ),
        ),
      );
      expect(codes).to.deep.equal(codes.map(() => "UNAVAILABLE"));
    });
  });
}

describe("the memory of a tenant in SQLite's files", () => {
  it("is overwritten there where it was forgotten", async () => {
    await using files = await scratch();
    await using store = openSqliteStore(path.join(files.path, "jobs.db"));
    await store.keepUnits("t", [aUnit("canary")], MUCH);
    expect(await store.forgetUnits("t", ALL, 9)).to.equal(1);
    // As is done once a minute.
    await store.garbage(0, 1);
    for (const name of await readdir(files.path))
      expect(await readFile(path.join(files.path, name), "latin1"), name).not.to.include("canary");
  });
});

describe("keys in several lists", () => {
  it("are in order of how many have them, then of where they stand", () => {
    expect(mostShared([["a", "b"], ["c", "b"], [], ["c", "d", "b"]], 3)).to.deep.equal(["b", "c", "a"]);
  });
});

describeStores(describeUnitStore, (url) => {
  it("leaves no key behind when all is forgotten", async () => {
    await using store = await openRedisStore(url(), openLog("test", "silent"));
    const units = [aUnit("a", { jobId: "A", bands: ["x", "y"] }), aUnit("b", { bands: ["x"] })];
    const redis = new Redis(url());
    const before = await redis.keys("*");
    await store.keepUnits("t", units, MUCH);
    await store.keepUnits("t", [{ ...(units[0] as NewUnit), jobId: "B" }], MUCH);
    expect((await redis.keys("*")).length).to.be.above(before.length);
    await store.forgetUnits("t", ALL, 9);
    expect(await redis.keys("*")).to.have.members(before);
    redis.disconnect();
  });
});
