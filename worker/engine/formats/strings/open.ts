import type { DocumentContext } from "../../context.ts";
import { readTextFile } from "../encoding.ts";
import type { OpenDocument } from "../format.ts";
import { keyFilter } from "../named_texts/keys.ts";
import { namedTexts } from "../named_texts/texts.ts";
import { textDocument } from "../text_document.ts";
import { readStrings, type StringsText, stringsValue } from "./read.ts";

/** Throws EngineError: DOCUMENT_CORRUPT, TEXT_TOO_LARGE, UNSUPPORTED_FILE_TYPE. */
export async function openStrings(file: string, context: DocumentContext): Promise<OpenDocument> {
  const decoded = await readTextFile(file);
  return textDocument({ decoded, ...stringsTexts(decoded.text, context) });
}

/** Pure: the texts of `source`, and how they are written back. */
export function stringsTexts(source: string, { targetLanguage, selection }: Pick<DocumentContext, "targetLanguage" | "selection">) {
  const isChosen = keyFilter(selection?.keys);
  return namedTexts({
    texts: readStrings(source).filter(({ path }) => isChosen(path)),
    targetLanguage,
    encode: (text, value) => stringsValue(value, text as StringsText),
  });
}
