import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { SKRSContext2D } from "@napi-rs/canvas";
import { expect } from "chai";
import sharp, { type Sharp } from "sharp";
import { scratch } from "../../../../test/support/documents.ts";
import { type Paper, type Print, print, scanned } from "../../../../test/support/paper.ts";
import type { QuarterTurn } from "../../document/geometry.ts";
import type { Leaf, Page } from "../../document/model.ts";
import type { Remark } from "../../document/remarks.ts";
import { Stopwatch } from "../../stopwatch.ts";
import type { DocumentWriter } from "../format.ts";
import { image } from "./image.ts";

const run = promisify(execFile);
const signal = new AbortController().signal;
const WRITING = { sourceLanguage: "en", targetLanguage: "es", signal };
const PAPER: Paper = { width: 300, height: 150, dotsPerInch: 200, color: [246, 240, 224], grain: 3 };
const BODY: Print = { x: 30, y: 40, font: "Serif", size: 12 };
const SOURCE = ["The garden behind the old house is open", "to all readers every morning."];
const TARGET = "El jardín detrás de la casa vieja está abierto a todos los lectores.";

/** A paragraph as the translation leaves it. */
function translated(leaf: Leaf, target = TARGET): Leaf {
  const source = { text: SOURCE.join(" "), tags: [] };
  const segment = { id: `${leaf.id}s1`, source, target: { text: target, tags: [] }, outcome: "translated" } as const;
  return { ...leaf, content: [{ kind: "text", text: target }], segments: [segment] };
}

function pageOf(leaf: Leaf, { paper = PAPER, number = 1, rotation = 0 as QuarterTurn } = {}): Page {
  const geometry = { width: paper.width, height: paper.height, rotation, reading: "ocr", skew: paper.skew ?? 0 } as const;
  const frames = leaf.frames?.map((frame) => ({ ...frame, page: number })) ?? [];
  return { number, geometry, blocks: [{ ...leaf, frames }], remarks: [] };
}

/** A scan, and the page that was read there. */
async function aScan(
  paper: Paper = PAPER,
  more: (context: SKRSContext2D) => void = () => undefined,
): Promise<{ picture: Sharp; leaf: Leaf }> {
  let leaf: Leaf | undefined;
  const picture = await scanned(paper, (context) => {
    leaf = print(context, "p1b1", SOURCE, BODY);
    more(context);
  });
  return { picture, leaf: translated(leaf as Leaf) };
}

interface Written {
  readonly file: string;
  readonly source: Buffer;
  readonly result: Buffer;
  readonly type: DocumentWriter["type"];
  readonly remarks: readonly Remark[];
}

/** What a writer makes of a picture's file. */
async function written(
  source: Buffer,
  pages: readonly Page[],
  as: "writer" | "pdfWriter",
  check: (written: Written) => Promise<void>,
): Promise<void> {
  await using folder = await scratch();
  const file = await folder.file("source", source);
  const context = { folder: folder.path, signal, time: new Stopwatch().time, sourceLanguage: "en", targetLanguage: "es" };
  await using document = await image.open(file, context);
  const writer = document[as]?.(WRITING) as DocumentWriter;
  for (const page of pages) await writer.page(page);
  const to = `${folder.path}/result`;
  const remarks = await writer.finish(to);
  await check({ file: to, source, result: await readFile(to), type: writer.type, remarks });
}

/** What Tesseract reads. */
async function readOf(picture: Sharp): Promise<string> {
  await using folder = await scratch();
  const file = await folder.file("page.png", await picture.removeAlpha().png().toBuffer());
  const { stdout } = await run("tesseract", [file, "-", "-l", "spa", "--psm", "3", "--dpi", "200"], {
    env: { ...process.env, OMP_THREAD_LIMIT: "1" },
  });
  return stdout.replace(/\s+/g, " ").trim();
}

async function seen(file: string, page = 1, dotsPerInch = 200): Promise<Buffer> {
  await run("pdftoppm", ["-r", `${dotsPerInch}`, "-png", "-f", `${page}`, "-l", `${page}`, "-singlefile", file, `${file}-seen`]);
  return readFile(`${file}-seen.png`);
}

