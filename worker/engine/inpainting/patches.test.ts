import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { SKRSContext2D } from "@napi-rs/canvas";
import { expect } from "chai";
import sharp, { type Sharp } from "sharp";
import { scratch } from "../../../test/support/documents.ts";
import { type Paper, type Print, print, scanned } from "../../../test/support/paper.ts";
import type { Box } from "../document/geometry.ts";
import type { Graphic, Leaf, Page } from "../document/model.ts";
import { type ColorImage, type Patches, patchesFor } from "./patches.ts";

const PAGE: Paper = { width: 300, height: 130, dotsPerInch: 200 };
const TEXT = [
  "The garden behind the old house is open",
  "to all readers every morning, and a path",
  "leads from the gate to the small pond.",
];
const NOWHERE = { box: { x0: 0, y0: 0, x1: 0, y1: 0 } };
const BODY: Print = { x: 30, y: 30, font: "Serif", size: 12 };

interface Made {
  readonly leaves: readonly Leaf[];
  readonly before: ColorImage;
  readonly after: ColorImage;
  readonly result: Patches;
}

async function painted(paper: Paper, draw: (context: SKRSContext2D) => readonly Leaf[], more: Partial<Page> = {}): Promise<Made> {
  let leaves: readonly Leaf[] = [];
  const picture = await scanned(paper, (context) => {
    leaves = draw(context);
  });
  const before = await imageOf(picture, paper.dotsPerInch);
  const after = { ...before, data: Uint8Array.from(before.data) };
  const geometry = { width: paper.width, height: paper.height, rotation: 0, reading: "ocr", skew: paper.skew ?? 0 } as const;
  const result = await patchesFor(after, leaves, { number: 1, geometry, blocks: [], remarks: [], ...more });
  return { leaves, before, after, result };
}

function patchesOf(image: ColorImage, leaves: readonly Leaf[]): Promise<Patches> {
  const geometry = { width: PAGE.width, height: PAGE.height, rotation: 0, reading: "ocr" } as const;
  return patchesFor(image, leaves, { number: 1, geometry, blocks: [], remarks: [] });
}

async function imageOf(picture: Sharp, dotsPerInch: number): Promise<ColorImage> {
  const { data, info } = await picture
    .jpeg({ quality: 88 })
    .toBuffer()
    .then((bytes) => sharp(bytes).raw().toBuffer({ resolveWithObject: true }));
  return { data, width: info.width, height: info.height, pixelsPerPoint: dotsPerInch / 72 };
}

/** The source with the patches laid over it, as whoever shows them does. */
async function patched({ before, result }: Made): Promise<Buffer> {
  const layers = await Promise.all(
    result.patches.map(async ({ box, data }) => {
      const pixels = (points: number) => Math.round(points * before.pixelsPerPoint);
      const size = { width: pixels(box.x1) - pixels(box.x0), height: pixels(box.y1) - pixels(box.y0) };
      return {
        input: await sharp(data)
          .resize({ ...size, fit: "fill" })
          .png()
          .toBuffer(),
        left: pixels(box.x0),
        top: pixels(box.y0),
      };
    }),
  );
  return sharp(before.data, { raw: { width: before.width, height: before.height, channels: 3 } })
    .composite(layers)
    .removeAlpha()
    .raw()
    .toBuffer();
}

/** Those of the words that Tesseract still reads: it may read nonsense of grain. */
async function readOf(data: Uint8Array, { width, height }: ColorImage, words = TEXT.join(" ").split(" ")): Promise<string[]> {
  await using folder = await scratch();
  const file = await folder.file(
    "page.png",
    await sharp(data, { raw: { width, height, channels: 3 } })
      .median(3)
      .png()
      .toBuffer(),
  );
  const { stdout } = await promisify(execFile)("tesseract", [file, "-", "--psm", "3", "--dpi", "200"], {
    env: { ...process.env, OMP_THREAD_LIMIT: "1" },
  });
  return words.filter((word) => word.length > 3 && stdout.includes(word));
}

