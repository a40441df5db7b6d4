import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { TermSchema } from "../../../gen/dragoman/v1/job_pb.ts";
import { WorkerService } from "../../../gen/dragoman/v1/worker_service_pb.ts";
import { Glossaries } from "../../../orchestrator/glossaries/glossaries.ts";
import type { DragomanError } from "../../../platform/errors.ts";
import { grpcClient } from "../../../platform/grpc/client.ts";
import { openTestOrchestrator } from "../../../test/support/orchestrator.ts";
import { StoredGlossaries } from "./stored_glossaries.ts";

const EN_ES = { source: "en", target: "es" };

async function given() {
  await using stack = new AsyncDisposableStack();
  const { store, port, workerKey } = stack.use(await openTestOrchestrator());
  const client = stack.use(grpcClient(WorkerService, `127.0.0.1:${port}`));
  let calls = 0;
  const fetch: typeof client.getGlossaryTerms = (request, options) => {
    calls += 1;
    return client.getGlossaryTerms(request, options);
  };
  const glossaries = new Glossaries(store);
  const owned = stack.move();
  return {
    glossaries,
    stored: new StoredGlossaries(fetch, workerKey),
    calls: () => calls,
    make: (tenantId: string, count: number, target = "x", note = "") =>
      glossaries.create(
        { tenantId, name: "g", sourceLanguage: "en", targetLanguage: "es" },
        {
          terms: Array.from({ length: count }, (_, index) =>
            create(TermSchema, { source: `word ${index}`, target: `${target} ${index}`, note }),
          ),
          skipped: 0,
        },
      ),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const order = (tenantId: string, ...glossaries: string[]) => ({ tenantId, glossaries, terms: [], doNotTranslate: [] });
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error: DragomanError) => error.code,
  );

describe("stored glossaries at a worker", () => {
  it("are fetched whole, however many messages it takes, and once", async () => {
    await using own = await given();
    const { id } = await own.make("t", 3000, "y".repeat(190), "n".repeat(100));
    const book = await own.stored.bookOf(order("t", `${id}@1`));
    expect(book.of(EN_ES).terms).to.have.length(3000);
    expect(own.calls()).to.be.greaterThan(1);
    const calls = own.calls();
    await Promise.all([own.stored.bookOf(order("t", `${id}@1`)), own.stored.bookOf(order("t", `${id}@1`))]);
    expect(own.calls()).to.equal(calls);
  });
  it("go in their order, behind the job's own terms", async () => {
    await using own = await given();
    const [one, other] = [await own.make("t", 1, "one"), await own.make("t", 2, "other")];
    const terms = [{ source: "word 1", target: "own", caseSensitive: false, exact: false }];
    const book = await own.stored.bookOf({ ...order("t", `${one.id}@1`, `${other.id}@1`), terms });
    expect(book.of(EN_ES).terms.map(({ source, target }) => `${source}→${target}`)).to.deep.equal(["word 1→own", "word 0→one 0"]);
    const { unit, restored } = book.prepare({ text: "A word 0", tags: [] }, EN_ES, false);
    expect(restored({ kind: "translated", target: unit, unknown: [] })).to.deep.include({ target: { text: "A one 0", tags: [] } });
  });
  it("are no other tenant's, and not there once they are deleted; that is asked again", async () => {
    await using own = await given();
    const { id } = await own.make("t", 1);
    expect(await codeOf(own.stored.bookOf(order("other", `${id}@1`)))).to.equal("GLOSSARY_NOT_FOUND");
    expect(await codeOf(own.stored.bookOf(order("t", `${id}@2`)))).to.equal("GLOSSARY_NOT_FOUND");
    await own.glossaries.change({ tenantId: "t", id, expected: 0 }, (terms) => ({ terms: [...terms].slice(1), skipped: 0 }));
    expect(await codeOf(own.stored.bookOf(order("t", `${id}@2`)))).to.equal("none");
    await own.glossaries.remove("t", id);
    expect(await codeOf(own.stored.bookOf(order("t", `${id}@1`)))).to.equal("GLOSSARY_NOT_FOUND");
  });
});
