import { type Leaf, plainText } from "../../document/model.ts";
import type { Remark } from "../../document/remarks.ts";
import { type Edit, inOrder, type Range } from "../edits.ts";
import type { Writing } from "../format.ts";
import type { Section } from "../sectioned.ts";
import type { Emitter } from "../text_document.ts";
import { Items, keptLeaf, markOf } from "./items.ts";
import { type Dialect, type Message, readMessage } from "./message.ts";
import { PluralForms } from "./plurals.ts";
import { programsReason } from "./prose.ts";
import { writeMessage } from "./write_message.ts";

/** A text of a file that has a name there. */
export interface NamedText {
  /** The keys that lead to it. */
  readonly path: readonly string[];
  /** Without the file's own escapes. */
  readonly value: string;
  /** Of what is written in its place. */
  readonly range: Range;
  /** Why it is left as it is, where the file tells. */
  readonly kept?: string | undefined;
  /** What it is called in results that are read, if not by its path. */
  readonly mark?: string;
  /** Its finished translation: it stands for it in the result. */
  readonly translation?: string | undefined;
}

export interface NamedTexts {
  /** In order. */
  readonly texts: readonly NamedText[];
  readonly dialect?: Dialect;
  /** ISO 639-1: whose plurals are looked for. */
  readonly targetLanguage: string;
  /** What stands in a text's range when its value is `value`, or the edits that say it; undefined if it can't be written. */
  encode(text: NamedText, value: string): string | readonly Edit[] | undefined;
  /** What else is written once for all texts of the same range. */
  moreOf?(text: NamedText): readonly Edit[];
  /** What else is written as soon as any text is: the file's own name of its language. */
  more?(writing: Writing): readonly Edit[];
}

interface LeafAnchor {
  /** Its text's place in the list, and its own in the message. */
  readonly text: number;
  readonly part: number;
}

/** The texts as sections of a document, what is to be known of all of them, and how they are written back. */
export function namedTexts(of: NamedTexts): { sections: readonly Section[]; remarks: readonly Remark[]; emitter: Emitter } {
  const forms = new PluralForms(of.targetLanguage);
  forms.addKeys(of.texts.map(({ path }) => path));
  const items = new Items(of.texts.length);
  for (const [index, text] of of.texts.entries()) {
    if (text.value.trim() === "") continue;
    const message = readMessage(text.value, of.dialect);
    for (const plural of message.plurals) forms.add(plural.forms, plural.type);
    const kept = text.kept ?? keptReason(text, message);
    const blocks = kept === undefined ? leavesOf(index, message, items) : [keptLeaf(items.id(), text.value, kept, text.translation)];
    items.add(text.mark ?? markOf(text.path), blocks);
  }
  return { sections: items.done(), remarks: forms.remarks(), emitter: emitterOf(of) };
}

function keptReason({ path, value }: NamedText, { isBroken, parts }: Message): string | undefined {
  if (isBroken) return "a message of plurals that can't be read";
  return programsReason(value, path.at(-1) ?? "") ?? (parts.length === 0 ? "no words but placeholders" : undefined);
}

function leavesOf(text: number, { parts }: Message, items: Items): Leaf[] {
  return parts.map(({ content }, part): Leaf => {
    const anchor: LeafAnchor = { text, part };
    return { kind: "paragraph", id: items.id(), content, anchor };
  });
}

function emitterOf({ texts, dialect, encode, more, moreOf }: NamedTexts): Emitter {
  return {
    edits(leaves, writing) {
      const remarks: Remark[] = [];
      const edits: Edit[] = [];
      const seen = new Set<number>();
      const changed = Map.groupBy(leaves, ({ anchor }) => (anchor as LeafAnchor).text);
      for (const index of withTheirOwn(changed.keys(), texts)) {
        const text = texts[index] as NamedText;
        const own = changed.get(index) ?? [];
        const contents = new Map(own.map(({ anchor, content }) => [(anchor as LeafAnchor).part, content]));
        const [from, to] = text.range;
        const written = encode(text, writeMessage(text.value, contents, dialect));
        if (written === undefined) {
          if (own[0]) remarks.push(unwritten(own[0]));
          continue;
        }
        edits.push(...(typeof written === "string" ? [{ from, to, text: written }] : written));
        if (moreOf && !seen.has(from)) edits.push(...moreOf(text));
        seen.add(from);
      }
      if (edits.length > 0 && more) edits.push(...more(writing));
      return { edits: inOrder(edits), remarks };
    },
  };
}

/** `changed`, and the texts of the same range, in order: a plural form that says the same as its source is no empty one. */
function withTheirOwn(changed: Iterable<number>, texts: readonly NamedText[]): number[] {
  const all = new Set<number>();
  for (const index of changed)
    for (const each of [index - 1, index, index + 1]) if (texts[each]?.range[0] === texts[index]?.range[0]) all.add(each);
  return [...all].sort((one, other) => one - other);
}

function unwritten({ id, content }: Leaf): Remark {
  const page = Number(/^p(\d+)/.exec(id)?.[1] ?? 0);
  const words = plainText(content).length;
  return {
    page,
    block: id,
    code: "TEXT_KEPT",
    message: `Its translation (${words} letters) can't be written where it stands: the source does.`,
  };
}
