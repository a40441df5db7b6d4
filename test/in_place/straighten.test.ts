import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import sharp from "sharp";
import { registry } from "../../worker/engine/formats/registry.ts";
import { TranslationPipeline } from "../../worker/engine/pipeline.ts";
import { fileExporter } from "../../worker/engine/services/export/export.ts";
import { openOcr } from "../../worker/engine/services/ocr/ocr.ts";
import { SCANS } from "./kinds_scans.ts";
import { pseudo } from "./pseudo.ts";

const run = promisify(execFile);

describe("a page that was scanned on its side and askew", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "dragoman-straighten-"));
    // The letter as it was fed in askew, turned on its side.
    const askew = SCANS.find(({ id }) => id === "scan-skewed");
    await writeFile(path.join(folder, "askew.pdf"), (await askew?.make()) ?? "");
    await run("pdftoppm", ["-r", "150", "-png", "-singlefile", "askew.pdf", "askew"], { cwd: folder });
    await sharp(path.join(folder, "askew.png")).rotate(90).toFile(path.join(folder, "scan.png"));
    const { PDFDocument } = await import("pdf-lib");
    const pdf = await PDFDocument.create();
    const picture = await pdf.embedPng(await readFile(path.join(folder, "scan.png")));
    const size = { width: picture.width / (150 / 72), height: picture.height / (150 / 72) };
    pdf.addPage([size.width, size.height]).drawImage(picture, size);
    await writeFile(path.join(folder, "scan.pdf"), await pdf.save());
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const translate = async (fileName: string) => {
    const own = await mkdtemp(path.join(folder, "own-"));
    const pipeline = new TranslationPipeline({ registry, ocr: openOcr, translator: pseudo, exporter: fileExporter });
    const file = path.join(folder, fileName);
    const request = { file, fileName, sourceLanguage: "en", targetLanguage: "es", folder: own, straighten: true };
    const { outputs } = await pipeline.run({ ...request, outputs: ["DOCUMENT", "PDF"] }, () => undefined, new AbortController().signal);
    return outputs
      .filter(({ format, sameAs }) => !sameAs && ["DOCUMENT", "PDF"].includes(format))
      .map(({ fileName: name }) => path.join(own, name));
  };

  it("comes back level and upright where that is asked for, in each of its forms", async () => {
    for (const made of [...(await translate("scan.png")), ...(await translate("scan.pdf"))])
      expect(await linesOf(made), path.basename(made)).to.satisfy(isLevel);
  });
});

interface Lines {
  readonly portrait: boolean;
  /** Of each line, how far it falls over its length, as Tesseract has it. */
  readonly slopes: readonly number[];
}

function isLevel({ portrait, slopes }: Lines): boolean {
  return portrait && slopes.length > 4 && slopes.every((slope) => Math.abs(slope) < 0.006);
}

async function linesOf(file: string): Promise<Lines> {
  let picture = file;
  if (file.endsWith(".pdf")) {
    await run("pdftoppm", ["-r", "150", "-png", "-singlefile", file, file]);
    picture = `${file}.png`;
  }
  const { width = 0, height = 0 } = await sharp(picture).metadata();
  const { stdout } = await run("tesseract", [picture, "-", "--psm", "6", "-l", "eng", "hocr"], { maxBuffer: 16 * 1024 ** 2 });
  const lines = [...stdout.matchAll(/class='ocr_line'[^>]*bbox (\d+) \d+ (\d+) \d+; baseline (-?[\d.]+)/g)];
  const long = lines.filter(([, from, to]) => Number(to) - Number(from) > width / 2);
  return { portrait: height > width, slopes: long.map(([, , , slope]) => Number(slope)) };
}
