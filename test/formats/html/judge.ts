import { type DefaultTreeAdapterMap, defaultTreeAdapter, parse } from "parse5";
import { type Block, type Inline, type Leaf, leavesOf, mapLeaves, plainText } from "../../../worker/engine/document/model.ts";
import { edited } from "../../../worker/engine/formats/edits.ts";
import { addBlocks } from "../../../worker/engine/formats/markup/blocks.ts";
import { isFormatting } from "../../../worker/engine/formats/markup/elements.ts";
import { type Markup, readHtml, readXhtml } from "../../../worker/engine/formats/markup/read.ts";
import { markupEdits } from "../../../worker/engine/formats/markup/write.ts";
import { changedLeaves, type Section, Sections, sectionSize } from "../../../worker/engine/formats/sectioned.ts";
import { WRITING } from "../../support/in_place.ts";

export interface Read {
  readonly markup: Markup;
  readonly sections: readonly Section[];
  readonly blocks: readonly Block[];
}

export function readPage(source: string, read: (source: string) => Markup = /^\s*<\?xml\s/.test(source) ? readXhtml : readHtml): Read {
  const markup = read(source);
  const sections = new Sections(sectionSize(markup.drafts.length));
  addBlocks(markup.drafts, sections);
  const done = sections.done();
  return { markup, sections: done, blocks: done.flatMap(({ blocks }) => blocks) };
}

/** The page with the content of each leaf as `map` makes it; as its writer does, the page itself if nothing changes. */
export function translatedPage({ markup, blocks }: Read, map: (leaf: Leaf) => readonly Inline[], writing = WRITING): string {
  const made = mapLeaves(blocks, (leaf): Leaf => ({ ...leaf, content: map(leaf) }));
  const changed = changedLeaves(blocks, made);
  return changed.length === 0 ? markup.source : edited(markup.source, markupEdits(markup, changed, writing));
}

/** The page with every leaf written anew, whether it changed or not. */
export function setAnew({ markup, blocks }: Read): string {
  return edited(markup.source, markupEdits(markup, [...leavesOf(blocks)], WRITING));
}

/** What the leaves of the page say, without what is unseen. */
export function wordsOf(blocks: readonly Block[]): string {
  return blocks
    .flatMap((block): string[] => {
      if (block.layer === "unseen") return [];
      if (block.kind === "code" || block.kind === "formula") return [block.text];
      if (block.kind === "list") return block.items.map((item) => wordsOf(item.blocks));
      if (block.kind === "table") return block.rows.flat().map((cell) => wordsOf(cell.blocks));
      if (block.kind === "quote") return [wordsOf(block.blocks)];
      return "content" in block ? [plainText(block.content)] : [];
    })
    .join("\n");
}

/** Attributes that a translation into capitals may change. */
const SAID = /^(?:title|alt|placeholder|aria-.*|label|abbr|summary|value|content|lang|xml:lang)$/;

/**
 * The tree of a page as a browser has it, as lines: elements with their attributes, and texts in small letters. What has no
 * place in a translation is not told: hints where words may be broken, and readings beside words.
 */
export function treeOf(source: string): string {
  const lines: string[] = [];
  const skipped = new Set(["wbr", "rt", "rp", "ruby", "rb", "rtc"]);
  let text = "";
  const flush = () => {
    const said = text
      .toUpperCase()
      .toLowerCase()
      .replaceAll("\u00ad", "")
      .replace(/[ \t\n\f\r]+/g, " ")
      .trim();
    if (said !== "") lines.push(`"${said}"`);
    text = "";
  };
  const walk = (node: DefaultTreeAdapterMap["node"]) => {
    if (defaultTreeAdapter.isTextNode(node)) text += node.value;
    else if ("childNodes" in node) {
      const element = defaultTreeAdapter.isElementNode(node) && !skipped.has(node.tagName) ? node : undefined;
      if (element) {
        flush();
        const attributes = element.attrs.map(
          ({ name, value }) => `${name}=${SAID.test(name) ? value.toUpperCase().toLowerCase().replace(/\s+/g, " ").trim() : value}`,
        );
        lines.push(`<${element.tagName} ${attributes.filter((each) => !/^(?:xml:)?lang=/.test(each)).join(" ")}>`);
      }
      for (const child of node.childNodes) walk(child);
      if ("content" in node) walk(node.content);
      if (element) {
        flush();
        // An element that only marks words and has none may be there twice.
        if (isFormatting(element.tagName) && /^<\w+ /.test(lines.at(-1) ?? "")) lines.pop();
        else lines.push(`</${element.tagName}>`);
      }
    }
  };
  walk(parse(source, { scriptingEnabled: false }));
  flush();
  return lines.join("\n");
}
