import { writeFile } from "node:fs/promises";
import path from "node:path";
import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { ResultFormat } from "../gen/dragoman/v1/job_pb.ts";
import { PreviewWorkSchema } from "../gen/dragoman/v1/worker_service_pb.ts";
import { openFileArtefacts } from "../platform/artefacts/files.ts";
import { DragomanError, type ErrorCode } from "../platform/errors.ts";
import { openLog } from "../platform/log.ts";
import { scratch } from "../test/support/documents.ts";
import { PREVIEW_FILE } from "./engine/previewing.ts";
import { previewer } from "./previews.ts";
import type { ChildPool } from "./sandbox/pool.ts";

const KEY = "tenants/t/jobs/j/attempts/1/preview-1.webp";

/** Looks at a page as often as there are outcomes: each the code of what keeps it from being shown, or "" if nothing does. */
async function look(...outcomes: readonly (ErrorCode | "")[]) {
  await using folder = await scratch();
  const artefacts = await openFileArtefacts(path.join(folder.path, "artefacts"));
  await artefacts.put("document", [Buffer.from("a document")] as never, { maxBytes: 100 });
  const left = [...outcomes];
  const borrow = async () => ({
    output: folder.path,
    async show() {
      const code = left.shift();
      if (code) throw DragomanError.of(code, "It was not shown.");
      await writeFile(path.join(folder.path, PREVIEW_FILE), "a picture");
    },
    run: () => expect.fail("No document is translated."),
    async [Symbol.asyncDispose]() {},
  });
  const children = { borrow } as unknown as Pick<ChildPool, "borrow">;
  const signal = new AbortController().signal;
  const answer = previewer({ artefacts, children, scratch: folder.path, log: openLog("test", "silent"), signal });
  const work = { jobId: "j", tenantId: "t", format: ResultFormat.SOURCE_PREVIEW, page: 1, fileKey: "document", outputKey: KEY };
  const codes: string[] = [];
  for (const _ of outcomes) codes.push((await answer(create(PreviewWorkSchema, { ...work, fileName: "a.pdf" }))).error?.code ?? "");
  return { codes, stored: await artefacts.size(KEY) };
}

describe("a page that somebody looks at", () => {
  it("is a picture from then on", async () => {
    expect(await look("")).to.deep.equal({ codes: [""], stored: "a picture".length });
  });
  for (const code of ["PDF_CORRUPT", "MEMORY_LIMIT", "DOCUMENT_TOO_COMPLEX"] as const)
    it(`cannot be shown for good if it is at fault (${code})`, async () => {
      expect(await look(code)).to.deep.equal({ codes: [""], stored: 0 });
    });
  for (const code of ["TIME_LIMIT", "NO_PROGRESS"] as const)
    it(`is looked at again where the machine had no time for it, however often (${code})`, async () => {
      const { codes, stored } = await look(code, code, code, code, "");
      expect(codes).to.deep.equal([...new Array(4).fill("UNAVAILABLE"), ""]);
      expect(stored).to.equal("a picture".length);
    });
  it("is looked at again after an engine crashed, which another program can be the cause of", async () => {
    expect(await look("ENGINE_CRASHED", "")).to.deep.equal({ codes: ["ENGINE_CRASHED", ""], stored: "a picture".length });
  });
  it("cannot be shown for good if engines crash at it again and again", async () => {
    const { codes, stored } = await look("ENGINE_CRASHED", "ENGINE_CRASHED", "ENGINE_CRASHED");
    expect(codes).to.deep.equal(["ENGINE_CRASHED", "ENGINE_CRASHED", ""]);
    expect(stored).to.equal(0);
  });
});
