import { writeFile } from "node:fs/promises";
import { type Block, type Leaf, leavesOf, type Page } from "../document/model.ts";
import type { Remark } from "../document/remarks.ts";
import { type Edit, edited } from "./edits.ts";
import { type Decoded, encode, encodingRemark } from "./encoding.ts";
import type { DocumentWriter, OpenDocument } from "./format.ts";
import { requireFewPages } from "./page_limit.ts";
import { signatureOf } from "./signature.ts";

export interface TextPage {
  readonly blocks: Block[];
  readonly remarks: readonly Remark[];
}

/** Writes leaves back into the source that they were read from. */
export interface Emitter {
  /** The edits, in order, that set `leaves`, which differ from the source's, in place; remarks for what could not be. */
  edits(leaves: readonly Leaf[]): { readonly edits: readonly Edit[]; readonly remarks: readonly Remark[] };
}

/** A document of text that was read whole. Throws EngineError: TOO_MANY_PAGES. */
export function textDocument({
  decoded,
  pages,
  emitter,
}: {
  decoded: Decoded;
  pages: readonly TextPage[];
  emitter: Emitter;
}): OpenDocument {
  requireFewPages(pages.length);
  const encoding = encodingRemark(decoded);
  return {
    pageCount: pages.length,
    remarks: encoding ? [encoding] : [],
    async page(number) {
      const { blocks, remarks } = pages[number - 1] as TextPage;
      return { kind: "blocks", page: { number, blocks, remarks } };
    },
    writer: () => inPlaceWriter(decoded, pages, emitter),
    async [Symbol.asyncDispose]() {},
  };
}

function inPlaceWriter(decoded: Decoded, pages: readonly TextPage[], emitter: Emitter): DocumentWriter {
  const changed: Leaf[] = [];
  let charset: string = decoded.encoding;
  return {
    get charset() {
      return charset;
    },
    async page(page: Page) {
      changed.push(...changedLeaves(pages[page.number - 1]?.blocks ?? [], page.blocks));
    },
    async finish(file) {
      const { edits, remarks } = emitter.edits(changed);
      const { bytes, remark } = encode(edited(decoded.text, edits), decoded);
      await writeFile(file, bytes);
      if (remark) charset = "utf-8";
      return remark ? [...remarks, remark] : remarks;
    },
  };
}

/** Those leaves of `blocks` that say something else than the source's of the same id. */
export function changedLeaves(source: readonly Block[], blocks: readonly Block[]): Leaf[] {
  const before = new Map([...leavesOf(source)].map((leaf) => [leaf.id, leaf]));
  return [...leavesOf(blocks)].filter((leaf) => {
    const was = before.get(leaf.id);
    return was !== undefined && signatureOf(was.content) !== signatureOf(leaf.content);
  });
}
