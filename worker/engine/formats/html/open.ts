import { copyFile, writeFile } from "node:fs/promises";
import type { Leaf } from "../../document/model.ts";
import type { Remark } from "../../document/remarks.ts";
import { edited } from "../edits.ts";
import { readTextBytes } from "../encoding.ts";
import type { FileType, OpenDocument, Writing } from "../format.ts";
import { addBlocks } from "../markup/blocks.ts";
import { type Markup, readHtml, readXhtml } from "../markup/read.ts";
import { markupEdits } from "../markup/write.ts";
import { type SectionedWriting, Sections, sectionedDocument, sectionSize } from "../sectioned.ts";
import { DECLARED, type DecodedPage, decodePage } from "./encoding.ts";

/** A page that parses as XML must be taken for it: `<script/>` would go on to the end of HTML. */
const XHTML = { mediaType: "application/xhtml+xml", extension: ".xhtml" };
/** What only XML begins with; a page that says so may still be none, and is then read as HTML. */
const XML = /^\s*<\?xml\s/;

/** Throws EngineError: TEXT_TOO_LARGE, UNSUPPORTED_FILE_TYPE, DOCUMENT_TOO_COMPLEX, TOO_MANY_PAGES. */
export async function openHtml(file: string): Promise<OpenDocument> {
  const page = decodePage(await readTextBytes(file));
  const markup = XML.test(page.text) ? readXhtml(page.text) : readHtml(page.text);
  const sections = new Sections(sectionSize(markup.drafts.length));
  addBlocks(markup.drafts, sections);
  return sectionedDocument({
    sections: sections.done(),
    remarks: page.remark ? [page.remark] : [],
    writing: (writing) => new HtmlWriting(file, page, markup, writing),
  });
}

class HtmlWriting implements SectionedWriting {
  charset: string;
  readonly type: FileType | undefined;
  readonly #file: string;
  readonly #page: DecodedPage;
  readonly #markup: Markup;
  readonly #writing: Writing;

  constructor(file: string, page: DecodedPage, markup: Markup, writing: Writing) {
    this.#file = file;
    this.#page = page;
    this.#markup = markup;
    this.#writing = writing;
    this.charset = page.encoding;
    this.type = markup.wasXml ? XHTML : undefined;
  }

  async write(changed: readonly Leaf[], file: string): Promise<readonly Remark[]> {
    if (changed.length === 0) {
      await copyFile(this.#file, file);
      return [];
    }
    const { encode, has, text, encoding } = this.#page;
    const written = edited(text, markupEdits(this.#markup, changed, this.#writing, has));
    if (encode) {
      await writeFile(file, encode(written));
      return [];
    }
    this.charset = "utf-8";
    await writeFile(file, written.replace(DECLARED, "$1utf-8"));
    return [{ page: 0, code: "ENCODING", message: `The file can't be written in ${encoding.toUpperCase()} again: it is UTF-8.` }];
  }
}
