import { expect } from "chai";
import fc from "fast-check";
import { aPassage, aSheet, extracted, type FrameLike, written } from "../../../test/support/sheets.ts";
import { type Box, sharedArea } from "../document/geometry.ts";
import { openSetter, type Setter } from "./setter.ts";
import type { Passage, SetPassage } from "./sheet.ts";

const WORDS = "el río constitucionalidad de la investigación x extraordinariamente 1.204 https://example.org/una/ruta/larga y".split(" ");
const PARAGRAPH = { box: { x0: 60, x1: 260, y0: 80 }, lines: 4 } as const;
const none = () => undefined;

/** A page of frames in a grid, some of one line, some of several, with texts of any length. */
const pages = fc.record({ columns: fc.integer({ min: 1, max: 4 }), rows: fc.integer({ min: 1, max: 6 }) }).chain(({ columns, rows }) => {
  const cell = fc.record({
    lines: fc.integer({ min: 1, max: 5 }),
    size: fc.constantFrom(6, 9, 11, 14),
    words: fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 60, size: "max" }),
    ends: fc.array(fc.double({ min: 0.2, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 }),
    starts: fc.array(fc.double({ min: 0, max: 0.15, noNaN: true }), { minLength: 5, maxLength: 5 }),
  });
  return fc.array(cell, { minLength: columns * rows, maxLength: columns * rows }).map((cells) =>
    cells.map(({ lines, size, words, ends, starts }, index): Passage => {
      const [width, height] = [480 / columns, 740 / rows];
      const [x0, y0] = [55 + (index % columns) * width, 45 + Math.floor(index / columns) * height];
      const frame: FrameLike = { box: { x0, x1: x0 + width - 14, y0 }, lines, size, ends, starts };
      return aPassage(`p${index}`, words.join(" "), frame);
    }),
  );
});