const textOf = async (file: string) => (await run("pdftotext", [file, "-"])).stdout.replace(/\s+/g, " ").trim();
const sizesOf = async (file: string) =>
  [...(await run("pdfinfo", ["-f", "1", "-l", "9", file])).stdout.matchAll(/Page +\d+ size: +([\d.]+) x ([\d.]+)/g)].map(
    ([, width, height]) => [Math.round(Number(width)), Math.round(Number(height))],
  );

/** The share of pixels outside the text's lines that differ by more than `by`. */
async function changedAround(before: Sharp, after: Sharp, by: number): Promise<number> {
  const [a, b] = await Promise.all([before, after].map((each) => each.removeAlpha().raw().toBuffer({ resolveWithObject: true })));
  if (!a || !b) throw new Error("no picture");
  expect([b.info.width, b.info.height]).to.deep.equal([a.info.width, a.info.height]);
  const scale = a.info.height / PAPER.height;
  let [changed, all] = [0, 0];
  for (let index = 0; index < a.data.length; index++) {
    const y = Math.floor(index / 3 / a.info.width) / scale;
    if (y > 25 && y < 65) continue;
    all += 1;
    if (Math.abs((a.data[index] as number) - (b.data[index] as number)) > by) changed += 1;
  }
  return changed / all;
}

