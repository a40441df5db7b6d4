import type { Remark } from "../../document/remarks.ts";
import type { OfficePackage } from "./package.ts";

/** That charts of a text or a presentation have workbooks of their data with them, whose words are those of the source. */
export function chartSheetRemarks(office: OfficePackage): Remark[] {
  const has = (contentType: RegExp) => office.partsOf(contentType).length > 0;
  if (!has(/spreadsheetml\.sheet$/) || !has(/drawingml\.chart\+xml$/)) return [];
  const message = "Charts have sheets of their data with them: kept as in the source, whose words come back once the data are edited.";
  return [{ page: 0, code: "TEXT_KEPT", message }];
}
