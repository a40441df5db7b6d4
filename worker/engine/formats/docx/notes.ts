import { attributeOf, descendant, nameOf } from "../ooxml/names.ts";
import type { XmlElement } from "../xml/parse.ts";
import { numberIn } from "./number_formats.ts";

export type NoteKind = "footnote" | "endnote";

/** A note that the text refers to. */
export interface ReferredNote {
  readonly kind: NoteKind;
  readonly id: string;
  readonly mark: string;
}

/** Counts notes as they are referred to. */
export class Notes {
  readonly #formats: Readonly<Record<NoteKind, string>>;
  readonly #counts: Record<NoteKind, number> = { footnote: 0, endnote: 0 };
  readonly #marks = new Map<string, string>();
  #referred: ReferredNote[] = [];

  /** `settings`: the root of the document's settings. */
  constructor(settings: XmlElement | undefined) {
    const format = (kind: NoteKind) => attributeOf(descendant(settings, `w:${kind}Pr`, "w:numFmt"));
    this.#formats = { footnote: format("footnote") ?? "decimal", endnote: format("endnote") ?? "lowerRoman" };
  }

  /** The mark of a reference; empty where the text itself has one behind it. */
  refer(reference: XmlElement): string {
    const kind: NoteKind = nameOf(reference) === "w:endnoteReference" ? "endnote" : "footnote";
    const id = attributeOf(reference, "id") ?? "";
    const key = `${kind} ${id}`;
    const known = this.#marks.get(key);
    if (known !== undefined) return known;
    const custom = /^(?:1|true|on)$/.test(attributeOf(reference, "customMarkFollows") ?? "");
    if (!custom) this.#counts[kind] += 1;
    const mark = custom ? "" : numberIn(this.#formats[kind], this.#counts[kind]);
    this.#marks.set(key, mark);
    this.#referred.push({ kind, id, mark });
    return mark;
  }

  wasReferred(kind: NoteKind, id: string): boolean {
    return this.#marks.has(`${kind} ${id}`);
  }

  /** Those that were referred to since it was last asked. */
  takeReferred(): ReferredNote[] {
    const taken = this.#referred;
    this.#referred = [];
    return taken;
  }
}
