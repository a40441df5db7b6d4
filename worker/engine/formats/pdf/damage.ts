import { asEngineError, EngineError } from "../../errors.ts";
import { dropped } from "./annotations.ts";
import { pageOf } from "./page.ts";
import { type ContentPage, type ReadSource, readFrom, type Source } from "./source.ts";

/** pdf.js hands a page's operators on in pieces of so many, or up to five fewer (`OperatorList.CHUNK_SIZE`). */
const PIECE = 1000;
const SHORTER = 5;

/** The pages of a document whose damages are found: what can be read of a damaged page is read, and said to be a part. */
export class Pages implements AsyncDisposable {
  readonly #source: Source;
  readonly #openMending: () => Promise<Source>;
  #mending: Promise<Source> | undefined;

  /** `openMending` opens the document in such a way that what is damaged is passed over. */
  constructor(source: Source, openMending: () => Promise<Source>) {
    this.#source = source;
    this.#openMending = openMending;
  }

  /** Throws EngineError: PDF_CORRUPT if nothing of the page can be read. */
  async read(number: number): Promise<ContentPage> {
    let cause: unknown;
    try {
      const read = await readFrom(this.#source, number);
      if (!mayBeCutShort(read.operators) || (await this.#isWhole(read, number))) return read.page;
    } catch (error) {
      const known = asEngineError(error);
      if (known) throw known;
      cause = error;
    }
    return this.#mended(number, cause);
  }

  /**
   * At an operator that it cannot make sense of, pdf.js ends the list as if the page ended there, and loses what it had
   * not handed on. The text alone, and the list with damages passed over, show whether it did.
   */
  async #isWhole({ operators }: ReadSource, number: number): Promise<boolean> {
    await this.#source.using(async () => (await pageOf(this.#source.document, number)).getTextContent());
    return (await readFrom(await this.#mend(), number)).operators <= operators;
  }

  async #mended(number: number, cause: unknown): Promise<ContentPage> {
    const damaged = new EngineError("PDF_CORRUPT", "The page cannot be read.", { page: number, cause });
    const { page } = await readFrom(await this.#mend(), number).catch((error: unknown) => {
      throw asEngineError(error) ?? damaged;
    });
    if (page.content.words.length === 0 && !page.toRead) throw damaged;
    const remark = dropped(number, "A part of the page is damaged; what of it could be read is here.");
    // A writer works on what the file has, not on what it was mended to: it would not find these words there.
    const words = page.content.words.map(({ anchor: _, ...word }) => word);
    return { ...page, content: { ...page.content, words, remarks: [...page.content.remarks, remark] } };
  }

  #mend(): Promise<Source> {
    this.#mending ??= this.#openMending();
    return this.#mending;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source.document.loadingTask.destroy();
    const mending = await this.#mending?.catch(() => undefined);
    await mending?.document.loadingTask.destroy();
  }
}

/** Whether a list of so many operators may be made of whole pieces, so that the last one may be missing. */
function mayBeCutShort(operators: number): boolean {
  const pieces = Math.ceil(operators / PIECE);
  return operators >= pieces * (PIECE - SHORTER);
}