/** Mean and standard deviation of the green of what lies in `box`, in points. */
function colorIn({ data, width, pixelsPerPoint }: ColorImage, { x0, y0, x1, y1 }: Box): { mean: number; deviation: number } {
  const values: number[] = [];
  for (let y = Math.round(y0 * pixelsPerPoint); y < y1 * pixelsPerPoint; y++)
    for (let x = Math.round(x0 * pixelsPerPoint); x < x1 * pixelsPerPoint; x++) values.push(data[(y * width + x) * 3 + 1] as number);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, deviation: Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) };
}

/** Pixels that differ by more than `by` outside of `boxes`, in points. */
function changedOutside({ before, after }: Made, boxes: readonly Box[], by = 0): number {
  let changed = 0;
  for (let index = 0; index < before.width * before.height; index++) {
    const [x, y] = [(index % before.width) / before.pixelsPerPoint, Math.floor(index / before.width) / before.pixelsPerPoint];
    if (boxes.some(({ x0, y0, x1, y1 }) => x >= x0 && x <= x1 && y >= y0 && y <= y1)) continue;
    for (let channel = 0; channel < 3; channel++)
      if (Math.abs((before.data[index * 3 + channel] as number) - (after.data[index * 3 + channel] as number)) > by) {
        changed += 1;
        break;
      }
  }
  return changed;
}

const grown = ({ x0, y0, x1, y1 }: Box, by: number): Box => ({ x0: x0 - by, y0: y0 - by, x1: x1 + by, y1: y1 + by });

