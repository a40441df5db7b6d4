import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import type { DragomanError } from "../errors.ts";
import type { ArtefactStore } from "./artefacts.ts";
import { openFileArtefacts } from "./files.ts";

async function* bytes(...chunks: string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}

async function text(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all).toString();
}

async function code(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "none",
    (error: DragomanError) => error.code,
  );
}

/** The promises of an artefact store, kept by every driver. */
function describeArtefacts(
  name: string,
  open: () => Promise<{ store: ArtefactStore; leftovers(): Promise<string[]>; close(): Promise<void> }>,
): void {
  describe(`${name} artefacts`, () => {
    let place: Awaited<ReturnType<typeof open>>;
    beforeEach(async () => {
      place = await open();
    });
    afterEach(() => place.close());

    it("gives back what was put, with its size and hash", async () => {
      const stored = await place.store.put("t/a/input", bytes("hello ", "world"), 100);
      expect(stored).to.deep.equal({ sizeBytes: 11, sha256: createHash("sha256").update("hello world").digest("hex") });
      expect(await text(place.store.get("t/a/input"))).to.equal("hello world");
      expect(await place.store.size("t/a/input")).to.equal(11);
    });
    it("says that there is nothing where nothing is", async () => {
      expect(await place.store.size("t/none")).to.equal(undefined);
      expect(await code(text(place.store.get("t/none")))).to.equal("ARTEFACT_NOT_FOUND");
    });
    it("refuses more bytes than were allowed, and keeps none of them", async () => {
      expect(await code(place.store.put("t/a", bytes("hello ", "world"), 8))).to.equal("FILE_TOO_LARGE");
      expect(await place.store.size("t/a")).to.equal(undefined);
      expect(await place.leftovers()).to.deep.equal([]);
    });
    it("keeps nothing of bytes that broke off", async () => {
      const broken = (async function* () {
        yield Buffer.from("half");
        throw new Error("connection lost");
      })();
      await code(place.store.put("t/a", broken, 100));
      expect(await place.store.size("t/a")).to.equal(undefined);
      expect(await place.leftovers()).to.deep.equal([]);
    });
    it("removes all under a prefix, and nothing beside it", async () => {
      await place.store.put("t/jobs/a/x", bytes("1"), 9);
      await place.store.put("t/jobs/ab", bytes("2"), 9);
      await place.store.remove("t/jobs/a");
      await place.store.remove("t/jobs/a");
      expect([await place.store.size("t/jobs/a/x"), await place.store.size("t/jobs/ab")]).to.deep.equal([undefined, 1]);
    });
    for (const key of ["../x", "/etc/passwd", "a/../../b", "", ".incoming/x", "a//b", "a\0b"]) {
      it(`takes ${JSON.stringify(key)} for no key`, async () => {
        expect(await code(place.store.put(key, bytes("x"), 9))).to.equal("ARTEFACT_NOT_FOUND");
      });
    }
  });
}

describeArtefacts("file", async () => {
  const root = await mkdtemp(path.join(tmpdir(), "dragoman-artefacts-"));
  return {
    store: await openFileArtefacts(root),
    leftovers: () => readdir(path.join(root, ".incoming")),
    close: () => rm(root, { recursive: true }),
  };
});
