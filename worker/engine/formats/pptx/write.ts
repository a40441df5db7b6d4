import type { Leaf } from "../../document/model.ts";
import type { Remark } from "../../document/remarks.ts";
import { edited } from "../edits.ts";
import type { Writing } from "../format.ts";
import { type TargetLanguage, targetLanguage } from "../ooxml/language.ts";
import type { OfficePackage } from "../ooxml/package.ts";
import { type PartEdit, partEdits, settled } from "../ooxml/writing.ts";
import type { SectionedWriting } from "../sectioned.ts";
import { turnedParagraph, turnedTable } from "./direction.ts";
import { fitOf } from "./fitting.ts";
import { typeOf } from "./kinds.ts";
import type { Presentation } from "./read.ts";

/** Sets leaves in place: their words, which way they run, and a text that grew beyond its shape smaller; every other byte stays. */
export function pptxWriting(office: OfficePackage, presentation: Presentation, writing: Writing): SectionedWriting {
  const target = targetLanguage(writing.sourceLanguage, writing.targetLanguage);
  return {
    type: typeOf(presentation.contentType),
    async write(changed, file) {
      const { edits, remarks } = allEdits(presentation, changed, target);
      const written = new Map<string, Uint8Array>();
      for (const [part, made] of edits) {
        writing.signal.throwIfAborted();
        const { text, encode } = await office.text(part);
        written.set(part, encode(edited(text, settled(text, made))));
      }
      await office.archive.write(file, written, writing.signal);
      return remarks;
    },
  };
}

function allEdits({ texts, paragraphs, tables }: Presentation, changed: readonly Leaf[], target: TargetLanguage) {
  const edits = partEdits(changed, target);
  const remarks: Remark[] = [];
  const add = (part: string, edit: PartEdit) => edits.set(part, [...(edits.get(part) ?? []), edit]);
  const byId = new Map(changed.map((leaf) => [leaf.id, leaf]));
  const leafOf = (leaf: Leaf) => byId.get(leaf.id) ?? leaf;
  for (const { page, text } of texts) {
    if (!text.paragraphs.some(({ leaf }) => leaf && byId.has(leaf.id))) continue;
    const fit = fitOf(text, leafOf);
    if (!fit) continue;
    add(text.part, fit.edit);
    remarks.push({ page, ...fit.remark });
  }
  if (target.turn) {
    for (const { id } of changed) {
      const place = paragraphs.get(id);
      if (place) add(place.part, turnedParagraph(place, target.turn));
    }
    for (const { part, properties } of changed.length > 0 ? tables : []) add(part, turnedTable(properties, target.turn));
  }
  return { edits, remarks };
}