describe("fitting", () => {
  let setter: Setter;
  before(async () => {
    setter = await openSetter({ language: "es", fontFolders: [] });
  });

  it("lets no line leave the page or its text out, and no passage go over another", () => {
    fc.assert(
      fc.property(pages, (passages) => {
        const set = setter.set(aSheet(passages), none);
        for (const [index, { lines }] of set.entries()) {
          for (const { box } of lines) expect(Math.min(box.x0, box.y0, 595 - box.x1, 842 - box.y1), passages[index]?.id).to.be.at.least(0);
          expect(lettersOf(set[index])).to.equal(textOf(passages[index]).replace(/\s/g, ""));
          for (const other of set.slice(index + 1))
            expect(shared(lines, other.lines), `${passages[index]?.id} over ${other.id}`).to.be.below(1);
        }
      }),
      { numRuns: 60, seed: 15 },
    );
  });

  it("goes under its smallest size only where it says so", () => {
    fc.assert(
      fc.property(pages, (passages) => {
        for (const [index, { scale, overflow }] of setter.set(aSheet(passages), none).entries()) {
          const size = passages[index]?.look.size ?? 0;
          if (!overflow) expect(scale * 1.0001).to.be.at.least(Math.min(1, Math.max(0.6, 5 / size)));
        }
      }),
      { numRuns: 30, seed: 16 },
    );
  });

  it("keeps the size of what fits", () => {
    expect(only(aPassage("p", "Cuatro líneas que caben", PARAGRAPH)).scale).to.equal(1);
  });

  it("lets a paragraph grow down before it becomes much smaller, but not over what is below", () => {
    const text = "palabras que no caben en su sitio ".repeat(8);
    const below = aPassage("b", "Debajo", { box: { x0: 60, x1: 260, y0: 170 }, lines: 1 });
    const alone = only(aPassage("p", text, PARAGRAPH));
    const [crowded, kept] = setter.set(aSheet([aPassage("p", text, PARAGRAPH), below]), none);
    expect(alone.scale).to.equal(1);
    expect(crowded?.lines.at(-1)?.box.y1).to.be.below(kept?.lines[0]?.box.y0 ?? 0);
  });

  it("says that what has no room overflows, and prints it nevertheless", () => {
    const sheet = aSheet([aPassage("p", "demasiado ".repeat(80), { box: { x0: 60, x1: 120, y0: 80 }, lines: 1 })], {
      containers: [{ x0: 58, x1: 122, y0: 78, y1: 94 }],
    });
    const [set] = setter.set(sheet, none);
    expect(set?.overflow).to.equal(true);
    expect(lettersOf(set)).to.equal("demasiado".repeat(80));
  });

  it("is not smaller than can be read while there is room for it on any side", () => {
    const narrow: FrameLike = { box: { x0: 60, x1: 160, y0: 80 }, lines: 3, size: 11 };
    const below: FrameLike = { box: { x0: 60, x1: 160, y0: 124 }, lines: 3, size: 11 };
    const text = "palabra larga y otra más ".repeat(16).trim();
    const [set, other] = setter.set(aSheet([aPassage("a", text, narrow), aPassage("b", "Breve y claro.", below)]), none);
    const sizes = set?.lines.flatMap(({ pieces }) => pieces.flatMap((piece) => (piece.kind === "glyphs" ? [piece.size] : []))) ?? [];
    expect(set?.overflow).to.equal(true);
    expect(Math.min(...sizes)).to.be.at.least(4);
    expect(lettersOf(set)).to.equal(text.replace(/\s/g, ""));
    expect(shared(set?.lines ?? [], other?.lines ?? [])).to.be.below(1);
  });

  it("gives paragraphs of one look one size, but for the odd one", () => {
    const filled = { lines: 3, size: 10, ends: [1, 1, 0.9] };
    const passages = Array.from({ length: 10 }, (_, index) =>
      aPassage(`p${index}`, "palabras del mismo aspecto ".repeat(index === 4 ? 12 : 6 + (index % 2)), {
        ...filled,
        box: { x0: 60, x1: 260, y0: 40 + 50 * index },
      }),
    );
    const scales = setter.set(aSheet(passages), none).map(({ scale }) => scale);
    const usual = scales.filter((_, index) => index !== 4);
    expect(new Set(usual).size).to.equal(1);
    expect(scales[4]).to.be.below(usual[0] ?? 0);
  });

  it("lets text flow on in its next frame", () => {
    const first = aPassage("p", "palabras que siguen en otra columna ".repeat(6), PARAGRAPH);
    const second = aPassage("q", "", { ...PARAGRAPH, box: { x0: 300, x1: 500, y0: 80 } });
    const [set] = setter.set(aSheet([{ ...first, frames: [first.frames[0], second.frames[0]] }]), none);
    expect(new Set(set?.lines.map(({ box }) => box.x0 >= 300))).to.deep.equal(new Set([false, true]));
  });

  it("sets a chip as a letter of its width, in its place", () => {
    const formula = { kind: "atom", as: "formula", text: "χ" } as const;
    const passage = aPassage("p", [{ kind: "text", text: "sea " }, formula, { kind: "text", text: " uno" }], { ...PARAGRAPH, lines: 1 });
    const [set] = setter.set(aSheet([passage]), (atom) => (atom === formula ? { width: 30, ascent: 8, descent: 2 } : undefined));
    const [before, chip, after] = set?.lines[0]?.pieces ?? [];
    expect(chip?.kind).to.equal("chip");
    expect((after?.x ?? 0) - (chip?.x ?? 0)).to.be.closeTo(30, 0.01);
    expect(before?.kind === "glyphs" && before.x + before.width).to.be.closeTo(chip?.x ?? 0, 0.01);
  });

  it("raises scripts and makes them smaller", () => {
    const set = only(
      aPassage(
        "p",
        [
          { kind: "text", text: "nota" },
          { kind: "span", style: { script: "super" }, content: [{ kind: "text", text: "2" }] },
        ],
        { ...PARAGRAPH, lines: 1 },
      ),
    );
    const [text, mark] = set.lines[0]?.pieces ?? [];
    expect(mark?.kind === "glyphs" && text?.kind === "glyphs" && mark.size / text.size).to.be.closeTo(0.65, 0.01);
    expect((text?.y ?? 0) - (mark?.y ?? 0)).to.be.greaterThan(2);
  });

  it("is as wide as pdftotext finds it", async () => {
    const sheet = aSheet([aPassage("p", "Las constituciones AVATAR y finas", { ...PARAGRAPH, lines: 1 })]);
    const set = setter.set(sheet, none);
    const words = [...extracted(await written(sheet, set), "-bbox").matchAll(/xMin="([\d.]+)".*xMax="([\d.]+)"/g)];
    expect(Number(words.at(-1)?.[2])).to.be.closeTo(set[0]?.lines[0]?.box.x1 ?? 0, 0.05);
    expect(Number(words[0]?.[1])).to.be.closeTo(60, 0.05);
  });

  for (const turn of [90, 180, 270] as const) {
    it(`sets lines turned by ${turn}° within their frame`, () => {
      const { frames, ...rest } = aPassage("p", "texto girado", PARAGRAPH);
      const box = turn === 180 ? { x0: 300, y0: 400, x1: 420, y1: 414 } : { x0: 300, y0: 300, x1: 314, y1: 420 };
      const set = only({ ...rest, frames: [{ ...frames[0], turn, box, lines: [{ box }] }] });
      const [line] = set.lines;
      expect(line?.turn).to.equal(turn);
      expect(sharedArea(line?.box ?? box, box) / areaOf(line?.box ?? box)).to.be.greaterThan(0.9);
    });
  }

  function only(passage: Passage): SetPassage {
    const [set] = setter.set(aSheet([passage]), none);
    if (!set) throw new Error("nothing was set");
    return set;
  }
});

function areaOf({ x0, y0, x1, y1 }: Box): number {
  return (x1 - x0) * (y1 - y0);
}

function shared(lines: SetPassage["lines"], others: SetPassage["lines"]): number {
  return lines.reduce((sum, { box }) => sum + others.reduce((more, other) => more + sharedArea(box, other.box), 0), 0);
}

function textOf(passage: Passage | undefined): string {
  const [first] = passage?.content ?? [];
  return first?.kind === "text" ? first.text : "";
}

/** In the order that they are drawn in, without blanks and the hyphens of line ends. */
function lettersOf(set: SetPassage | undefined): string {
  const lines = (set?.lines ?? []).map(({ pieces }) =>
    pieces.map((piece) => (piece.kind === "glyphs" ? piece.glyphs.map(({ text }) => text).join("") : "")).join(""),
  );
  return lines
    .map((line) => line.replace(/-$/, ""))
    .join("")
    .replace(/\s/g, "");
}
