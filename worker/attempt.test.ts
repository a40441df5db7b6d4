import path from "node:path";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { expect } from "chai";
import { type JobOptionsSchema, ResultFormat, Strictness } from "../gen/dragoman/v1/job_pb.ts";
import { GrantedSchema } from "../gen/dragoman/v1/worker_service_pb.ts";
import type { ArtefactStore, PutLimits } from "../platform/artefacts/artefacts.ts";
import { scratch } from "../test/support/documents.ts";
import { testLog } from "../test/support/orchestrator.ts";
import { serving } from "../test/support/serving.ts";
import { runAttempt } from "./attempt.ts";
import type { DocumentRequest } from "./sandbox/child.ts";
import type { ChildPool } from "./sandbox/pool.ts";

const GIB = 1024 ** 3;

describe("an attempt", () => {
  it("stores no more than one result may have, in however many files", async () => {
    await using folder = await scratch();
    const outputs = ["TEXT", "PDF"].map((format) => ({ format, page: 0, mediaType: "text/plain", fileName: "x" }));
    const { limits } = await storing(folder.path, outputs);
    expect(limits.map(({ maxBytes }) => maxBytes)).to.deep.equal([4 * GIB, GIB]);
  });
  it("stores a file that is listed twice once, and lists it with its size both times", async () => {
    await using folder = await scratch();
    const one = { page: 0, mediaType: "application/pdf", fileName: "x" };
    const { limits, artefacts } = await storing(folder.path, [
      { ...one, format: "DOCUMENT" },
      { ...one, format: "PDF", sameAs: "DOCUMENT" },
    ]);
    expect(limits).to.have.length(1);
    expect(artefacts.map(({ sameAs, sizeBytes }) => [sameAs, sizeBytes])).to.deep.equal([
      [ResultFormat.UNSPECIFIED, BigInt(3 * GIB)],
      [ResultFormat.DOCUMENT, BigInt(3 * GIB)],
    ]);
  });
  it("has the engine take no doubted translation where its job is strict", async () => {
    await using folder = await scratch();
    expect((await storing(folder.path, [])).asked).to.deep.include({ strictness: "usual" });
    expect((await storing(folder.path, [], { strictness: Strictness.STRICT })).asked).to.deep.include({ strictness: "strict" });
  });
});

async function storing(folder: string, outputs: readonly object[], options: MessageInitShape<typeof JobOptionsSchema> = {}) {
  let asked: DocumentRequest | undefined;
  const children = {
    borrow: async () => ({
      output: folder,
      run: async (request: DocumentRequest) => {
        asked = request;
        return { ledger: { entries: [], unknown: [], characters: 0 }, outputs };
      },
      [Symbol.asyncDispose]: async () => undefined,
    }),
  } as unknown as Pick<ChildPool, "borrow">;
  const limits: PutLimits[] = [];
  const artefacts = {
    async *get() {},
    async put(_: string, __: unknown, given: PutLimits) {
      limits.push(given);
      return { sizeBytes: 3 * GIB, sha256: "" };
    },
  } as unknown as ArtefactStore;
  const result = await runAttempt(
    create(GrantedSchema, { jobId: "j", attempt: 1, runDeadlineMs: 60_000n, options }),
    {
      ...{ artefacts, folder: path.join(folder, "own"), log: testLog, slot: async () => ({ [Symbol.dispose]: () => undefined }) },
      children,
      translators: serving(async () => []),
      runMs: 60_000,
    },
    () => undefined,
    new AbortController().signal,
  );
  return { limits, asked, artefacts: result.artefacts };
}
