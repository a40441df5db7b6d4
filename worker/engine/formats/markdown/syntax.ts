import type { Definition, Root, RootContent } from "mdast";
import { type Extension, fromMarkdown } from "mdast-util-from-markdown";
import { frontmatterFromMarkdown } from "mdast-util-frontmatter";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { frontmatter } from "micromark-extension-frontmatter";
import { gfm } from "micromark-extension-gfm";
import type { Range } from "../edits.ts";

/** CommonMark with GitHub's extensions and front matter, and what its tree does not tell of the source. */
export interface Syntax {
  readonly source: string;
  readonly root: Root;
  /** By where a link's or image's label begins, the place of its text: between the brackets. */
  readonly labels: ReadonlyMap<number, number>;
  /** Of links, images and definitions, without their quotes, in order. */
  readonly titles: readonly Range[];
  /** By their identifier; the first of a name counts. */
  readonly definitions: ReadonlyMap<string, Definition>;
  /** Identifiers of footnotes. */
  readonly notes: ReadonlySet<string>;
}

const MATTERS = ["yaml", "toml"] as const;
const MICROMARK = [gfm(), frontmatter([...MATTERS])];
// The transform for addresses in text makes nodes that do not know where they stand.
const MDAST = [...gfmFromMarkdown(), frontmatterFromMarkdown([...MATTERS])].map((extension) => ({ ...extension, transforms: [] }));

/** `source` has no byte order mark. */
export function parse(source: string): Syntax {
  const labels = new Map<number, number>();
  const titles: Range[] = [];
  const title = (token: { start: { offset: number }; end: { offset: number } }) => {
    titles.push([token.start.offset, token.end.offset]);
  };
  const places: Extension = {
    enter: {
      labelText: (token) => {
        labels.set(token.start.offset, token.end.offset);
      },
      resourceTitleString(token) {
        title(token);
        this.buffer();
      },
      definitionTitleString(token) {
        title(token);
        this.buffer();
      },
    },
  };
  const root = fromMarkdown(source, { extensions: MICROMARK, mdastExtensions: [...MDAST, places] });
  const definitions = new Map<string, Definition>();
  const notes = new Set<string>();
  collectDefinitions(root.children, definitions, notes);
  return { source, root, labels, titles: titles.sort(([a], [b]) => a - b), definitions, notes };
}

function collectDefinitions(nodes: readonly RootContent[], definitions: Map<string, Definition>, notes: Set<string>): void {
  for (const node of nodes) {
    if (node.type === "footnoteDefinition") notes.add(node.identifier);
    if (node.type === "definition") {
      if (!definitions.has(node.identifier)) definitions.set(node.identifier, node);
    } else if (node.type === "blockquote" || node.type === "list" || node.type === "listItem" || node.type === "footnoteDefinition")
      collectDefinitions(node.children, definitions, notes);
  }
}

/** Whether a text in brackets, its `^` with it, leads somewhere in the document. */
export function isDefined(label: string, { definitions, notes }: Syntax): boolean {
  const isNote = label.startsWith("^");
  // Both turns of case, as CommonMark compares labels: "ẞ" and "SS" are one.
  const identifier = (isNote ? label.slice(1) : label).replace(/\s+/g, " ").trim().toLowerCase().toUpperCase().toLowerCase();
  return isNote ? notes.has(identifier) : definitions.has(identifier);
}

/** Where a node stands. Every node of `parse` knows. */
export function rangeOf(node: {
  position?: { start: { offset?: number | undefined }; end: { offset?: number | undefined } } | undefined;
}): Range {
  const { start, end } = node.position ?? {};
  if (start?.offset === undefined || end?.offset === undefined) throw new Error("A node without a place.");
  return [start.offset, end.offset];
}
