import type { Inline } from "../../document/model.ts";
import type { Edit } from "../edits.ts";
import type { XmlElement } from "../xml/parse.ts";
import { escapeAttribute, escapeText } from "../xml/write.ts";
import type { MarkAnchor } from "./content.ts";
import { attributeOf, primaryOf, type XliffFile, type XliffUnit } from "./read.ts";

export interface WrittenContent {
  readonly xml: string;
  /** Marks that stand several times in a translation are written once: their names must be unique. */
  readonly parted: boolean;
}

/** `content` as XML: its codes as the source has them, its words as text. */
export function contentXml(content: readonly Inline[], source: string): WrittenContent {
  const used = new Set<number>();
  let parted = false;
  const xml = (inlines: readonly Inline[]): string =>
    inlines
      .map((inline) => {
        if (inline.kind === "text") return escapeText(inline.text);
        const anchor = inline.anchor as MarkAnchor;
        if ("text" in anchor) return escapeText(anchor.text);
        if ("range" in anchor) return source.slice(...anchor.range);
        const inner = inline.kind === "span" ? xml(inline.content) : "";
        if (used.has(anchor.open[0])) {
          parted = true;
          return inner;
        }
        used.add(anchor.open[0]);
        return source.slice(...anchor.open) + inner + source.slice(...anchor.close);
      })
      .join("");
  return { xml: xml(content), parted };
}

/** What machines translated waits for someone who looks at it (XLIFF 1.2, 2.3; 2.1, 4.2.3 has "translated" for that). */
const FIRST_STATE = 'state="needs-review-translation" state-qualifier="mt-suggestion"';

/** The edits that give `unit` the target `xml`. */
export function targetEdits({ target, before, segment, source }: XliffUnit, xml: string, file: string): Edit[] {
  const prefix = before.name.slice(0, before.name.length - before.local.length);
  const name = `${prefix}target`;
  const others = (target?.attributes ?? []).filter((attribute) => segment || !/^state(?:-qualifier)?$/.test(attribute.name));
  const attributes = [
    ...others.map((attribute) => `${attribute.name}="${escapeAttribute(attribute.value)}"`),
    ...(segment ? [] : [FIRST_STATE]),
  ];
  const text = `<${[name, ...attributes].join(" ")}>${xml}</${name}>`;
  const edits = segment ? stateEdits(segment, file) : [];
  if (target) return [...edits, { from: target.range[0], to: target.range[1], text }];
  const at = before.range[1];
  return [...edits, { from: at, to: at, text: `${indentOf(source, file)}${text}` }];
}

/** A line end and blanks, if the source begins a line. */
function indentOf({ range }: XmlElement, file: string): string {
  return /\r?\n[ \t]*$/.exec(file.slice(Math.max(0, range[0] - 200), range[0]))?.[0] ?? "";
}

/** A state below says what the one of another tool said no longer. */
function stateEdits(segment: XmlElement, file: string): Edit[] {
  const [state, sub] = [attributeOf(segment, "state"), attributeOf(segment, "subState")];
  const edits: Edit[] = [];
  if (state) edits.push({ from: state.range[0], to: state.range[1], text: "translated" });
  else {
    const at = segment.range[0] + 1 + segment.name.length;
    edits.push({ from: at, to: at, text: ' state="translated"' });
  }
  if (sub) {
    const from = file.lastIndexOf("subState", sub.range[0]) - 1;
    edits.push({ from, to: sub.range[1] + 1, text: "" });
  }
  return edits;
}

/** Names the target's language where the file does not. */
export function languageEdits({ languages, languageName }: XliffFile, targetLanguage: string): Edit[] {
  return languages.flatMap((element): Edit[] => {
    const found = attributeOf(element, languageName);
    if (found)
      return primaryOf(found.value) === "" ? [{ from: found.range[0], to: found.range[1], text: escapeAttribute(targetLanguage) }] : [];
    const at = element.range[0] + 1 + element.name.length;
    return [{ from: at, to: at, text: ` ${languageName}="${escapeAttribute(targetLanguage)}"` }];
  });
}
