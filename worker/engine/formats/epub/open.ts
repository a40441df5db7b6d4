import { copyFile } from "node:fs/promises";
import type { Leaf } from "../../document/model.ts";
import type { Remark } from "../../document/remarks.ts";
import { asEngineError, EngineError } from "../../errors.ts";
import { edited, inOrder } from "../edits.ts";
import type { OpenDocument, Writing } from "../format.ts";
import type { LeafAnchor } from "../markup/anchors.ts";
import { addBlocks, unseen } from "../markup/blocks.ts";
import type { Draft } from "../markup/drafts.ts";
import { type Markup, readXhtml } from "../markup/read.ts";
import { markupEdits } from "../markup/write.ts";
import { type SectionedWriting, Sections, sectionedDocument, sectionSize } from "../sectioned.ts";
import { type DecodedXml, decodeXml } from "../xml/encoding.ts";
import { Archive } from "../zip/archive.ts";
import { elementsOf, type Package, readPackage, xmlPart } from "./package.ts";
import { labelsOf, metadataOf, progressionEdits } from "./parts.ts";

/** All pages of a book are held while it is translated. */
const MAX_TEXT_BYTES = 100 * 1024 ** 2;
/** In a book of more pages than this, a page is no section of its own. */
const MANY_PAGES = 800;

/** A part of the book that has text. */
interface Part {
  readonly name: string;
  readonly decoded: DecodedXml;
  readonly markup: Markup;
}

/** Throws EngineError: DOCUMENT_CORRUPT, DOCUMENT_ENCRYPTED, DOCUMENT_TOO_COMPLEX, TEXT_TOO_LARGE, TOO_MANY_PAGES. */
export async function openEpub(file: string): Promise<OpenDocument> {
  const archive = await Archive.open(file);
  try {
    const book = await readPackage(archive);
    const reading = new Reading(archive, book);
    const parts = await reading.read();
    const sections = new Sections(sectionSize(parts.reduce((sum, { drafts }) => sum + drafts.length, 0)));
    const isSection = book.spine.length <= MANY_PAGES;
    for (const [index, { drafts }] of parts.entries()) {
      addBlocks(drafts, sections, String(index));
      if (isSection) sections.end();
    }
    return sectionedDocument({
      ...{ sections: sections.done(), remarks: reading.remarks },
      writing: (writing) => new EpubWriting({ file, archive, book, parts }, writing),
      close: () => archive[Symbol.asyncDispose](),
    });
  } catch (error) {
    await archive[Symbol.asyncDispose]();
    throw error;
  }
}

class Reading {
  readonly remarks: Remark[] = [];
  readonly #archive: Archive;
  readonly #book: Package;
  #bytes = 0;

  constructor(archive: Archive, book: Package) {
    this.#archive = archive;
    this.#book = book;
  }

  /** The pages in the order that they are read in, then what is beside them. */
  async read(): Promise<(Part & { readonly drafts: readonly Draft[] })[]> {
    const { spine, others, navigation, ncx, name, decoded } = this.#book;
    const pages = [];
    for (const page of [...spine, ...others]) pages.push(...(await this.#page(page, (drafts) => drafts)));
    if (navigation !== undefined && !spine.includes(navigation) && this.#archive.has(navigation))
      pages.push(...(await this.#page(navigation, unseen)));
    const metadata = metadataOf(this.#book);
    const beside = [{ name, decoded, markup: metadata, drafts: metadata.drafts }];
    if (ncx !== undefined) {
      const part = await xmlPart(this.#archive, ncx);
      const markup = labelsOf(part);
      beside.push({ ...part, markup, drafts: markup.drafts });
    }
    this.#remarkOnBook();
    return [...pages, ...beside];
  }

  async #page(name: string, as: (drafts: readonly Draft[]) => readonly Draft[]): Promise<(Part & { readonly drafts: readonly Draft[] })[]> {
    this.#bytes += this.#archive.sizeOf(name);
    if (this.#bytes > MAX_TEXT_BYTES) throw new EngineError("TEXT_TOO_LARGE", `The text of a book is limited to ${MAX_TEXT_BYTES} bytes.`);
    const bytes = await this.#archive.read(name);
    try {
      const decoded = decodeXml(bytes);
      const markup = readXhtml(decoded.text);
      return [{ name, decoded, markup: { ...markup, drafts: [] }, drafts: as(markup.drafts) }];
    } catch (error) {
      if (asEngineError(error)?.code !== "DOCUMENT_CORRUPT") throw error;
      this.#remark("TEXT_KEPT", "A page of the book is not in the encoding that it declares: it was left as it is.");
      return [];
    }
  }

  #remarkOnBook(): void {
    const { missing, notPages, root } = this.#book;
    if (missing > 0)
      this.#remark("CONTENT_DROPPED", `The book speaks of ${missing} ${missing === 1 ? "page" : "pages"} that it does not have.`);
    for (const type of notPages) this.#remark("TEXT_KEPT", `What the book has as pages of the type ${type} was left as it is.`);
    if (this.#archive.has("META-INF/signatures.xml"))
      this.#remark("SIGNATURE_BROKEN", "The book was signed: its translation is not what was signed.");
    const isFixed = elementsOf(root, "meta").some(
      ({ attributes, children }) =>
        attributes.some(({ value }) => value === "rendition:layout" || value === "fixed-layout") &&
        [...attributes.map(({ value }) => value), ...children.map((child) => (child.kind === "text" ? child.text.trim() : ""))].some(
          (value) => /^(?:pre-paginated|true)$/.test(value),
        ),
    );
    if (isFixed) this.#remark("TEXT_OVERFLOW", "The book's pages have a fixed layout: text that is longer may not fit.");
  }

  #remark(code: Remark["code"], message: string): void {
    this.remarks.push({ page: 0, code, message });
  }
}

interface Book {
  readonly file: string;
  readonly archive: Archive;
  readonly book: Package;
  readonly parts: readonly Part[];
}

class EpubWriting implements SectionedWriting {
  readonly #book: Book;
  readonly #writing: Writing;

  constructor(book: Book, writing: Writing) {
    this.#book = book;
    this.#writing = writing;
  }

  async write(changed: readonly Leaf[], file: string): Promise<readonly Remark[]> {
    const { archive, book, parts } = this.#book;
    if (changed.length === 0) {
      await copyFile(this.#book.file, file);
      return [];
    }
    const leaves = Map.groupBy(changed, ({ anchor }) => (anchor as LeafAnchor).part);
    const written = new Map<string, Buffer>();
    for (const [index, { name, decoded, markup }] of parts.entries()) {
      const edits = markupEdits(markup, leaves.get(String(index)) ?? [], this.#writing);
      const all = name === book.name ? inOrder([...edits, ...progressionEdits(book, this.#writing)]) : edits;
      if (all.length > 0) written.set(name, decoded.encode(edited(markup.source, all)));
    }
    await archive.write(file, written, this.#writing.signal);
    return [];
  }
}
