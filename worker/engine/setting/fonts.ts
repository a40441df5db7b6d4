import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { covers } from "./coverage.ts";
import { FontFace, type HarfBuzz } from "./font_face.ts";
import { type FontFile, fontsIn } from "./font_files.ts";

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
  readonly hasItalic: boolean;
}

/** Their widths are those of Times, Arial and Courier, which most documents are set in. */
const FIRST: Readonly<Record<FontClass, Family>> = {
  serif: { name: "Tinos", package: "tinos", hasItalic: true },
  sans: { name: "Arimo", package: "arimo", hasItalic: true },
  mono: { name: "Cousine", package: "cousine", hasItalic: true },
};
const NOTO_SERIF: Family = { name: "NotoSerif", package: "noto-serif", hasItalic: true };
const NOTO_SANS: Family = { name: "NotoSans", package: "noto-sans", hasItalic: true };
const ARABIC: Family = { name: "NotoNaskhArabic", package: "noto-naskh-arabic", hasItalic: false };
const HEBREW: Family = { name: "NotoSansHebrew", package: "noto-sans-hebrew", hasItalic: false };

/** What comes with the program, by package. */
export const FONT_FAMILIES: readonly Family[] = [...Object.values(FIRST), NOTO_SERIF, NOTO_SANS, ARABIC, HEBREW];
export const SYSTEM_FOLDERS = ["/usr/share/fonts", "/usr/local/share/fonts"];
/** Signs that only fonts of Chinese, Japanese and Korean have: their Latin letters do not look like those of Times and Arial. */
const CJK_SIGNS = [0x4e00, 0x3042, 0xac00];

const require = createRequire(import.meta.url);

/** The fonts of this process. Each is read when the first sign is set in it; a folder's are looked at when it is their turn. */
export class Fonts {
  readonly #harfBuzz: HarfBuzz;
  readonly #ownFolders: readonly string[];
  readonly #isOfLanguage: RegExp;
  readonly #faces = new Map<string | FontFile, FontFace | undefined>();
  readonly #first = new Map<string, FontFace>();
  readonly #chosen = new Map<string, Map<number, FontFace | undefined>>();

  /** Fonts of `ownFolders` go before those that come with the program, and these before the system's. */
  constructor(harfBuzz: HarfBuzz, { language, ownFolders }: { readonly language: string; readonly ownFolders: readonly string[] }) {
    this.#harfBuzz = harfBuzz;
    this.#isOfLanguage = cjkNames(language);
    this.#ownFolders = ownFolders;
  }

  /** The face that text of this look is set in where it has its signs. */
  first(wish: FaceWish): FontFace {
    const key = keyOf(wish);
    const face = this.#first.get(key) ?? this.#ownFirst(wish) ?? this.#bundled(FIRST[wish.font], wish);
    this.#first.set(key, face);
    return face;
  }

  /** The face with a glyph for `codePoint` that looks most like `wish`; undefined if no font has one. */
  faceFor(codePoint: number, wish: FaceWish): FontFace | undefined {
    const key = keyOf(wish);
    const chosen = this.#chosen.get(key) ?? new Map<number, FontFace | undefined>();
    this.#chosen.set(key, chosen);
    if (!chosen.has(codePoint)) chosen.set(codePoint, this.#search(codePoint, wish));
    return chosen.get(codePoint);
  }

  #search(codePoint: number, wish: FaceWish): FontFace | undefined {
    const noto = wish.font === "sans" ? [NOTO_SANS, NOTO_SERIF] : [NOTO_SERIF, NOTO_SANS];
    const first = this.first(wish);
    if (first.has(codePoint)) return first;
    const own = this.#inFolders(this.#ownFolders, codePoint, wish);
    if (own) return own;
    for (const family of [FIRST[wish.font], ...noto, ARABIC, HEBREW, ...Object.values(FIRST)]) {
      const face = this.#bundled(family, wish);
      if (face.has(codePoint)) return face;
    }
    return this.#inFolders(SYSTEM_FOLDERS, codePoint, wish);
  }

  /** Of the fonts of one's own, the one of this class, weight and slant that is for Latin letters. */
  #ownFirst(wish: FaceWish): FontFace | undefined {
    for (const file of this.#ownFolders.flatMap(fontsIn)) {
      const isAlike = file.font === wish.font && file.bold === wish.bold && file.italic === wish.italic;
      const isLatin = covers(file.coverage, 0x41) && covers(file.coverage, 0x20) && !CJK_SIGNS.some((sign) => covers(file.coverage, sign));
      const face = isAlike && isLatin ? this.#ofFile(file) : undefined;
      if (face?.has(0x41)) return face;
    }
    return undefined;
  }

  #inFolders(folders: readonly string[], codePoint: number, wish: FaceWish): FontFace | undefined {
    const likeness = ({ name, font, bold, italic }: FontFile) =>
      (this.#isOfLanguage.test(name) ? 8 : 0) +
      (bold === wish.bold ? 4 : 0) +
      (italic === wish.italic ? 2 : 0) +
      (font === wish.font ? 1 : 0);
    const files = folders.flatMap(fontsIn).filter(({ coverage }) => covers(coverage, codePoint));
    for (const file of files.sort((a, b) => likeness(b) - likeness(a))) {
      const face = this.#ofFile(file);
      if (face?.has(codePoint)) return face;
    }
    return undefined;
  }

  /** Undefined for a file that is broken or has gone. */
  #ofFile(file: FontFile): FontFace | undefined {
    if (!this.#faces.has(file))
      this.#faces.set(
        file,
        opened(() => new FontFace(this.#harfBuzz, file.name, file.load())),
      );
    return this.#faces.get(file);
  }

  #bundled(family: Family, wish: FaceWish): FontFace {
    const file = fileOf(family, wish);
    const name = `${family.name}-${wish.bold ? "Bold" : ""}${wish.italic && family.hasItalic ? "Italic" : ""}`;
    const face = this.#faces.get(file) ?? new FontFace(this.#harfBuzz, name.replace(/-$/, "-Regular"), readFileSync(require.resolve(file)));
    this.#faces.set(file, face);
    return face;
  }
}

/** The folders that DRAGOMAN_FONTS names, separated as those of PATH are. */
export function ownFontFolders(): string[] {
  return (process.env["DRAGOMAN_FONTS"] ?? "").split(path.delimiter).filter((folder) => folder !== "");
}

/** Where Node finds a face of a family that comes with the program. */
export function fileOf(family: Family, { bold, italic }: Omit<FaceWish, "font">): string {
  const style = `${bold ? "700Bold" : "400Regular"}${italic && family.hasItalic ? "_Italic" : ""}`;
  return `@expo-google-fonts/${family.package}/${style}/${family.name}_${style}.ttf`;
}

/** What fonts are called that have the same signs in the forms of different countries. */
function cjkNames(language: string): RegExp {
  const tag = language.toLowerCase();
  if (/^zh-(hant|tw|hk|mo)/.test(tag)) return /CJKtc|CJKhk|SerifTC|SansTC/;
  if (tag.startsWith("zh")) return /CJKsc|SerifSC|SansSC/;
  if (tag.startsWith("ja")) return /CJKjp|SerifJP|SansJP/;
  return tag.startsWith("ko") ? /CJKkr|SerifKR|SansKR/ : /(?!)/;
}

function keyOf({ font, bold, italic }: FaceWish): string {
  return `${font} ${bold} ${italic}`;
}

function opened(open: () => FontFace): FontFace | undefined {
  try {
    return open();
  } catch {
    return undefined;
  }
}
