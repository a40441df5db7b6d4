import { glyphMissing, type Remark } from "../../../document/remarks.ts";
import type { SetPassage } from "../../../setting/sheet.ts";

/** Text that is set smaller than this part of its source is worth a word. */
const MUCH_SMALLER = 0.85;

/** What a reader of the page should know of how its text was set. */
export function settingRemarks(page: number, set: readonly SetPassage[]): Remark[] {
  const smaller = set.filter(({ scale, overflow }) => !overflow && scale < MUCH_SMALLER).map(({ scale }) => scale);
  const percent = Math.round(Math.min(...smaller) * 100);
  const count = smaller.length === 1 ? "One text is" : `${smaller.length} texts are`;
  const shrunk: Remark = { page, code: "TEXT_SHRUNK", message: `${count} set smaller than in the source, to ${percent} % at the least.` };
  const missing = [...new Set(set.flatMap((passage) => passage.missing))];
  return [
    ...(smaller.length > 0 ? [shrunk] : []),
    ...set
      .filter(({ overflow }) => overflow)
      .map(({ id }): Remark => ({ page, block: id.split("/")[0] ?? id, code: "TEXT_OVERFLOW", message: OVERFLOW })),
    ...missing.map((sign) => glyphMissing(page, sign)),
  ];
}

const OVERFLOW = "It did not fit where its source stood, and is set smaller than is good to read.";
