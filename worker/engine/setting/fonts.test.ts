import { copyFile, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { expect } from "chai";
import { scratch } from "../../../test/support/documents.ts";
import { aPassage, aSheet, extracted, written } from "../../../test/support/sheets.ts";
import { covers } from "./coverage.ts";
import { fontsIn } from "./font_files.ts";
import { Fonts } from "./fonts.ts";
import { openSetter } from "./setter.ts";
import { fontOffsets, openSfnt, standalone } from "./sfnt.ts";

const require = createRequire(import.meta.url);
const NOTO = require.resolve("@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf");
const UPRIGHT = { bold: false, italic: false };

describe("the fonts", () => {
  const load = async (...ownFolders: string[]) => new Fonts(await import("harfbuzzjs"), { language: "es", ownFolders });

  it("are as wide as Times, Arial and Courier, in the weight and slant that is asked for", async () => {
    const fonts = await load();
    const names = (["serif", "sans", "mono"] as const).map((font) => fonts.first({ font, bold: true, italic: font === "mono" }).name);
    expect(names).to.deep.equal(["Tinos-Bold", "Arimo-Bold", "Cousine-BoldItalic"]);
  });

  for (const [sign, name] of [
    ["é", "Tinos-Regular"],
    ["ش", "NotoNaskhArabic-Regular"],
    ["ת", "Tinos-Regular"],
    ["₿", "NotoSerif-Regular"],
  ] as const) {
    it(`have ${sign} in ${name}`, async () => {
      expect((await load()).faceFor(sign.codePointAt(0) ?? 0, { font: "serif", ...UPRIGHT })?.name).to.equal(name);
    });
  }

  it("have no glyph for a sign that is in none, which is said once", async () => {
    const setter = await openSetter({ language: "es" });
    const [set] = setter.set(
      aSheet([aPassage("p", "uno \u{10FFFD} dos \u{10FFFD}", { box: { x0: 60, x1: 260, y0: 80 }, lines: 1 })]),
      () => undefined,
    );
    expect(set?.missing).to.deep.equal(["\u{10FFFD}"]);
  });

  it("take one's own of a class before those of the program, and leave what is no font", async () => {
    await using folder = await scratch();
    await copyFile(NOTO, path.join(folder.path, "mine.ttf"));
    await writeFile(path.join(folder.path, "broken.ttf"), Buffer.from("\0\x01\0\0\0\x7f and nothing of what it promises"));
    const fonts = await load(folder.path, path.join(folder.path, "not there"));
    expect(fonts.first({ font: "sans", ...UPRIGHT }).name).to.equal("NotoSans-Regular");
    expect(fonts.first({ font: "serif", ...UPRIGHT }).name).to.equal("Tinos-Regular");
  });

  it("know before a font is read which signs it has", async () => {
    await using folder = await scratch();
    await copyFile(NOTO, path.join(folder.path, "mine.ttf"));
    const coverage = fontsIn(folder.path)[0]?.coverage ?? new Uint32Array();
    expect(["a", "ж", "ệ", "中", "ش"].filter((sign) => covers(coverage, sign.codePointAt(0) ?? 0))).to.deep.equal(["a", "ж", "ệ"]);
  });

  it("take a font of a collection out of it", async () => {
    await using folder = await scratch();

    const [one, two] = [await readFile(NOTO), await readFile(require.resolve("@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf"))];
    await writeFile(path.join(folder.path, "both.ttc"), collection(one, two));
    expect(fontsIn(folder.path).map(({ name }) => name)).to.deep.equal(["NotoSans-Regular", "Arimo-Regular"]);
    const setter = await openSetter({ language: "es", fontFolders: [folder.path] });
    const sheet = aSheet([aPassage("p", "Fuera de la colección", { box: { x0: 60, x1: 260, y0: 80 }, lines: 1 }, { font: "sans" })]);
    expect(
      extracted(
        await written(
          sheet,
          setter.set(sheet, () => undefined),
        ),
      ).trim(),
    ).to.equal("Fuera de la colección");
  });

  it("are taken apart without loss", async () => {
    const font = openSfnt(await readFile(NOTO));
    const again = font && openSfnt(standalone(font));
    expect([...(again?.tables.keys() ?? [])]).to.have.members([...(font?.tables.keys() ?? [])]);
    expect(fontOffsets(standalone(font ?? { tables: new Map(), bytes: new Uint8Array() }))).to.deep.equal([0]);
  });
});

/** Fonts one after the other behind the head of a collection, their tables' places moved. */
function collection(...fonts: readonly Buffer[]): Buffer {
  let at = 12 + 4 * fonts.length;
  const starts = fonts.map(({ length }) => {
    const start = at;
    at += (length + 3) & ~3;
    return start;
  });
  const file = Buffer.alloc(at);
  file.write("ttcf", 0, "latin1");
  file.writeUInt32BE(0x00010000, 4);
  file.writeUInt32BE(fonts.length, 8);
  for (const [index, font] of fonts.entries()) {
    const start = starts[index] ?? 0;
    file.writeUInt32BE(start, 12 + 4 * index);
    font.copy(file, start);
    for (let table = 0; table < font.readUInt16BE(4); table++) {
      const offset = start + 12 + 16 * table + 8;
      file.writeUInt32BE(file.readUInt32BE(offset) + start, offset);
    }
  }
  return file;
}
