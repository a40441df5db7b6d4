import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { FontFace, type HarfBuzz } from "./font_face.ts";

export type FontClass = "serif" | "sans" | "mono";

/** What a face is chosen by. */
export interface FaceWish {
  readonly font: FontClass;
  readonly bold: boolean;
  readonly italic: boolean;
}

interface Family {
  readonly name: string;
  readonly package: string;
  readonly font: FontClass;
  readonly hasItalic: boolean;
}

/** Their widths are those of Times, Arial and Courier, which most documents are set in. */
const FIRST: Readonly<Record<FontClass, Family>> = {
  serif: { name: "Tinos", package: "tinos", font: "serif", hasItalic: true },
  sans: { name: "Arimo", package: "arimo", font: "sans", hasItalic: true },
  mono: { name: "Cousine", package: "cousine", font: "mono", hasItalic: true },
};
const NOTO_SERIF: Family = { name: "NotoSerif", package: "noto-serif", font: "serif", hasItalic: true };
const NOTO_SANS: Family = { name: "NotoSans", package: "noto-sans", font: "sans", hasItalic: true };
const ARABIC: Family = { name: "NotoNaskhArabic", package: "noto-naskh-arabic", font: "serif", hasItalic: false };
const HEBREW: Family = { name: "NotoSansHebrew", package: "noto-sans-hebrew", font: "sans", hasItalic: false };

const require = createRequire(import.meta.url);

/** The fonts of this process: each is read when the first sign is looked for in it. */
export class Fonts {
  readonly #harfBuzz: HarfBuzz;
  readonly #faces = new Map<string, FontFace>();
  readonly #chosen = new Map<string, Map<number, FontFace | undefined>>();

  constructor(harfBuzz: HarfBuzz) {
    this.#harfBuzz = harfBuzz;
  }

  /** The face that text of this look is set in where it has its signs. */
  first(wish: FaceWish): FontFace {
    return this.#face(FIRST[wish.font], wish);
  }

  /** The face with a glyph for `codePoint` that looks most like `wish`; undefined if no font has one. */
  faceFor(codePoint: number, wish: FaceWish): FontFace | undefined {
    const key = `${wish.font}${wish.bold}${wish.italic}`;
    const chosen = this.#chosen.get(key) ?? new Map<number, FontFace | undefined>();
    this.#chosen.set(key, chosen);
    if (!chosen.has(codePoint)) chosen.set(codePoint, this.#search(codePoint, wish));
    return chosen.get(codePoint);
  }

  #search(codePoint: number, wish: FaceWish): FontFace | undefined {
    const noto = wish.font === "sans" ? [NOTO_SANS, NOTO_SERIF] : [NOTO_SERIF, NOTO_SANS];
    for (const family of [FIRST[wish.font], ...noto, ARABIC, HEBREW, ...Object.values(FIRST)]) {
      const face = this.#face(family, wish);
      if (face.has(codePoint)) return face;
    }
    return undefined;
  }

  #face(family: Family, { bold, italic }: FaceWish): FontFace {
    const style = `${bold ? "700Bold" : "400Regular"}${italic && family.hasItalic ? "_Italic" : ""}`;
    const file = `@expo-google-fonts/${family.package}/${style}/${family.name}_${style}.ttf`;
    let face = this.#faces.get(file);
    if (!face) {
      const name = `${family.name}-${bold ? "Bold" : "Regular"}${italic && family.hasItalic ? "Italic" : ""}`;
      face = new FontFace(this.#harfBuzz, name.replace("RegularItalic", "Italic"), readFileSync(require.resolve(file)));
      this.#faces.set(file, face);
    }
    return face;
  }
}
