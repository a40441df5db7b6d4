import { createHash } from "node:crypto";
import { mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { type S3Server, startS3 } from "../../test/servers/s3.ts";
import { smallDisk } from "../../test/support/disk.ts";
import { openRelay } from "../../test/support/relay.ts";
import type { DragomanError } from "../errors.ts";
import type { ArtefactStore } from "./artefacts.ts";
import { openFileArtefacts } from "./files.ts";
import { openS3Artefacts } from "./s3.ts";

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
  open: () => Promise<{
    store: ArtefactStore;
    leftovers(): Promise<string[]>;
    close(): Promise<void>;
    /** Takes what holds the artefacts away, until it comes back. */
    leave(): Promise<void>;
    comeBack(): Promise<void>;
  }>,
): void {
  describe(`${name} artefacts`, () => {
    let place: Awaited<ReturnType<typeof open>>;
    beforeEach(async () => {
      place = await open();
    });
    afterEach(() => place.close());

    it("gives back what was put, with its size and hash", async () => {
      const stored = await place.store.put("t/a/input", bytes("hello ", "world"), { maxBytes: 100 });
      expect(stored).to.deep.equal({ sizeBytes: 11, sha256: createHash("sha256").update("hello world").digest("hex") });
      expect(await text(place.store.get("t/a/input"))).to.equal("hello world");
      expect(await place.store.size("t/a/input")).to.equal(11);
    });
    it("gives a range, and what there is of one that goes past the end", async () => {
      await place.store.put("t/a", bytes("hello ", "world"), { maxBytes: 100 });
      const read = (offset: number, length?: number) =>
        text(place.store.get("t/a", undefined, { offset, ...(length !== undefined && { length }) }));
      expect([await read(0), await read(4, 3), await read(6), await read(0, 1), await read(8, 99)]).to.deep.equal([
        ...["hello world", "o w", "world", "h", "rld"],
      ]);
    });
    it("says in each method that it is away, and not that there is nothing", async () => {
      await place.store.put("t/a", bytes("hello"), { maxBytes: 9 });
      await place.leave();
      const { store } = place;
      const calls: Record<string, () => Promise<unknown>> = {
        put: () => store.put("t/b", bytes("hello"), { maxBytes: 9 }),
        get: () => text(store.get("t/a")),
        size: () => store.size("t/a"),
        remove: () => store.remove("t/a"),
        removeCutOff: () => store.removeCutOff(0),
      };
      const codes = await Promise.all(Object.entries(calls).map(async ([name, call]) => `${name} ${await code(call())}`));
      await place.comeBack();
      expect(codes).to.deep.equal(Object.keys(calls).map((name) => `${name} STORAGE_FAILED`));
    });
    it("says that there is nothing where nothing is", async () => {
      expect(await place.store.size("t/none")).to.equal(undefined);
      expect(await code(text(place.store.get("t/none")))).to.equal("ARTEFACT_NOT_FOUND");
    });
    it("refuses more bytes than were allowed, and keeps none of them", async () => {
      expect(await code(place.store.put("t/a", bytes("hello ", "world"), { maxBytes: 8 }))).to.equal("FILE_TOO_LARGE");
      expect(await place.store.size("t/a")).to.equal(undefined);
      expect(await place.leftovers()).to.deep.equal([]);
    });
    it("refuses fewer bytes than were promised, and more, and keeps none of them", async () => {
      const put = (exactBytes: number) => code(place.store.put("t/a", bytes("hello ", "world"), { maxBytes: 100, exactBytes }));
      expect([await put(12), await put(10)]).to.deep.equal(["UPLOAD_INCOMPLETE", "FILE_TOO_LARGE"]);
      expect(await place.store.size("t/a")).to.equal(undefined);
      expect(await place.leftovers()).to.deep.equal([]);
      expect(await put(11)).to.equal("none");
    });
    it("never replaces what is there, by a put that began before it either", async () => {
      const { promise: first, resolve: firstIsThere } = Promise.withResolvers<void>();
      const slow = (async function* () {
        yield Buffer.from("other ");
        await first;
        yield Buffer.from("bytes");
      })();
      const slower = code(place.store.put("t/a", slow, { maxBytes: 100 }));
      await place.store.put("t/a", bytes("hello"), { maxBytes: 100 });
      firstIsThere();
      expect(await slower).to.equal("UPLOAD_ALREADY_DONE");
      expect(await code(place.store.put("t/a", bytes("third"), { maxBytes: 100 }))).to.equal("UPLOAD_ALREADY_DONE");
      expect(await text(place.store.get("t/a"))).to.equal("hello");
      expect(await place.leftovers()).to.deep.equal([]);
    });
    it("takes many at once, the first of all too", async () => {
      const keys = Array.from({ length: 12 }, (_, index) => `t/many/${index}`);
      await Promise.all(keys.map((key) => place.store.put(key, bytes(key), { maxBytes: 100 })));
      for (const key of keys) expect(await text(place.store.get(key))).to.equal(key);
    });
    it("never replaces a large file either", async () => {
      const large = async function* (letter: string) {
        for (let count = 0; count < 9; count++) yield Buffer.alloc(1024 * 1024, letter);
      };
      await place.store.put("t/a", large("a"), { maxBytes: 1e9 });
      expect(await code(place.store.put("t/a", large("b"), { maxBytes: 1e9 }))).to.equal("UPLOAD_ALREADY_DONE");
      expect(await text(place.store.get("t/a", undefined, { offset: 0, length: 3 }))).to.equal("aaa");
      expect(await place.leftovers()).to.deep.equal([]);
    });
    it("keeps nothing of bytes that broke off", async () => {
      const broken = (async function* () {
        yield Buffer.from("half");
        throw new Error("connection lost");
      })();
      await code(place.store.put("t/a", broken, { maxBytes: 100 }));
      expect(await place.store.size("t/a")).to.equal(undefined);
      expect(await place.leftovers()).to.deep.equal([]);
    });
    it("removes all under a prefix, and nothing beside it", async () => {
      await place.store.put("t/jobs/a/x", bytes("1"), { maxBytes: 9 });
      await place.store.put("t/jobs/ab", bytes("2"), { maxBytes: 9 });
      await place.store.remove("t/jobs/a");
      await place.store.remove("t/jobs/a");
      expect([await place.store.size("t/jobs/a/x"), await place.store.size("t/jobs/ab")]).to.deep.equal([undefined, 1]);
    });
    it("removes one artefact by its own key", async () => {
      await place.store.put("t/uploads/a", bytes("1"), { maxBytes: 9 });
      await place.store.remove("t/uploads/a");
      expect(await place.store.size("t/uploads/a")).to.equal(undefined);
    });
    it("takes 20 MB in pieces, and gives them back whole", async () => {
      const piece = Buffer.alloc(1024 * 1024, "abc");
      const pieces = async function* () {
        for (let count = 0; count < 20; count++) yield piece;
      };
      const stored = await place.store.put("t/large", pieces(), { maxBytes: 1e9 });
      const hash = createHash("sha256");
      for await (const chunk of place.store.get("t/large")) hash.update(chunk);
      expect(stored).to.deep.equal({ sizeBytes: 20 * piece.length, sha256: hash.digest("hex") });
    });
    it("keeps nothing of a large file that broke off", async () => {
      const broken = (async function* () {
        for (let count = 0; count < 20; count++) yield Buffer.alloc(1024 * 1024);
        throw new Error("connection lost");
      })();
      expect(await code(place.store.put("t/large", broken, { maxBytes: 1e9 }))).not.to.equal("none");
      expect(await place.store.size("t/large")).to.equal(undefined);
      expect(await place.leftovers()).to.deep.equal([]);
    });
    it("stops a put when told to", async () => {
      const abort = new AbortController();
      const endless = (async function* () {
        for (;;) {
          yield Buffer.alloc(1024);
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
      const put = place.store.put("t/endless", endless, { maxBytes: 1e12 }, abort.signal);
      setImmediate(() => abort.abort());
      expect(await code(put)).not.to.equal("none");
      expect(await place.store.size("t/endless")).to.equal(undefined);
    });
    for (const key of ["../x", "/etc/passwd", "a/../../b", "", ".incoming/x", "a//b", "a\0b"]) {
      it(`takes ${JSON.stringify(key)} for no key`, async () => {
        expect(await code(place.store.put(key, bytes("x"), { maxBytes: 9 }))).to.equal("ARTEFACT_NOT_FOUND");
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
    leave: () => rename(root, `${root}.away`),
    comeBack: () => rename(`${root}.away`, root),
  };
});

describe("file artefacts on a disk that cannot be written to", () => {
  it("answer STORAGE_FULL when it is full, keep nothing of it, and go on when there is room", async function () {
    await using disk = await smallDisk(this);
    const store = await openFileArtefacts(path.join(disk.path, "artefacts"));
    const fill = path.join(disk.path, "fill");
    disk.fill(fill);
    expect(await code(store.put("t/a", bytes("hello"), { maxBytes: 9 }))).to.equal("STORAGE_FULL");
    expect(await readdir(path.join(disk.path, "artefacts", ".incoming"))).to.deep.equal([]);
    await rm(fill);
    expect(await code(store.put("t/a", bytes("hello"), { maxBytes: 9 }))).to.equal("none");
  });
  it("say at the start what to do", async () => {
    const root = await mkdtemp(path.join(tmpdir(), "dragoman-artefacts-"));
    await using stack = new AsyncDisposableStack();
    stack.defer(() => rm(root, { recursive: true }));
    await writeFile(path.join(root, "file"), "");
    const error = await openFileArtefacts(path.join(root, "file", "artefacts")).catch((thrown: DragomanError) => thrown);
    expect([(error as DragomanError).code, (error as DragomanError).detail.hint]).to.deep.equal([
      "STORAGE_FAILED",
      "Give this user the right to write there, or set DRAGOMAN_ARTEFACTS or DRAGOMAN_DATA.",
    ]);
  });
});

describe("on an S3 server", () => {
  let server: S3Server;
  before(async () => {
    server = await startS3();
  });
  after(() => server[Symbol.asyncDispose]());

  describeArtefacts("S3", async () => {
    const relay = await openRelay(server.port);
    return {
      store: await openS3Artefacts(server.url(relay.port)),
      leftovers: () => unfinishedUploads(server),
      leave: async () => relay.refuse(),
      comeBack: async () => relay.restore(),
      async close() {
        await relay[Symbol.asyncDispose]();
        const names: string[] = [];
        for await (const { name } of server.client.listObjectsV2(server.bucket, "", true)) if (name) names.push(name);
        if (names.length > 0) await server.client.removeObjects(server.bucket, names);
      },
    };
  });

  it("refuses a wrong key or secret and says so, a changed or expired link, and whoever has none", async () => {
    const { client, bucket } = server;
    await client.putObject(bucket, "t/secret", "x");
    for (const [right, wrong] of [
      ["a-secret", "no-secret"],
      ["test%3A", "nobody%3A"],
    ] as const)
      expect(await code(openS3Artefacts(server.url().replace(right, wrong)))).to.equal("CREDENTIALS_REFUSED");
    const status = async (url: string) => (await fetch(url)).status;
    const link = await client.presignedGetObject(bucket, "t/secret", 60);
    expect(await status(link)).to.equal(200);
    expect(await status(link.replace("t/secret", "t/other"))).to.equal(403);
    expect(await status(link.replace(/.{4}$/, "0000"))).to.equal(403);
    expect(await status(await client.presignedUrl("GET", bucket, "t/secret", 1, {}, new Date(Date.now() - 3600_000)))).to.equal(403);
    expect(await status(link.split("?")[0] as string)).to.be.oneOf([400, 401, 403]);
  });

  it("signs an upload's length, type and checksum, and a download's name", async () => {
    const { direct, ...store } = await openS3Artefacts(`${server.url()}&public=${encodeURIComponent(`http://127.0.0.1:${server.port}`)}`);
    if (!direct) throw new Error("no direct access");
    const send = async (url: string, headers: Record<string, string>, body: string) =>
      (await fetch(url, { method: "PUT", headers, body })).status;
    const content = { sizeBytes: 5, md5: createHash("md5").update("bytes").digest("base64") };
    const { url, headers } = direct.putUrl("t/direct", content, 60_000);
    expect(await send(url, headers, "longer than 5"), "another length").to.equal(403);
    expect(await send(url, { ...headers, "content-type": "text/html" }, "bytes"), "another type").to.equal(403);
    expect(await send(url, { "content-type": "application/octet-stream" }, "bytes"), "without its checksum").to.equal(403);
    expect(await send(url, headers, "other"), "other bytes of the same length").to.equal(400);
    expect(await send(url.replace("t/direct", "t/other"), headers, "bytes"), "another key").to.equal(403);
    expect(await send(direct.putUrl("t/direct", content, -1_000).url, headers, "bytes"), "expired").to.be.oneOf([400, 403]);
    expect(await store.size("t/direct")).to.equal(undefined);
    expect(await send(url, headers, "bytes")).to.equal(200);
    const answer = await fetch(direct.getUrl("t/direct", { mediaType: "text/plain", fileName: "a.txt" }, 60_000));
    expect([answer.status, answer.headers.get("content-disposition"), await answer.text()]).to.deep.equal([
      200,
      'attachment; filename="a.txt"',
      "bytes",
    ]);
  });

  it("says that the store failed when nothing answers, and when there is no such bucket", async () => {
    expect(await code(openS3Artefacts(server.url(1)))).to.equal("STORAGE_FAILED");
    expect(await code(openS3Artefacts(server.url().replace("/dragoman?", "/nothing?")))).to.equal("STORAGE_FAILED");
  });
});

/** Keys of multipart uploads that were begun and neither completed nor aborted. */
async function unfinishedUploads({ client, bucket }: S3Server): Promise<string[]> {
  const answer = await fetch(await client.presignedUrl("GET", bucket, "", 60, { uploads: "" }));
  return [...(await answer.text()).matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key = ""]) => key);
}
