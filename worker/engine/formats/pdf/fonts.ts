import type { TextStyle } from "../../document/model.ts";

/** What pdf.js says of a font with `fontExtraProperties`; all of it comes from the file, and any of it may be missing. */
export interface PdfFont {
  readonly name?: string;
  readonly fontMatrix?: readonly number[];
  readonly ascent?: number;
  readonly descent?: number;
  readonly bold?: boolean;
  readonly black?: boolean;
  readonly italic?: boolean;
  readonly isMonospace?: boolean;
  readonly isSerifFont?: boolean;
  readonly isType3Font?: boolean;
  readonly vertical?: boolean;
  readonly composite?: boolean;
  readonly defaultWidth?: number;
  readonly differences?: ReadonlyMap<number, string> | readonly string[];
  readonly defaultEncoding?: readonly string[];
}

/** How a font looks, and how far its letters rise and fall from the baseline in units of its size. */
export interface FontLook {
  readonly style: Pick<TextStyle, "bold" | "italic" | "font">;
  readonly ascent: number;
  readonly descent: number;
  /** Its letters are signs of mathematics. */
  readonly maths: boolean;
}

// Names as foundries, TeX (CM, SF, EC, LM families) and Office abbreviate them; the flags of the file are often not set.
const BOLD = /bold|black|heavy|-bd|demi|CMBX|CMSSBX|SFBX|SFRB|ECBX|LMRoman\w*-bold|lmbx/i;
const ITALIC = /ital|obli|-it\b|slanted|CMTI|SFTI|CMSL|CMMI|ECTI|LMRoman\w*-ital/i;
const MONO = /mono|courier|consol|typewriter|menlo|inconsolata|CMTT|SFTT|ECTT|LMMono|lmtt|fixed/i;
const SANS =
  /sans|CMSS|SFSS|ECSS|helv|arial|verdana|calibri|tahoma|gothic|roboto|frutiger|univers|lmss|segoe|inter\b|myriad|futura|gill|optima|dejavu ?sans|grotesk|trebuchet|lucida|noto ?sans|franklin|avenir|lato|open ?sans|corbel|candara|helios|heros|adventor/i;
const SERIF =
  /serif|times|roman|georgia|garamond|caslon|minion|palat|bookman|schoolbook|cambria|tinos|baskerville|bodoni|didot|nimbusrom|pagella|termes|bonum|schola|charter|utopia|century|sabon|bembo|goudy|plantin|constantia|libertin|gentium|mincho|batang|simsun|^(?:[A-Z]{6}\+)?(?:CM|SF|EC|LM)/i;

const MATHS =
  /CMMI|CMSY|CMEX|CMBSY|CMMIB|MSAM|MSBM|MTMI|MTSY|MTEX|^(?:[A-Z]{6}\+)?Symbol|STIX\w*Math|Cambria[ -]?Math|(?:LatinModern|LM|XITS|Asana|Libertinus|Fira|NewCM|TeXGyre\w*)-?Math|EUFM|EUSM|rsfs|stmary/i;

/** How far Adobe's own metrics let the letters of the fonts that every reader has rise and fall. */
const STANDARD: readonly (readonly [RegExp, number, number])[] = [
  [/^Times-(?:Roman|Bold|Italic|BoldItalic)$/, 0.683, -0.217],
  [/^Helvetica(?:-(?:Bold|Oblique|BoldOblique))?$/, 0.718, -0.207],
  [/^Courier(?:-(?:Bold|Oblique|BoldOblique))?$/, 0.629, -0.157],
];
/** Where a font says nothing: what most text faces come near. */
const USUAL_ASCENT = 0.9;
const USUAL_DESCENT = -0.22;

export function lookOf(font: PdfFont | undefined): FontLook {
  const name = font?.name ?? "";
  // pdf.js takes a font for one whose letters are all as wide, too, if it has but one.
  const mono = MONO.test(name) || (font?.isMonospace === true && !SANS.test(name) && !SERIF.test(name));
  const serif = !mono && !SANS.test(name) && (font?.isSerifFont === true || SERIF.test(name));
  const [, rises = font?.ascent ?? Number.NaN, falls = font?.descent ?? Number.NaN] =
    STANDARD.find(([pattern]) => pattern.test(name)) ?? [];
  return {
    style: {
      ...(BOLD.test(name) || font?.bold === true || font?.black === true ? { bold: true } : {}),
      ...(ITALIC.test(name) || font?.italic === true ? { italic: true } : {}),
      font: mono ? "mono" : serif ? "serif" : "sans",
    },
    maths: MATHS.test(name),
    ascent: rises >= 0.4 && rises <= 1.3 ? rises : USUAL_ASCENT,
    descent: falls <= 0 && falls >= -0.6 ? falls : USUAL_DESCENT,
  };
}
