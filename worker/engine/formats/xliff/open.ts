import { readFile, stat, writeFile } from "node:fs/promises";
import type { DocumentContext } from "../../context.ts";
import { type Leaf, plainText } from "../../document/model.ts";
import type { Remark } from "../../document/remarks.ts";
import { EngineError } from "../../errors.ts";
import { type Edit, edited, inOrder } from "../edits.ts";
import type { OpenDocument, Writing } from "../format.ts";
import { isStructured } from "../named_texts/icu.ts";
import { Items, keptLeaf, markOf } from "../named_texts/items.ts";
import { hasLetters, readMessage } from "../named_texts/message.ts";
import { programsReason } from "../named_texts/prose.ts";
import { writeMessage } from "../named_texts/write_message.ts";
import { type Section, sectionedDocument } from "../sectioned.ts";
import { decodeXml } from "../xml/encoding.ts";
import { textIn } from "../xml/walk.ts";
import { escapeText } from "../xml/write.ts";
import { contentOf } from "./content.ts";
import { attributeOf, primaryOf, readXliff, type XliffFile, type XliffUnit } from "./read.ts";
import { contentXml, languageEdits, targetEdits } from "./write.ts";

/** It is held whole. */
const MAX_BYTES = 20 * 1024 * 1024;

/** Throws EngineError: DOCUMENT_CORRUPT, DOCUMENT_TOO_COMPLEX, UNSUPPORTED_LANGUAGE_PAIR for a file of another target, TEXT_TOO_LARGE. */
export async function openXliff(file: string, context: DocumentContext): Promise<OpenDocument> {
  if ((await stat(file)).size > MAX_BYTES) throw new EngineError("TEXT_TOO_LARGE", `XLIFF is limited to ${MAX_BYTES} bytes.`);
  const decoded = decodeXml(await readFile(file));
  const { sections, language, edits } = xliffTexts(decoded.text, context);
  return {
    ...sectionedDocument({
      sections,
      isBilingual: true,
      writing: (writing) => ({
        async write(changed, name) {
          const made = edits(changed, writing);
          await writeFile(name, decoded.encode(edited(decoded.text, made.edits)));
          return made.remarks;
        },
      }),
    }),
    language,
  };
}

interface LeafAnchor {
  readonly unit: number;
  /** Of a message of ICU, which of its texts. */
  readonly part?: number;
}

interface XliffTexts {
  readonly sections: readonly Section[];
  readonly language: string | undefined;
  edits(
    changed: readonly Leaf[],
    writing: Pick<Writing, "targetLanguage">,
  ): { readonly edits: readonly Edit[]; readonly remarks: readonly Remark[] };
}

/** Pure: the units of `source` that want a translation, those that are kept beside them, and how targets are written. */
export function xliffTexts(source: string, { targetLanguage }: Pick<DocumentContext, "targetLanguage">): XliffTexts {
  const file = readXliff(source);
  requireTarget(file, targetLanguage);
  const items = new Items(file.units.length);
  for (const [index, unit] of file.units.entries()) {
    const leaves = leavesOf(unit, index, () => items.id());
    if (leaves.length > 0) items.add(markOf([unit.name]), leaves);
  }
  const { sourceLanguage: language } = file;
  return {
    sections: items.done(),
    language: language.length === 2 ? language : undefined,
    edits(changed, writing) {
      const remarks: Remark[] = [];
      const units = Map.groupBy(changed, ({ anchor }) => (anchor as LeafAnchor).unit);
      const edits = [...units].flatMap(([index, leaves]) => {
        const unit = file.units[index] as XliffUnit;
        const { xml, parted } = targetXml(unit, leaves, source);
        if (parted) remarks.push(partedRemark(leaves[0] as Leaf));
        return targetEdits(unit, xml, source);
      });
      if (edits.length > 0) edits.push(...languageEdits(file, writing.targetLanguage));
      return { edits: inOrder(edits), remarks };
    },
  };
}

function requireTarget({ languages, languageName }: XliffFile, targetLanguage: string): void {
  for (const element of languages) {
    const named = primaryOf(attributeOf(element, languageName)?.value ?? "");
    if (named !== "" && named !== primaryOf(targetLanguage))
      throw new EngineError("UNSUPPORTED_LANGUAGE_PAIR", `The file is for translations into ${named}, not into ${targetLanguage}.`);
  }
}

function leavesOf(unit: XliffUnit, index: number, id: () => string): Leaf[] {
  const text = textIn(unit.source);
  if (text.trim() === "") return [];
  const kept = (why: string, translation?: string) => [keptLeaf(id(), text, why, translation)];
  if (unit.kept !== undefined) return kept(unit.kept, unit.target && textIn(unit.target).trim() !== "" ? textIn(unit.target) : undefined);
  if (isStructured(text)) {
    const message = readMessage(text);
    const isPlain = unit.source.children.every(({ kind }) => kind === "text");
    if (!isPlain) return kept("a message of plurals with codes in it");
    if (message.isBroken) return kept("a message of plurals that can't be read");
    return message.parts.map(({ content }, part) => leafOf(id(), content, { unit: index, part }));
  }
  const content = contentOf(unit.source, unit.preserves);
  const why = unit.source.children.length === 1 ? programsReason(text, "") : undefined;
  if (why !== undefined) return kept(why);
  return hasLetters(content) ? [leafOf(id(), content, { unit: index })] : kept("no words but codes");
}

function leafOf(id: string, content: Leaf["content"], anchor: LeafAnchor): Leaf {
  return { kind: "paragraph", id, content, anchor };
}

function targetXml(unit: XliffUnit, leaves: readonly Leaf[], source: string): { xml: string; parted: boolean } {
  const [first] = leaves as [Leaf, ...Leaf[]];
  if ((first.anchor as LeafAnchor).part === undefined) return contentXml(first.content, source);
  const contents = new Map(leaves.map(({ anchor, content }) => [(anchor as LeafAnchor).part ?? 0, content]));
  return { xml: escapeText(writeMessage(textIn(unit.source), contents)), parted: false };
}

function partedRemark({ id, content }: Leaf): Remark {
  const page = Number(/^p(\d+)/.exec(id)?.[1] ?? 0);
  const message = `A code around words stands once in the translation, though its words are apart (${plainText(content).length} letters).`;
  return { page, block: id, code: "TAG_MOVED", message };
}
