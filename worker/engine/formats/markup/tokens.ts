import type { Range } from "../edits.ts";
import type { Scope } from "./scope.ts";

/** What a page is made of, in the order of its source, whichever parser told of it. */
export type Token = TextToken | Tag | Mark;

export interface TextToken {
  readonly kind: "text";
  readonly range: Range;
  /** Decoded. */
  readonly text: string;
  /** The element that it stands in by the parser's rules. */
  readonly scope: Scope;
}

/** A comment, an instruction, a tag that the parser does not heed. */
export interface Mark {
  readonly kind: "mark";
  readonly range: Range;
}

export interface Tag {
  readonly kind: "open" | "close" | "void";
  readonly range: Range;
  /** Without a prefix, in lower case. */
  readonly name: string;
  readonly attributes: readonly Attribute[];
  /** The element itself. */
  readonly scope: Scope;
  /** Of a closing tag, the one that it closes. */
  readonly partner?: Tag | undefined;
}

export interface Attribute {
  /** In lower case, with its prefix. */
  readonly name: string;
  /** Decoded. */
  readonly value: string;
  /** Of the value in the source, without quotes; undefined for an attribute without one. */
  readonly range: Range | undefined;
  readonly quote: '"' | "'" | "";
}

export function attributeOf(attributes: readonly { readonly name: string; readonly value: string }[], name: string): string | undefined {
  return attributes.find((attribute) => attribute.name === name)?.value;
}
