import { childOf, findAll, nameOf } from "../ooxml/names.ts";
import type { PartEdit } from "../ooxml/writing.ts";
import type { XmlElement } from "../xml/parse.ts";
import { textIn } from "../xml/walk.ts";
import { escapeText } from "../xml/write.ts";

const REFERENCES = new Set(["c:strRef", "c:multiLvlStrRef", "cx:strDim", "cx:txData"]);
const FORMULAS = ["c:f", "cx:f"];
const VALUES = new Set(["c:v", "cx:v", "cx:pt"]);

/** What a chart remembers of cells that it refers to: it says what these say. */
export function cachesIn(chart: XmlElement): XmlElement[] {
  return findAll(chart, REFERENCES).filter((reference) => FORMULAS.some((name) => childOf(reference, name)));
}

/** The remembered texts of a chart as `said` has them now. */
export function cacheEdits(chart: XmlElement, said: (text: string) => string | undefined): PartEdit[] {
  return cachesIn(chart).flatMap((cache) =>
    findAll(cache, VALUES).flatMap((value): PartEdit[] => {
      const text = nameOf(value) !== "" && value.inner ? said(textIn(value)) : undefined;
      return text === undefined || !value.inner ? [] : [{ from: value.inner[0], to: value.inner[1], text: () => escapeText(text) }];
    }),
  );
}
