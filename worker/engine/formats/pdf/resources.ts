import type { PDFPageProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import { OPS } from "pdfjs-dist/legacy/build/pdf.mjs";
import type { PdfFont } from "./fonts.ts";
import type { OperatorList } from "./operators.ts";

/** What operators name. */
export interface Resources {
  readonly fonts: ReadonlyMap<string, PdfFont>;
  /** Pictures that cannot be decoded. */
  readonly damagedPictures: number;
  /** Fonts that are missing or cannot be read: pdf.js drops the text in them. */
  readonly damagedFonts: number;
}

/** pdf.js keeps what several pages share apart, under names that begin so. */
const SHARED = "g_";

/**
 * Waits for all that `list` names. Pictures too, though nobody looks at them here: one that came after its page was
 * cleaned up would stay in memory until the document is closed.
 */
export async function resourcesOf(page: PDFPageProxy, list: OperatorList): Promise<Resources> {
  const names = namesIn(list);
  const fonts = new Map<string, PdfFont>();
  await Promise.all(
    [...names.fonts].map(async (name) => {
      const font = await resolved(page, name);
      if (typeof font === "object" && font !== null) fonts.set(name, font);
    }),
  );
  const pictures = await Promise.all([...names.pictures].map(async (name) => (await resolved(page, name)) !== null));
  return { fonts, damagedPictures: pictures.filter((isWhole) => !isWhole).length, damagedFonts: names.fonts.size - fonts.size };
}

function namesIn({ fnArray, argsArray }: OperatorList) {
  const [fonts, pictures] = [new Set<string>(), new Set<string>()];
  fnArray.forEach((operator, i) => {
    const first = argsArray[i]?.[0];
    if (operator === OPS.setFont && typeof first === "string") fonts.add(first);
    else if (operator === OPS.setGState && Array.isArray(first)) for (const name of fontsOfState(first)) fonts.add(name);
    else if (operator === OPS.paintImageXObject && typeof first === "string") pictures.add(first);
    else if (operator === OPS.paintImageMaskXObject) {
      const { data } = (first ?? {}) as { data?: unknown };
      if (typeof data === "string") pictures.add(data);
    }
  });
  return { fonts, pictures };
}

function fontsOfState(states: readonly unknown[]): string[] {
  return (states as readonly [string, unknown][]).flatMap(([key, value]) =>
    key === "Font" && Array.isArray(value) ? [String(value[0])] : [],
  );
}

function resolved(page: PDFPageProxy, name: string): Promise<unknown> {
  const kept = name.startsWith(SHARED) ? page.commonObjs : page.objs;
  return new Promise((resolve) => kept.get(name, resolve));
}