describe("words painted out", () => {
  const papers: readonly [string, Partial<Paper>][] = [
    ["white", {}],
    ["grey and grainy", { color: [205, 205, 205], grain: 6 }],
    ["coloured", { color: [250, 226, 160], grain: 3 }],
    ["shaded", { color: [244, 240, 228], shade: 0.45, grain: 4 }],
    ["dark", { color: [28, 60, 110], grain: 3 }],
  ];
  for (const [name, paper] of papers)
    it(`leave ${name} paper as it is around them`, async () => {
      const color = name === "dark" ? "#ffffff" : "#222222";
      const made = await painted({ ...PAGE, ...paper }, (context) => [print(context, "a", TEXT, { ...BODY, color })]);
      const [{ box } = NOWHERE] = made.leaves[0]?.frames ?? [];
      expect(changedOutside(made, [grown(box, 2)])).to.equal(0);
      // The same paper where nobody wrote.
      const blank = colorIn(await imageOf(await scanned({ ...PAGE, ...paper }, () => undefined), 200), box);
      const data = await patched(made);
      const now = colorIn({ ...made.before, data }, box);
      expect(now.mean).to.be.closeTo(blank.mean, 1.5);
      expect(now.deviation).to.be.closeTo(blank.deviation, Math.max(1, blank.deviation * 0.25));
      expect(await readOf(data, made.before)).to.deep.equal([]);
    });

  it("are those of the leaves that are given, and of no other", async () => {
    const made = await painted(PAGE, (context) => {
      print(context, "other", ["Nobody translates these words."], { ...BODY, y: 90 });
      return [print(context, "a", TEXT, BODY)];
    });
    const data = await patched(made);
    expect(await readOf(data, made.before)).to.deep.equal([]);
    expect(await readOf(data, made.before, ["Nobody", "translates", "these", "words"])).to.have.length(4);
  });

  it("lie along the lines of a page that was scanned aslant", async () => {
    const made = await painted({ ...PAGE, skew: 1.5, grain: 3 }, (context) => [print(context, "a", TEXT, BODY)]);
    expect(await readOf(await patched(made), made.before)).to.deep.equal([]);
  });

  it("may run down or up the page", async () => {
    const made = await painted({ ...PAGE, width: 130, height: 300 }, (context) => {
      context.translate(130, 0);
      context.rotate(Math.PI / 2);
      const upright = print(context, "a", TEXT, BODY);
      const turned = ({ x0, y0, x1, y1 }: Box): Box => ({ x0: 130 - y1, y0: x0, x1: 130 - y0, y1: x1 });
      const lines = upright.frames?.[0]?.lines?.map(({ box }) => ({ box: turned(box) })) ?? [];
      return [{ ...upright, frames: [{ page: 1, turn: 90, box: { x0: 60, y0: 30, x1: 120, y1: 240 }, lines }] }];
    });
    const { data } = made.after;
    expect(data.every((value) => value > 235)).to.equal(true);
    expect(made.result.looks.get("a")?.size).to.be.closeTo(12, 0.6);
  });

  for (const known of [true, false])
    it(`leave rules, ${known ? "which are known" : "whoever did not find them"}, a box's edges and a photo beside them`, async () => {
      const rules = [
        { x0: 25, y0: 20, x1: 280, y1: 21 },
        { x0: 25, y0: 34.4, x1: 280, y1: 35.2 },
        { x0: 120, y0: 20, x1: 120.9, y1: 35 },
      ];
      const made = await painted(
        { ...PAGE, grain: 2 },
        (context) => {
          for (const { x0, y0, x1, y1 } of rules) context.fillRect(x0, y0, x1 - x0, y1 - y0);
          context.fillStyle = "#14452c";
          context.fillRect(25, 60, 140, 30);
          for (let x = 0; x < 40; x++) {
            context.fillStyle = `hsl(${x * 9}, 60%, ${30 + ((x * 37) % 40)}%)`;
            context.fillRect(200 + x, 60, 1, 40);
          }
          return [
            print(context, "a", ["The old garden"], { ...BODY, y: 31, size: 10 }),
            print(context, "b", ["Opening hours today"], { ...BODY, y: 78, font: "Sans", color: "#ffffff" }),
          ];
        },
        known ? { graphics: rules.map((box): Graphic => ({ kind: "rule", box })) } : {},
      );
      const words = [
        { x0: 28, y0: 21.8, x1: 100, y1: 33.8 },
        { x0: 28, y0: 66, x1: 145, y1: 84 },
      ];
      expect(changedOutside(made, words)).to.equal(0);
      expect(await readOf(await patched(made), made.before, ["garden", "Opening", "hours", "today"])).to.deep.equal([]);
    });

  it("leave nothing behind where blur has made one of their feet", async () => {
    let leaves: readonly Leaf[] = [];
    const coarse = await scanned({ ...PAGE, dotsPerInch: 110 }, (context) => {
      leaves = [
        print(context, "a", ["agreed that the swimming pool should", "mining communities, swimming summer"], {
          ...BODY,
          font: "Wide Serif",
          size: 10,
        }),
      ];
    });
    const image = await imageOf(
      sharp(await coarse.png().toBuffer())
        .blur(1.2)
        .resize(833, 361, { kernel: "linear", fit: "fill" }),
      200,
    );
    await patchesOf(image, leaves);
    expect(image.data.every((value) => value > 225)).to.equal(true);
  });

  it("on a photo stay, and it is said", async () => {
    const made = await painted(PAGE, (context) => {
      for (let x = 0; x < 300; x += 2)
        for (let y = 0; y < 130; y += 2) {
          const level = 110 + 60 * Math.sin(x / 5 + y / 9) + 50 * Math.cos(y / 4 - x / 7);
          context.fillStyle = `rgb(${level},${level * 0.9},${level * 0.7})`;
          context.fillRect(x, y, 2, 2);
        }
      return [print(context, "a", TEXT, { ...BODY, color: "#ffffff" })];
    });
    expect([...made.result.kept]).to.deep.equal(["a"]);
    expect(changedOutside(made, [])).to.equal(0);
  });
});

