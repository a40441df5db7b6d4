import { createHash } from "node:crypto";
import { type PDFDocument, type PDFRef, PDFString } from "pdf-lib";
import { advancesOf, type FontMetrics, metricsOf, openSfnt } from "./sfnt.ts";
import type { Face, ShapedGlyph } from "./sheet.ts";
import { subset } from "./subset.ts";
import { toUnicode } from "./to_unicode.ts";

/** Codes are two bytes. */
const CODES = 0x10000;
/**
 * Codes of glyphs without a text of their own, as the dots of Arabic letters are. They are in no ToUnicode, and what
 * readers then take for the text is the code itself: here a sign that is not seen.
 */
const UNSEEN = [
  0x180e,
  ...range(0x200b, 0x200f),
  ...range(0x202a, 0x202e),
  ...range(0x2060, 0x2064),
  ...range(0x2066, 0x206f),
  0xfeff,
  0xfff9,
];

/** A face on its way into a PDF: which of its glyphs were shown, and what for. */
export class EmbeddedFace {
  readonly reference: PDFRef;
  readonly metrics: FontMetrics;
  readonly isCff: boolean;
  readonly #face: Face;
  readonly #advance: (glyph: number) => number;
  /** By code: a glyph that stands for several texts has a code for each. */
  readonly #shown = new Map<number, { readonly glyph: number; readonly text: string }>();
  readonly #codes = new Map<string, number>();
  readonly #unseen: number[];
  #nextCode: number;

  constructor(face: Face, reference: PDFRef) {
    const font = openSfnt(face.data) ?? { tables: new Map(), bytes: face.data };
    this.#face = face;
    this.reference = reference;
    this.metrics = metricsOf(font);
    this.isCff = font.tables.has("CFF ");
    this.#advance = advancesOf(font, this.metrics);
    this.#nextCode = this.metrics.glyphCount;
    this.#unseen = UNSEEN.filter((code) => code >= this.#nextCode);
  }

  /** In thousandths of an em, as the PDF says it: what has no text has no width, so that readers who pass over it are where they should be. */
  widthOf({ id, text }: Pick<ShapedGlyph, "id" | "text">): number {
    return text === "" && !this.isCff ? 0 : Math.round(this.#advance(id) * 10) / 10;
  }

  /** The code to show `glyph` by, so that its text is found. */
  codeOf({ id, text }: ShapedGlyph): number {
    const key = `${id} ${text}`;
    const known = this.#codes.get(key);
    if (known !== undefined) return known;
    const code = this.#newCode(id, text);
    if (!this.#shown.has(code)) this.#shown.set(code, { glyph: id, text });
    this.#codes.set(key, code);
    return code;
  }

  #newCode(glyph: number, text: string): number {
    // CFF has no map from codes to glyphs: there the first text of a glyph is all that it stands for.
    if (this.isCff) return glyph;
    if (text === "") return this.#unseen.pop() ?? glyph;
    if (!this.#shown.has(glyph)) return glyph;
    while (this.#shown.has(this.#nextCode) || UNSEEN.includes(this.#nextCode)) this.#nextCode++;
    return this.#nextCode < CODES ? this.#nextCode : glyph;
  }

  /** Throws an error if the font cannot be subset. */
  async embed({ context }: PDFDocument): Promise<void> {
    const codes = [...this.#shown].sort(([a], [b]) => a - b);
    const glyphs = [...new Set(codes.map(([, { glyph }]) => glyph))];
    const bytes = (await subset(this.#face.data, [0, ...glyphs])) ?? this.#face.data;
    const name = `${tagOf(this.#face.name, glyphs)}+${this.#face.name}`;
    const program = this.isCff
      ? { FontFile3: context.register(context.flateStream(cffOf(bytes), { Subtype: "CIDFontType0C" })) }
      : { FontFile2: context.register(context.flateStream(bytes, { Length1: bytes.length })) };
    const isAliased = codes.some(([code, { glyph }]) => code !== glyph);
    const descendant = context.obj({
      Type: "Font",
      Subtype: this.isCff ? "CIDFontType0" : "CIDFontType2",
      BaseFont: name,
      CIDSystemInfo: { Registry: PDFString.of("Adobe"), Ordering: PDFString.of("Identity"), Supplement: 0 },
      FontDescriptor: context.register(context.obj({ ...descriptor(name, this.metrics), ...program })),
      DW: 1000,
      W: codes.flatMap(([code, { glyph, text }]) => [code, [this.widthOf({ id: glyph, text })]]),
      ...(this.isCff ? {} : { CIDToGIDMap: isAliased ? context.register(context.flateStream(glyphMap(codes))) : "Identity" }),
    });
    const texts = codes.map(([code, { text }]) => [code, text] as const);
    context.assign(
      this.reference,
      context.obj({
        Type: "Font",
        Subtype: "Type0",
        BaseFont: name,
        Encoding: "Identity-H",
        DescendantFonts: [context.register(descendant)],
        ToUnicode: context.register(context.flateStream(toUnicode(texts))),
      }),
    );
  }
}

/** The table that PDF's older readers want by itself. */
function cffOf(bytes: Uint8Array): Uint8Array {
  const table = openSfnt(bytes)?.tables.get("CFF ");
  return table ? bytes.subarray(table.offset, table.offset + table.length) : bytes;
}

/** ISO 32000-1, 9.8. */
function descriptor(name: string, metrics: FontMetrics) {
  const { isFixed, isSerif, italicAngle, weight } = metrics;
  const symbolic = 4;
  return {
    Type: "FontDescriptor",
    FontName: name,
    Flags: (isFixed ? 1 : 0) + (isSerif ? 2 : 0) + symbolic + (italicAngle !== 0 ? 64 : 0) + (weight >= 700 ? 1 << 18 : 0),
    FontBBox: [...metrics.box],
    ItalicAngle: italicAngle,
    Ascent: metrics.ascent,
    Descent: metrics.descent,
    CapHeight: metrics.capHeight,
    // No font says it; as Adobe's do by weight.
    StemV: Math.round(50 + (weight / 65) ** 2),
  };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** For codes that are no glyph's number: two bytes for each code. */
function glyphMap(codes: readonly (readonly [code: number, shown: { readonly glyph: number }])[]): Uint8Array {
  const map = new Uint8Array(2 * ((codes.at(-1)?.[0] ?? 0) + 1));
  const view = new DataView(map.buffer);
  for (const [code, { glyph }] of codes) view.setUint16(2 * code, glyph);
  return map;
}

/** Six capitals that tell subsets of a font apart (ISO 32000-1, 9.6.4). */
function tagOf(name: string, glyphs: readonly number[]): string {
  const digest = createHash("sha256")
    .update(`${name} ${glyphs.join(" ")}`)
    .digest();
  return [...digest.subarray(0, 6)].map((byte) => String.fromCharCode(65 + (byte % 26))).join("");
}
