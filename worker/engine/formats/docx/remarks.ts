import type { Remark, RemarkCode } from "../../document/remarks.ts";
import { chartSheetRemarks } from "../ooxml/chart_sheets.ts";
import type { OfficePackage } from "../ooxml/package.ts";
import { signatureRemarks } from "../ooxml/signed.ts";
import type { Unread } from "./unread.ts";

/** What is in the file, and stays there as it was. */
export async function remarksOf(office: OfficePackage, unread: ReadonlyMap<Unread, number>): Promise<Remark[]> {
  const remarks: Remark[] = [];
  const remark = (code: RemarkCode, message: string) => remarks.push({ page: 0, code, message });
  for (const [kind, count] of unread) remark(...SAID[kind](count));
  remarks.push(...chartSheetRemarks(office), ...(await signatureRemarks(office)));
  return remarks;
}

const SAID: Readonly<Record<Unread, (count: number) => [RemarkCode, string]>> = {
  comment: (count) => ["CONTENT_DROPPED", `${number(count, "comment")} of readers: not translated, as was not asked for.`],
  chunk: (count) => [
    "CONTENT_DROPPED",
    `${number(count, "document")} of another format within this one: kept as in the source, and not translated.`,
  ],
  embedded: (count) => ["CONTENT_DROPPED", `${number(count, "embedded object")}: kept as in the source, and not translated.`],
  picture: (count) => ["PICTURE_NOT_READ", `${number(count, "picture")}: words on them are not translated.`],
  deletion: (count) => ["TEXT_KEPT", `${number(count, "passage")} that tracked changes deleted or moved away: kept as in the source.`],
  alternative: (count) => ["TEXT_KEPT", `${number(count, "passage")} written twice, for newer and older programs: kept as in the source.`],
  button: (count) => ["CONTENT_DROPPED", `${number(count, "field")} with words in its instructions: kept as in the source.`],
  guide: (count) => ["CONTENT_DROPPED", `${number(count, "phonetic guide")}: gone where the text below is another.`],
  index: (count) => ["CONTENT_DROPPED", `${number(count, "mark")} for an index: one that is made anew has the source's words.`],
};

function number(count: number, what: string): string {
  return count === 1 ? `One ${what}` : `${count} ${what}s`;
}
