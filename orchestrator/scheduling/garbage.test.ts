import { expect } from "chai";
import type { ArtefactStore } from "../../platform/artefacts/artefacts.ts";
import { DragomanError } from "../../platform/errors.ts";
import type { Garbage, GarbageList } from "../store/store.ts";
import { removeGarbage } from "./garbage.ts";

/** A list of what is to be removed, the oldest first, as stores keep it. */
function bookOf(prefixes: readonly string[]): GarbageList {
  const due = new Set(prefixes);
  return {
    garbage: async (_, limit) => [...due].slice(0, limit).map((prefix): Garbage => ({ tenantId: "t", prefix })),
    forgetGarbage: async ({ prefix }) => void due.delete(prefix),
    postponeGarbage: async () => undefined,
  };
}

describe("what is to be removed", () => {
  it("is removed, though some of what was to be removed before it cannot be", async () => {
    const removed: string[] = [];
    const artefacts = {
      async remove(prefix: string) {
        if (prefix.startsWith("held/")) throw DragomanError.of("STORAGE_FAILED", "It is held.");
        removed.push(prefix);
      },
    } as unknown as ArtefactStore;
    const held = Array.from({ length: 15 }, (_, index) => `held/${index}`);
    const free = Array.from({ length: 15 }, (_, index) => `free/${index}`);
    const error = await removeGarbage(bookOf([...held, ...free]), artefacts, 0).catch((thrown: DragomanError) => thrown);
    expect(error).to.include({ code: "STORAGE_FAILED" });
    expect(removed).to.deep.equal(free);
  });
});
