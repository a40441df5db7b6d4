/** What a reader of a result may have to know. */
export type RemarkCode =
  /** Something of the source is not in the result: its kind stands in the message. */
  | "CONTENT_DROPPED"
  /** A picture that may have words on it was not read. */
  | "PICTURE_NOT_READ"
  /** OCR is not sure of words, or of a page. */
  | "LOW_CONFIDENCE"
  /** The page's text layer has no readable text; what is seen was read by OCR. */
  | "TEXT_LAYER_UNREADABLE"
  /** The page was turned to be read. */
  | "PAGE_TURNED"
  | "PAGE_FAILED"
  /** The page was larger than the pixel budget and was read smaller. */
  | "PAGE_SCALED"
  /** Markup that was left as it is, its text with it. */
  | "HTML_KEPT"
  /** Which encoding a text was read in, where it is not UTF-8. */
  | "ENCODING"
  /** A style, link or atom that the translator lost was put at the end of its sentence. */
  | "TAG_MOVED"
  | "SEGMENT_KEPT"
  | "SEGMENT_FAILED"
  /** The checks doubt a translation, which is used all the same. */
  | "SEGMENT_DOUBTED"
  /** A term of a glossary has not the translation that it should have. */
  | "TERM_MISSED"
  /** No translation of a text is known, but one of a text that is nearly the same. */
  | "SIMILAR_KNOWN"
  /** The translation engine cannot do what was asked of it. */
  | "OPTION_IGNORED"
  /** Another translation engine than the first that was named did some of the work. */
  | "ENGINE_REPLACED"
  | "WORDS_UNKNOWN"
  /** The fonts of a PDF have no sign for it. */
  | "GLYPH_MISSING"
  | "PREVIEW_MISSING"
  /** The document's own format was asked for and cannot be written: there is a PDF in its place. */
  | "DOCUMENT_AS_PDF"
  /** The document was converted to another type before it was read, and comes back in that. */
  | "DOCUMENT_CONVERTED"
  /** A bilingual PDF was asked for and could not be made. */
  | "BILINGUAL_MISSING"
  /** In place: text is set smaller than its source was. */
  | "TEXT_SHRUNK"
  /** In place: text does not fit where its source stood, even as small as it may be. */
  | "TEXT_OVERFLOW"
  /** In place: text that was translated stands as it was, as its place could not be written to. */
  | "TEXT_KEPT"
  /** In place: the page's own text could not be taken out; it is painted over. */
  | "PAGE_COVERED"
  /** In place: the page could not be edited, and is set anew. */
  | "PAGE_REFLOWED"
  /** Texts for numbers have fewer forms than the target's plurals: none is made up. */
  | "PLURALS_MISSING"
  /** The source was signed: what is changed is no longer what was signed. */
  | "SIGNATURE_BROKEN";

export interface Remark {
  /** From 1; 0 for the whole document. */
  readonly page: number;
  readonly code: RemarkCode;
  /** A sentence for people; quotes at most single words, never whole sentences. */
  readonly message: string;
  /** The block's id, where it is of one. */
  readonly block?: string;
}

/** Of a sign that no font of a PDF has. */
export function glyphMissing(page: number, sign: string): Remark {
  return { page, code: "GLYPH_MISSING", message: `The PDF's fonts do not have ${codePointOf(sign)}; it is shown as a replacement sign.` };
}

/** That so many tags of a block's sentences were lost in translation, and put at their ends. */
export function tagsMoved(page: number, block: string, count: number): Remark {
  const what = count === 1 ? "A style, a link or a mark" : `${count} styles, links or marks`;
  const message = `${what} lost ${count === 1 ? "its" : "their"} place in the translation, and ${count === 1 ? "stands" : "stand"} at the sentence's end.`;
  return { page, block, code: "TAG_MOVED", message };
}

/** "U+00E9". */
export function codePointOf(sign: string): string {
  return `U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}
