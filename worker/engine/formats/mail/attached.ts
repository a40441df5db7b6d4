import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import type { DocumentContext } from "../../context.ts";
import type { Block, Page } from "../../document/model.ts";
import type { Remark } from "../../document/remarks.ts";
import { EngineError } from "../../errors.ts";
import type { Edit } from "../edits.ts";
import type { DocumentWriter, OpenDocument } from "../format.ts";
import { fieldEdit } from "./bodies.ts";
import { decodeWords } from "./encoded_words.ts";
import type { Part } from "./mime.ts";
import { decodeTransfer, encodeTransfer } from "./transfer.ts";

/** A document that is attached to a mail, opened as one of its own. */
export interface Attached {
  readonly part: Part;
  readonly document: OpenDocument;
  /** Where its bytes lie by themselves. */
  readonly file: string;
  /** So many pages of the mail come before its own. */
  readonly before: number;
}

const MAX_ATTACHED = 100;
let opened = 0;

/** Those of `parts`, files of the mail, that are documents without pages, which can come back in their own type. Never throws for one. */
export async function openAttached(parts: readonly Part[], source: string, before: number, context: DocumentContext): Promise<Attached[]> {
  const found: Attached[] = [];
  let at = before;
  for (const part of parts.slice(0, MAX_ATTACHED)) {
    const name = decodeWords(part.disposition.parameters.get("filename") ?? part.type.parameters.get("name") ?? "");
    const file = path.join(context.folder, `attached-${process.pid}-${++opened}`);
    await writeFile(file, decodeTransfer(source.slice(...part.body), part.transfer));
    const document = await documentIn(file, name, context);
    if (!document) continue;
    found.push({ part, document, file, before: at });
    at += document.pageCount;
  }
  return found;
}

async function documentIn(file: string, name: string, { openAttached: open }: DocumentContext): Promise<OpenDocument | undefined> {
  try {
    const document = await open?.(file, name);
    if (document?.flow === "continuous" && document.writer) return document;
    await document?.[Symbol.asyncDispose]();
  } catch (error) {
    // What cannot be read stays as it is, and is counted with what is left.
    if (!(error instanceof EngineError) || error.code === "STORAGE_FULL") throw error;
  }
  return undefined;
}

/** `own` with the pages of `attached` behind its own. `keep` hears, before `own` is written, of the edits that set these in the mail. */
export function withAttached(
  own: OpenDocument,
  attached: readonly Attached[],
  keep: (edits: readonly Edit[]) => void,
  lineEnd: string,
): OpenDocument {
  const { writer } = own;
  return {
    ...own,
    pageCount: attached.reduce((sum, { document }) => sum + document.pageCount, own.pageCount),
    remarks: [...own.remarks, ...attached.flatMap(({ document }) => document.remarks)],
    async page(number) {
      const of = ownerOf(number, attached);
      if (!of) return own.page(number);
      const page = await of.document.page(number - of.before);
      if (page.kind !== "blocks") throw new EngineError("DOCUMENT_CORRUPT", "An attached document cannot be read.");
      const remarks = page.page.remarks.map((remark) => moved(remark, of.before));
      return { kind: "blocks", page: { ...page.page, number, blocks: renamed(page.page.blocks, number), remarks } };
    },
    writer: (writing) => {
      const writers = new Map(attached.map((each) => [each, each.document.writer?.(writing) as DocumentWriter]));
      const mail = writer?.(writing) as DocumentWriter;
      return new AttachedWriter(mail, writers, keep, lineEnd);
    },
    async [Symbol.asyncDispose]() {
      for (const { document } of attached) await document[Symbol.asyncDispose]();
      await own[Symbol.asyncDispose]();
    },
  };
}

function ownerOf(number: number, attached: Iterable<Attached>): Attached | undefined {
  return [...attached].findLast(({ before }) => number > before);
}

/** Ids begin with their page's number. */
function renamed(blocks: readonly Block[], page: number): Block[] {
  const idOf = (id: string) => id.replace(/^p\d+/, `p${page}`);
  const one = (block: Block): Block => {
    const id = idOf(block.id);
    if (block.kind === "list") return { ...block, id, items: block.items.map((item) => ({ ...item, blocks: item.blocks.map(one) })) };
    if (block.kind === "table")
      return { ...block, id, rows: block.rows.map((row) => row.map((cell) => ({ ...cell, blocks: cell.blocks.map(one) }))) };
    return block.kind === "quote" ? { ...block, id, blocks: block.blocks.map(one) } : { ...block, id };
  };
  return blocks.map(one);
}

function moved(remark: Remark, by: number): Remark {
  const { block } = remark;
  if (remark.page === 0) return remark;
  return { ...remark, page: remark.page + by, ...(block !== undefined && { block: block.replace(/^p\d+/, `p${remark.page + by}`) }) };
}

class AttachedWriter implements DocumentWriter {
  readonly #mail: DocumentWriter;
  readonly #writers: ReadonlyMap<Attached, DocumentWriter>;
  readonly #keep: (edits: readonly Edit[]) => void;
  readonly #lineEnd: string;

  constructor(
    mail: DocumentWriter,
    writers: ReadonlyMap<Attached, DocumentWriter>,
    keep: (edits: readonly Edit[]) => void,
    lineEnd: string,
  ) {
    this.#mail = mail;
    this.#writers = writers;
    this.#keep = keep;
    this.#lineEnd = lineEnd;
  }

  get type() {
    return this.#mail.type;
  }

  async page(page: Page): Promise<void> {
    const of = ownerOf(page.number, this.#writers.keys());
    if (!of) return this.#mail.page(page);
    const number = page.number - of.before;
    await this.#writers.get(of)?.page({ ...page, number, blocks: renamed(page.blocks, number) });
  }

  async finish(file: string): Promise<readonly Remark[]> {
    const edits: Edit[] = [];
    const remarks: Remark[] = [];
    for (const [of, writer] of this.#writers) {
      const made = `${of.file}.made`;
      remarks.push(...(await writer.finish(made)).map((remark) => moved(remark, of.before)));
      const bytes = await readFile(made);
      if (bytes.equals(await readFile(of.file))) continue;
      edits.push({ from: of.part.body[0], to: of.part.body[1], text: encodeTransfer(bytes, "base64", this.#lineEnd) });
      if (of.part.transfer !== "base64") edits.push(fieldEdit(of.part, "Content-Transfer-Encoding", " base64", this.#lineEnd));
    }
    this.#keep(edits);
    return [...remarks, ...(await this.#mail.finish(file))];
  }
}
