import type { DocumentContext } from "../../context.ts";
import type { Page } from "../../document/model.ts";
import type { Remark } from "../../document/remarks.ts";
import { EngineError } from "../../errors.ts";
import type { DocumentWriter, OpenDocument, SourcePage, Writing } from "../format.ts";
import { refuseCompound } from "../ooxml/encrypted.ts";
import { OfficePackage } from "../ooxml/package.ts";
import { signatureRemarks } from "../ooxml/signed.ts";
import { requireFewPages } from "../page_limit.ts";
import { readBook } from "./book.ts";
import { type Showing, sectionRows, sectionsOf } from "./sections.ts";
import { WorkbookWriter } from "./write.ts";

/**
 * A workbook, a section for each sheet and for so many rows of a long one. Throws EngineError: DOCUMENT_CORRUPT,
 * DOCUMENT_ENCRYPTED, DOCUMENT_TOO_COMPLEX, TOO_MANY_PAGES.
 */
export async function openXlsx(file: string, { selection = {}, signal }: DocumentContext): Promise<OpenDocument> {
  await refuseCompound(file);
  const office = await OfficePackage.open(file);
  try {
    const book = await readBook(office, signal);
    const { comments = false, sheetNames = false } = selection;
    const showing: Showing = { book, lengths: sectionRows(book), comments, sheetNames, signatures: new Map() };
    const pageCount = showing.lengths.flat().length;
    if (pageCount === 0) throw new EngineError("NO_CONTENT", "The workbook has no sheets.");
    requireFewPages(pageCount);
    return new OpenWorkbook(office, showing, { pageCount, remarks: await signatureRemarks(office) });
  } catch (error) {
    await office[Symbol.asyncDispose]();
    throw error;
  }
}

class OpenWorkbook implements OpenDocument {
  readonly flow = "continuous";
  readonly pageCount: number;
  readonly remarks: readonly Remark[];
  readonly #office: OfficePackage;
  readonly #showing: Showing;
  /** Sections are read one after another: sheets stream. */
  #reading: { readonly sections: AsyncGenerator<Page>; next: number } | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(office: OfficePackage, showing: Showing, { pageCount, remarks }: Pick<OpenDocument, "pageCount" | "remarks">) {
    this.#office = office;
    this.#showing = showing;
    this.pageCount = pageCount;
    this.remarks = remarks;
  }

  page(number: number): Promise<SourcePage> {
    const page = this.#last.then(() => this.#section(number));
    this.#last = page.catch(() => undefined);
    return page;
  }

  async #section(number: number): Promise<SourcePage> {
    if (!this.#reading || this.#reading.next > number) {
      await this.#reading?.sections.return(undefined);
      this.#reading = { sections: sectionsOf(this.#showing), next: 1 };
    }
    for (;;) {
      const { done, value: page } = await this.#reading.sections.next();
      if (done) throw new EngineError("DOCUMENT_CORRUPT", "The workbook ends before its last section.");
      this.#reading.next++;
      if (page.number === number) return { kind: "blocks", page };
    }
  }

  writer(writing: Writing): DocumentWriter {
    return new WorkbookWriter(this.#showing, writing);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#last;
    await this.#reading?.sections.return(undefined);
    await this.#office[Symbol.asyncDispose]();
  }
}
