import type { Font } from "harfbuzzjs";
import { type FontMetrics, metricsOf, openSfnt } from "./sfnt.ts";
import type { Face, ShapedGlyph } from "./sheet.ts";

/** Loaded when the first text is set: reading it takes milliseconds that an engine that sets none need not spend. */
export type HarfBuzz = typeof import("harfbuzzjs");

export interface ShapedText {
  readonly glyphs: readonly ShapedGlyph[];
  /** In ems. */
  readonly width: number;
}

/** Of a glyph's ink over and under the baseline, in ems. */
interface Ink {
  readonly top: number;
  readonly bottom: number;
}

const CACHE_LIMIT = 20_000;

/** A face that shapes text, a word at a time: what was shaped once is remembered. */
export class FontFace implements Face {
  readonly name: string;
  readonly data: Uint8Array;
  readonly #harfBuzz: HarfBuzz;
  readonly #font: Font;
  readonly #shaped = new Map<string, ShapedText>();
  readonly #ink = new Map<number, Ink>();
  readonly #unitsPerEm: number;
  #metrics: FontMetrics | undefined;

  constructor(harfBuzz: HarfBuzz, name: string, data: Uint8Array) {
    this.name = name;
    this.data = data;
    this.#harfBuzz = harfBuzz;
    const face = new harfBuzz.Face(new harfBuzz.Blob(data));
    this.#font = new harfBuzz.Font(face);
    this.#unitsPerEm = face.upem;
  }

  has(codePoint: number): boolean {
    return (this.#font.nominalGlyph(codePoint) ?? 0) !== 0;
  }

  get metrics(): FontMetrics {
    const font = openSfnt(this.data);
    this.#metrics ??= metricsOf(font ?? { tables: new Map(), bytes: this.data });
    return this.#metrics;
  }

  /** `text` in one script and direction; `language` is BCP 47. */
  shape(text: string, isRightToLeft: boolean, language: string): ShapedText {
    const key = isRightToLeft ? `\u2067${text}` : text;
    const known = this.#shaped.get(key);
    if (known) return known;
    const shaped = this.#shape(text, isRightToLeft, language);
    if (this.#shaped.size >= CACHE_LIMIT) this.#shaped.clear();
    this.#shaped.set(key, shaped);
    return shaped;
  }

  #shape(text: string, isRightToLeft: boolean, language: string): ShapedText {
    const { Buffer, ClusterLevel, Direction, shape } = this.#harfBuzz;
    const buffer = new Buffer();
    buffer.setClusterLevel(ClusterLevel.MONOTONE_CHARACTERS);
    buffer.addText(text);
    buffer.guessSegmentProperties();
    buffer.setDirection(isRightToLeft ? Direction.RTL : Direction.LTR);
    buffer.setLanguage(language);
    shape(this.#font, buffer);
    const infos = buffer.getGlyphInfosAndPositions();
    const clusters = clusterTexts(
      text,
      infos.map(({ cluster }) => cluster),
    );
    const em = this.#unitsPerEm;
    const bearer = bearers(infos);
    let width = 0;
    const glyphs = infos.map((info, index): ShapedGlyph => {
      const advance = (info.xAdvance ?? 0) / em;
      width += advance;
      const says = bearer.get(info.cluster) === index ? (clusters.get(info.cluster) ?? "") : "";
      return { id: info.codepoint, advance, dx: (info.xOffset ?? 0) / em, dy: (info.yOffset ?? 0) / em, text: says };
    });
    return { glyphs, width };
  }

  /** Of the glyph's ink, in ems; nothing for blanks. */
  inkOf(glyph: number): Ink {
    const known = this.#ink.get(glyph);
    if (known) return known;
    const extents = this.#font.glyphExtents(glyph);
    const ink = extents
      ? { top: extents.yBearing / this.#unitsPerEm, bottom: (extents.yBearing + extents.height) / this.#unitsPerEm }
      : { top: 0, bottom: 0 };
    this.#ink.set(glyph, ink);
    return ink;
  }
}

/** Of several glyphs for one text the widest bears it: dots and marks are drawn beside their letter. */
function bearers(infos: readonly { readonly cluster: number; readonly xAdvance?: number }[]): Map<number, number> {
  const bearer = new Map<number, number>();
  for (const [index, info] of infos.entries()) {
    const before = bearer.get(info.cluster);
    if (before === undefined || (info.xAdvance ?? 0) > (infos[before]?.xAdvance ?? 0)) bearer.set(info.cluster, index);
  }
  return bearer;
}

/** What of `text` each cluster stands for: from its own start to the next one's. */
function clusterTexts(text: string, clusters: readonly number[]): Map<number, string> {
  const starts = [...new Set(clusters)].sort((a, b) => a - b);
  return new Map(starts.map((start, index) => [start, text.slice(start, starts[index + 1] ?? text.length)]));
}
