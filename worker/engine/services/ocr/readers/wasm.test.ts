import type { Worker } from "node:worker_threads";
import { expect } from "chai";
import sharp from "sharp";
import { scratch, smallScan } from "../../../../../test/support/documents.ts";
import { toGrey } from "../../../formats/pixels.ts";
import type { PageContent } from "../../../layout/content.ts";
import type { Ocr } from "../../../ports/ocr.ts";
import { Stopwatch } from "../../../stopwatch.ts";
import { type OcrChoice, ocrWith } from "../ocr.ts";
import { startThread } from "./thread.ts";

describe("the threads of tesseract.js", () => {
  const never = new AbortController().signal;
  const content: PageContent = {
    number: 1,
    geometry: { width: 300, height: 40, rotation: 0, reading: "ocr" },
    ...{ words: [], rules: [], areas: [], images: [], remarks: [] },
  };
  const opened = (folder: string, choice: OcrChoice = {}) =>
    ocrWith(
      { folder, signal: never, time: new Stopwatch().time, sourceLanguage: "en", targetLanguage: "es" },
      { reader: "tesseract.js", ...choice },
    );
  const readBy = async (ocr: Ocr) => {
    const image = { ...(await toGrey(sharp(smallScan("The door is open")))), pixelsPerPoint: 4, scaled: false };
    return (await ocr.complete(content, { image: async () => image }, never)).words.map((word) => word.text).join(" ");
  };
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => "none",
      (error: { code?: string }) => error.code ?? String(error),
    );
  const cannotStart = async () => {
    await using empty = await scratch();
    return startThread(["eng"], empty.path);
  };

  it("fail each page at once with a type when none can start, and hold up none that waits", async () => {
    await using folder = await scratch();
    await using ocr = opened(folder.path, { start: cannotStart });
    const pages = await Promise.all(Array.from({ length: 6 }, () => codeOf(readBy(ocr))));
    expect(pages).to.deep.equal(new Array(6).fill("ENGINE_CRASHED"));
  });
  it("that are up read every page when another cannot start", async () => {
    await using folder = await scratch();
    let starts = 0;
    await using ocr = opened(folder.path, { start: (models, data) => (starts++ === 0 ? startThread(models, data) : cannotStart()) });
    const first = await readBy(ocr);
    expect(await Promise.all(Array.from({ length: 4 }, () => readBy(ocr)))).to.deep.equal(new Array(4).fill(first));
    expect(first).to.equal("The door is open");
  });
  it("are replaced when one dies over a page", async () => {
    await using folder = await scratch();
    const threads: Worker[] = [];
    const onThread = (thread: Worker) => threads.push(thread);
    process.on("worker", onThread);
    await using ocr = opened(folder.path);
    await readBy(ocr);
    process.off("worker", onThread);
    const [, died] = await Promise.all([threads[0]?.terminate(), codeOf(readBy(ocr))]);
    expect(died).to.equal("ENGINE_CRASHED");
    expect(await readBy(ocr)).to.equal("The door is open");
  });
});
