import type { Translator } from "../../worker/engine/ports/translator.ts";
import { look } from "./looks.ts";
import { type Claim, type Faults, faultsOf } from "./measure.ts";
import { navigationOf } from "./navigation.ts";
import { leavesOfPages } from "./published.ts";
import { asScanned } from "./scanned.ts";
import { type SetDocument, translateInPlace } from "./set.ts";

export interface Judgement {
  readonly faults: Faults;
  readonly set: SetDocument;
  readonly pages: PagesSet;
  /** Of the result over the source. */
  readonly growth: number;
}

/** How many pages were set how. */
export interface PagesSet {
  readonly edited: number;
  readonly covered: number;
  readonly reflowed: number;
}

export interface Judged {
  readonly bytes: Uint8Array;
  readonly fileName: string;
  readonly from: string;
  readonly to: string;
  readonly translator?: Translator;
}

/** Translates a PDF in place, and measures what came of it. Throws EngineError. */
export async function judge(given: Judged): Promise<Judgement> {
  const set = await translateInPlace(given);
  const side = async (bytes: Uint8Array) => ({ seen: await look(bytes), navigation: await navigationOf(bytes) });
  const [source, result] = await Promise.all([side(given.bytes), side(set.bytes)]);
  const leaves = asScanned(leavesOfPages(set.pages), set.pages, source.navigation);
  const faults = faultsOf({ source, result, leaves });
  return { faults, set, pages: pagesSet(set), growth: set.bytes.length / given.bytes.length };
}

export function pagesSet({ pages, remarks }: SetDocument): PagesSet {
  const marked = (code: string) => {
    const of = remarks.filter((remark) => remark.code === code);
    return of.some(({ page }) => page === 0) ? pages.length : new Set(of.map(({ page }) => page)).size;
  };
  const reflowed = Math.max(marked("PAGE_REFLOWED"), marked("DOCUMENT_AS_PDF"));
  const covered = Math.min(pages.length - reflowed, marked("PAGE_COVERED"));
  return { edited: pages.length - reflowed - covered, covered, reflowed };
}

export function claimsOf(faults: Faults): Claim[] {
  return [...faults.keys()];
}