describe("a picture with its translation in place", () => {
  it("is, as a PDF, the JPEG as it was under text that can be found, about as large", async () => {
    const { picture, leaf } = await aScan();
    await written(await picture.jpeg().toBuffer(), [pageOf(leaf)], "pdfWriter", async ({ file, source, result, remarks }) => {
      expect(result.includes(source)).to.equal(true);
      expect(await textOf(file)).to.equal(TARGET);
      expect(await readOf(sharp(await seen(file)))).to.equal(TARGET);
      expect(await sizesOf(file)).to.deep.equal([[300, 150]]);
      // A face of a few letters is about 15 kB.
      expect(result.length).to.be.below(source.length * 1.4 + 15_000);
      expect(remarks).to.deep.equal([]);
      expect(await changedAround(sharp(source), sharp(await seen(file)), 12)).to.be.below(0.001);
    });
  });

  const others: readonly [string, (picture: Sharp) => Sharp][] = [
    ["a PNG of 64 colours", (picture) => picture.png({ palette: true, colours: 64 })],
    ["a grey PNG, interlaced", (picture) => picture.greyscale().png({ progressive: true })],
    ["a TIFF", (picture) => picture.tiff()],
  ];
  for (const [name, as] of others)
    it(`is, as a PDF of ${name}, the same page`, async () => {
      const { picture, leaf } = await aScan();
      await written(await as(picture).toBuffer(), [pageOf(leaf)], "pdfWriter", async ({ file, source }) => {
        expect(await readOf(sharp(await seen(file)))).to.equal(TARGET);
        expect(
          await changedAround(sharp(await sharp(source).toColourspace("srgb").png().toBuffer()), sharp(await seen(file)), 24),
        ).to.be.below(0.001);
      });
    });

  for (const type of ["jpeg", "png", "webp", "tiff", "gif"] as const)
    it(`comes back as ${type}, its size and all around the words as it was`, async () => {
      const { picture, leaf } = await aScan();
      await written(await picture.toFormat(type).toBuffer(), [pageOf(leaf)], "writer", async ({ source, result, type: said }) => {
        expect(said?.mediaType).to.equal(`image/${type}`);
        const { format, density } = await sharp(result).metadata();
        expect(format).to.equal(type);
        if (type !== "webp" && type !== "gif") expect(density).to.equal(200);
        expect(await readOf(sharp(result))).to.equal(TARGET);
        expect(await changedAround(sharp(source), sharp(result), 24)).to.be.below(0.001);
        expect(result.length).to.be.below(source.length * 1.3);
      });
    });

  for (const rotation of [90, 180, 270] as const)
    it(`lies as it was scanned, and its text along its lines: turned by ${rotation} to be read`, async () => {
      const { picture, leaf } = await aScan();
      const raw = await picture.raw().toBuffer({ resolveWithObject: true });
      const lying = sharp(raw.data, { raw: { width: raw.info.width, height: raw.info.height, channels: 3 } }).rotate(360 - rotation);
      const source = await lying.withMetadata({ density: 200 }).jpeg().toBuffer();
      const page = pageOf(leaf, { rotation });
      await written(source, [page], "pdfWriter", async ({ file, result }) => {
        expect(result.includes(source)).to.equal(true);
        expect(await sizesOf(file)).to.deep.equal([rotation === 180 ? [300, 150] : [150, 300]]);
        expect(await readOf(sharp(await seen(file)).rotate(rotation))).to.equal(TARGET);
      });
      await written(source, [page], "writer", async ({ result }) => {
        const { width, height } = await sharp(result).metadata();
        expect([width, height]).to.deep.equal(rotation === 180 ? [833, 417] : [417, 833]);
        expect(await readOf(sharp(result).rotate(rotation))).to.equal(TARGET);
      });
    });

  it("falls as its lines did on the glass", async () => {
    const paper = { ...PAPER, skew: 3 };
    const { picture, leaf } = await aScan(paper);
    const source = await picture.jpeg().toBuffer();
    for (const as of ["pdfWriter", "writer"] as const)
      await written(source, [pageOf(leaf, { paper })], as, async ({ file, result }) => {
        const shown = as === "writer" ? result : await seen(file);
        const level = sharp(await sharp(shown).rotate(-3, { background: "#f6f0e0" }).png().toBuffer());
        expect(await readOf(level)).to.equal(TARGET);
      });
  });

  it("stands as EXIF turns it", async () => {
    const paper = { ...PAPER, dotsPerInch: 108 };
    for (const orientation of [2, 3, 4, 5, 6, 7, 8]) {
      const { picture } = await aScan(paper);
      const upright = await picture.png().toBuffer();
      // EXIF's turns undone, by the same library's own reading of them.
      const flipped =
        orientation === 2 || orientation === 5 || orientation === 7
          ? sharp(upright).flop()
          : orientation === 4
            ? sharp(upright).flip()
            : sharp(upright);
      const turn = { 3: 180, 5: 270, 6: 270, 7: 90, 8: 90 }[orientation] ?? 0;
      const stored = sharp(await flipped.png().toBuffer()).rotate(turn);
      const source = await stored.withMetadata({ density: 108, orientation }).jpeg().toBuffer();
      const empty: Page = { number: 1, blocks: [], remarks: [] };
      await written(source, [empty], "pdfWriter", async ({ file, result }) => {
        expect(result.includes(source)).to.equal(true);
        expect(await sizesOf(file)).to.deep.equal([[300, 150]]);
        const whole = sharp(await sharp(source).autoOrient().toBuffer());
        const shown = sharp(await seen(file, 1, 108));
        expect(await changedAround(whole, shown, 30), `${orientation}`).to.be.below(0.002);
      });
    }
  });

  it("has a page for each of a TIFF's, each of its own size, those that failed as they were", async () => {
    const first = await aScan();
    const second = await aScan({ ...PAPER, width: 320, height: 200 });
    const third = await aScan({ ...PAPER, width: 260 });
    await using folder = await scratch();
    const source = `${folder.path}/source.tiff`;
    const { TiffPages } = await import("./tiff_pages.ts");
    const pages = await TiffPages.create(source);
    for (const { picture } of [first, second, third]) await pages.add(await picture.tiff({ compression: "lzw" }).toBuffer());
    await pages.finish();
    const translatedPages = [
      pageOf(first.leaf),
      { ...pageOf(second.leaf, { number: 2 }), blocks: [], failure: "It could not be read." },
      pageOf(third.leaf, { number: 3, paper: { ...PAPER, width: 260 } }),
    ];
    await written(await readFile(source), translatedPages, "pdfWriter", async ({ file }) => {
      expect(await sizesOf(file)).to.deep.equal([
        [300, 150],
        [320, 200],
        [260, 150],
      ]);
      expect(await readOf(sharp(await seen(file, 2)))).to.equal(SOURCE.join(" "));
      expect(await readOf(sharp(await seen(file, 3)))).to.equal(TARGET);
    });
    await written(await readFile(source), translatedPages, "writer", async ({ result }) => {
      expect((await sharp(result).metadata()).pages).to.equal(3);
      const texts = await Promise.all([0, 1, 2].map((page) => readOf(sharp(result, { page }))));
      expect(texts).to.deep.equal([TARGET, SOURCE.join(" "), TARGET]);
    });
  });

  it("sets what goes on over a page's end on both pages", async () => {
    const { picture, leaf } = await aScan();
    await using folder = await scratch();
    const { TiffPages } = await import("./tiff_pages.ts");
    const source = `${folder.path}/source.tiff`;
    const pages = await TiffPages.create(source);
    for (let page = 0; page < 2; page++) await pages.add(await picture.clone().tiff({ compression: "lzw" }).toBuffer());
    await pages.finish();
    const frames = [1, 2].map((page) => ({ ...(leaf.frames?.[0] as NonNullable<Leaf["frames"]>[number]), page }));
    const both = { ...translated(leaf, `${TARGET} ${TARGET}`), frames };
    const first: Page = { ...pageOf(leaf), blocks: [both] };
    const second: Page = { ...pageOf(leaf, { number: 2 }), blocks: [] };
    await written(await readFile(source), [first, second], "pdfWriter", async ({ file }) => {
      expect(await textOf(file)).to.equal(`${TARGET} ${TARGET}`);
      expect(await readOf(sharp(await seen(file, 2)))).to.not.contain("garden");
    });
  });

  it("in black and white stays so", async () => {
    const { picture, leaf } = await aScan({ ...PAPER, color: [255, 255, 255], grain: 0 });
    const source = await picture.greyscale().threshold(128).toColourspace("b-w").tiff({ compression: "ccittfax4", bitdepth: 1 }).toBuffer();
    await written(source, [pageOf(leaf)], "writer", async ({ result }) => {
      expect((await sharp(result).metadata()).bitsPerSample).to.equal(1);
      expect(result.length).to.be.below(source.length * 1.3);
      expect(await readOf(sharp(result).toColourspace("b-w"))).to.equal(TARGET);
    });
    await written(source, [pageOf(leaf)], "pdfWriter", async ({ file, result }) => {
      expect(result.length).to.be.below(source.length * 2 + 15_000);
      expect(await readOf(sharp(await seen(file)))).to.equal(TARGET);
    });
  });

  it("of which nothing was translated is the file as it was", async () => {
    const { picture, leaf } = await aScan();
    const kept: Leaf = { ...leaf, segments: [{ id: "p1b1s1", source: { text: SOURCE.join(" "), tags: [] }, outcome: "kept" }] };
    await written(await picture.png().toBuffer(), [pageOf(kept)], "writer", async ({ source, result }) => {
      expect(result.equals(source)).to.equal(true);
    });
  });

  it("keeps words that stand on a photo, and says so", async () => {
    const { picture, leaf } = await aScan(PAPER, (context) => {
      context.globalCompositeOperation = "difference";
      for (let x = 0; x < 300; x += 2)
        for (let y = 0; y < 150; y += 2) {
          const level = 100 + 60 * Math.sin(x / 5 + y / 9) + 50 * Math.cos(y / 4 - x / 7);
          context.fillStyle = `rgb(${level},${level * 0.9},${level * 0.7})`;
          context.fillRect(x, y, 2, 2);
        }
    });
    await written(await picture.png().toBuffer(), [pageOf(leaf)], "pdfWriter", async ({ file, remarks }) => {
      expect(remarks.map(({ code, block }) => [code, block])).to.deep.equal([["TEXT_KEPT", "p1b1"]]);
      expect(await textOf(file)).to.equal("");
    });
  });
});