describe("the box that text stands on", () => {
  const drawn = (paper: Partial<Paper>, color: string, ink: string) =>
    painted({ ...PAGE, ...paper }, (context) => {
      context.fillStyle = color;
      context.fillRect(20, 10, 240, 70);
      context.fillStyle = "#1c1c1c";
      return [
        print(context, "a", TEXT, { ...BODY, color: ink }),
        print(context, "b", ["Below it is the paper itself."], { ...BODY, y: 110 }),
      ];
    });
  const boxes: readonly [string, Partial<Paper>, string, string][] = [
    ["dark", { grain: 4 }, "#1f5a3c", "#ffffff"],
    ["tinted, on shaded paper", { grain: 3, shade: 0.3 }, "#b4cdea", "#202020"],
    ["light, on grey, aslant", { grain: 3, color: [170, 170, 170], skew: 1.5 }, "#ffffff", "#202020"],
  ];
  for (const [name, paper, color, ink] of boxes)
    it(`is found, and paper is none: ${name}`, async () => {
      const { grounds } = (await drawn(paper, color, ink)).result;
      expect(grounds).to.have.length(1);
      const { x0, y0, x1, y1 } = grounds[0] as Box;
      for (const [found, expected] of [
        [x0, 20],
        [y0, 10],
        [x1, 260],
        [y1, 80],
      ] as const)
        expect(found).to.be.closeTo(expected, 1.5);
    });
  it("is none beside a photo, or other text", async () => {
    const { result } = await painted(PAGE, (context) => {
      context.fillStyle = "#345";
      context.fillRect(245, 10, 50, 100);
      context.fillStyle = "#1c1c1c";
      return [print(context, "a", TEXT, BODY), print(context, "b", ["And another text below it,", "near by."], { ...BODY, y: 85 })];
    });
    expect(result.grounds).to.deep.equal([]);
  });
});

describe("the look of ink", () => {
  const looks: readonly [Print["font"], { font: string; bold?: boolean }][] = [
    ["Serif", { font: "serif" }],
    ["Serif Bold", { font: "serif", bold: true }],
    ["Sans", { font: "sans" }],
    ["Sans Bold", { font: "sans", bold: true }],
    ["Other Serif", { font: "serif" }],
    ["Other Sans", { font: "sans" }],
  ];
  for (const dotsPerInch of [150, 300])
    for (const [font, expected] of looks)
      it(`is measured at ${dotsPerInch} dots an inch: ${font}`, async () => {
        const { result } = await painted({ ...PAGE, dotsPerInch, grain: 3 }, (context) => [
          print(context, "a", TEXT, { ...BODY, font, color: "#8c1414" }),
        ]);
        const { size = 0, color = "", ...face } = result.looks.get("a") ?? {};
        expect(face).to.deep.equal(expected);
        // Other faces have higher letters for their size; they are set as high as they were.
        if (!font.startsWith("Other")) expect(size).to.be.closeTo(12, 0.6);
        const ink = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
        for (const [channel, value] of [0x8c, 0x14, 0x14].entries()) expect(ink[channel]).to.be.closeTo(value, 26);
      });

  it("of a blurred picture is no paler and no fatter than it is", async () => {
    const draw = (context: SKRSContext2D) => [
      print(context, "head", ["Report of the Library"], { ...BODY, font: "Wide Serif Bold", size: 14 }),
      print(context, "a", ["The garden behind the old house is open"], { ...BODY, y: 60, font: "Wide Serif", size: 10 }),
    ];
    let leaves: readonly Leaf[] = [];
    const coarse = await scanned({ ...PAGE, dotsPerInch: 120 }, (context) => {
      leaves = draw(context);
    });
    const blurred = sharp(await coarse.png().toBuffer()).resize(833, 361, { kernel: "linear", fit: "fill" });
    const { looks } = await patchesOf(await imageOf(blurred, 200), leaves);
    const [head, a] = ["head", "a"].map((id) => looks.get(id));
    expect([head?.font, head?.bold, a?.font, a?.bold]).to.deep.equal(["serif", true, "serif", undefined]);
    expect(Number.parseInt(a?.color?.slice(1, 3) ?? "ff", 16)).to.be.below(0x48);
  });

  it("is the same for what looks the same, and bold only beside what is not", async () => {
    const { result } = await painted({ ...PAGE, grain: 3 }, (context) => [
      print(context, "head", ["Report of the Library"], { ...BODY, font: "Sans Bold", size: 14 }),
      print(context, "a", ["The garden behind the old house is open"], { ...BODY, y: 60, font: "Sans", size: 10 }),
      print(context, "b", ["to all readers, 9 to 5"], { ...BODY, y: 80, font: "Sans", size: 10 }),
    ]);
    const [head, a, b] = ["head", "a", "b"].map((id) => result.looks.get(id));
    expect(head?.bold).to.equal(true);
    expect(a).to.deep.equal(b);
    expect(a?.bold).to.equal(undefined);
  });
});
