import { type Leaf, plainText } from "../../document/model.ts";
import type { Remark } from "../../document/remarks.ts";
import { edited } from "../edits.ts";
import type { Writing } from "../format.ts";
import { type TargetLanguage, targetLanguage } from "../ooxml/language.ts";
import type { OfficePackage } from "../ooxml/package.ts";
import type { LeafAnchor } from "../ooxml/places.ts";
import { type PartEdit, partEdits, settled } from "../ooxml/writing.ts";
import type { SectionedWriting } from "../sectioned.ts";
import { directionEdits } from "./direction.ts";
import { languageEdits } from "./languages.ts";
import type { DocumentParts } from "./read.ts";
import { typeOf } from "./types.ts";

/** Sets leaves in place: their words, and of which language and direction they are; every other byte stays. */
export function docxWriting(
  office: OfficePackage,
  parts: DocumentParts,
  { sourceLanguage, targetLanguage: to, signal }: Writing,
): SectionedWriting {
  const target = targetLanguage(sourceLanguage, to);
  return {
    type: typeOf(office.contentTypeOf(parts.main)),
    async write(translated, file) {
      const changed = translated.filter((leaf) => !isTooLong(leaf));
      const written = new Map<string, Uint8Array>();
      if (changed.length > 0)
        for (const [part, edits] of await allEdits(office, parts, { changed, target, source: sourceLanguage })) {
          signal.throwIfAborted();
          const { text, encode } = await office.text(part);
          written.set(part, encode(edited(text, settled(text, edits))));
        }
      await office.archive.write(file, written, signal);
      return translated.filter(isTooLong).map(({ id }): Remark => ({ page: 0, block: id, code: "TEXT_KEPT", message: TOO_LONG }));
    },
  };
}

const TOO_LONG = "The translation of what a control says is longer than Word takes there: the source stands.";

function isTooLong({ content, anchor }: Leaf): boolean {
  const { length } = plainText(content);
  return (anchor as LeafAnchor).places.some((place) => place.as !== "runs" && length > (place.most ?? length));
}

interface Changes {
  readonly changed: readonly Leaf[];
  readonly target: TargetLanguage;
  readonly source: string;
}

async function allEdits(office: OfficePackage, parts: DocumentParts, { changed, target, source }: Changes) {
  const all = partEdits(changed, target);
  const add = (part: string, edits: readonly PartEdit[]) => {
    if (edits.length > 0) all.set(part, [...(all.get(part) ?? []), ...edits]);
  };
  for (const part of [...parts.styles, ...parts.settings]) add(part, languageEdits(await office.xml(part), { target, source }));
  if (target.turn) {
    for (const part of [...parts.stories, ...parts.styles, ...parts.numbering])
      add(part, directionEdits((await office.xml(part)).root, { turn: target.turn, isStory: parts.stories.includes(part) }));
  }
  return all;
}
