import { expect } from "chai";
import type { DragomanError } from "../../platform/errors.ts";
import { describeStores, type StorePlace } from "../../test/support/stores.ts";
import { newId } from "../jobs/id.ts";
import type { StoredGlossary } from "./glossary_store.ts";
import type { Store } from "./store.ts";

const bytes = (text: string) => new Uint8Array(Buffer.from(text));

/** A glossary of these versions, the newest first. */
function aGlossary(versions: readonly number[] = [1], tenantId = "t", id = newId(tenantId)): StoredGlossary {
  return {
    ...{ id, tenantId, name: 'a "name", ¡así! 🙂', sourceLanguage: "en", targetLanguage: "pt-BR", createdAt: 5 },
    versions: versions.map((version) => ({ version, termCount: 2, createdAt: 5 + version, conceptsSkipped: 0 })),
  };
}

function describeGlossaryStore(name: string, fixture: () => StorePlace) {
  describe(`the glossaries of a tenant in ${name}`, () => {
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
    const save = (glossary: StoredGlossary, terms = "terms", most = 10) => store.saveGlossary({ glossary, terms: bytes(terms), most });
    const termsOf = async ({ tenantId, id }: StoredGlossary, version: number) => {
      const found = await store.glossaryTerms(tenantId, id, version);
      return found && Buffer.from(found).toString();
    };

    it("are given back as they were saved, after a restart too", async () => {
      const glossary = aGlossary();
      expect(await save(glossary, "a\0ñ")).to.equal("saved");
      await store[Symbol.asyncDispose]();
      store = await place.open();
      expect(await store.glossary("t", glossary.id)).to.deep.equal(glossary);
      expect(await termsOf(glossary, 1)).to.equal("a\0ñ");
    });
    it("are no other tenant's", async () => {
      const glossary = aGlossary();
      await save(glossary);
      const other = { ...glossary, tenantId: "other" };
      expect(await store.glossary("other", glossary.id)).to.equal(undefined);
      expect(await termsOf(other, 1)).to.equal(undefined);
      expect(await store.glossaries("other")).to.deep.equal([]);
      expect(await store.removeGlossary("other", glossary.id)).to.equal(false);
      expect(await store.glossary("t", glossary.id)).not.to.equal(undefined);
    });
    it("are listed, the newest first", async () => {
      const ids = ["01K9ZV7Q3M5T8E2XW4R6Y0H1B5", "01K9ZV7Q3M5T8E2XW4R6Y0H1C5", "01K9ZV7Q3M5T8E2XW4R6Y0H1A5"];
      for (const id of ids) await save(aGlossary([1], "t", id));
      expect((await store.glossaries("t")).map(({ id }) => id)).to.deep.equal(ids.toSorted().reverse());
    });
    it("get a next version by one writer alone", async () => {
      const { id } = aGlossary();
      await save(aGlossary([1], "t", id), "one");
      const outcomes = await Promise.all(["a", "b"].map((terms) => save(aGlossary([2, 1], "t", id), terms)));
      expect(outcomes.toSorted()).to.deep.equal(["changed", "saved"]);
      expect(await termsOf(aGlossary([1], "t", id), 1)).to.equal("one");
      expect(await termsOf(aGlossary([1], "t", id), 2)).to.equal(outcomes[0] === "saved" ? "a" : "b");
    });
    it("keep the terms of those versions that are listed", async () => {
      const { id } = aGlossary();
      for (const versions of [[1], [2, 1], [3, 2]]) await save(aGlossary(versions, "t", id), `of ${versions[0]}`);
      const glossary = aGlossary([], "t", id);
      expect([await termsOf(glossary, 1), await termsOf(glossary, 2), await termsOf(glossary, 3)]).to.deep.equal([
        undefined,
        "of 2",
        "of 3",
      ]);
    });
    it("are as many as a tenant may have", async () => {
      const glossary = aGlossary();
      expect(await save(glossary, "a", 1)).to.equal("saved");
      expect(await save(aGlossary(), "b", 1)).to.equal("full");
      expect(await save(aGlossary([1], "u"), "c", 1)).to.equal("saved");
      expect(await save(aGlossary([2, 1], "t", glossary.id), "d", 1)).to.equal("saved");
    });
    it("are gone with their terms when they are removed, and can't be changed any more", async () => {
      const glossary = aGlossary();
      await save(glossary);
      expect(await store.removeGlossary("t", glossary.id)).to.equal(true);
      expect(await store.removeGlossary("t", glossary.id)).to.equal(false);
      expect([await store.glossary("t", glossary.id), await termsOf(glossary, 1)]).to.deep.equal([undefined, undefined]);
      expect(await save(aGlossary([2, 1], "t", glossary.id))).to.equal("changed");
    });
    it("are unavailable where the store is closed", async () => {
      await store[Symbol.asyncDispose]();
      const code = (work: Promise<unknown>) => work.catch((error: DragomanError) => error.code);
      for (const work of [
        () => store.glossaries("t"),
        () => store.glossary("t", "x"),
        () => save(aGlossary()),
        () => store.removeGlossary("t", "x"),
      ])
        expect(await code(work())).to.equal("UNAVAILABLE");
    });
  });
}

describeStores(describeGlossaryStore);
