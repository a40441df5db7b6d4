import type { DocumentContext } from "../../context.ts";
import { type Encoding, readTextFile } from "../encoding.ts";
import type { OpenDocument } from "../format.ts";
import { keyFilter } from "../named_texts/keys.ts";
import { namedTexts } from "../named_texts/texts.ts";
import { textDocument } from "../text_document.ts";
import { type PropertyText, readProperties } from "./read.ts";
import { mostOf, propertyValue } from "./write.ts";

/** Throws EngineError: TEXT_TOO_LARGE, UNSUPPORTED_FILE_TYPE. */
export async function openProperties(file: string, context: DocumentContext): Promise<OpenDocument> {
  const decoded = await readTextFile(file);
  return textDocument({ decoded, ...propertyTexts(decoded.text, context, decoded.encoding) });
}

/** Pure: the texts of `source`, and how they are written back. */
export function propertyTexts(
  source: string,
  { targetLanguage, selection }: Pick<DocumentContext, "targetLanguage" | "selection">,
  encoding: Encoding = "utf-8",
) {
  const isChosen = keyFilter(selection?.keys);
  const most = mostOf(source, encoding);
  return namedTexts({
    texts: readProperties(source).filter(({ path }) => isChosen(path)),
    dialect: { isJava: true },
    targetLanguage,
    encode: (text, value) => propertyValue(value, text as PropertyText, most),
  });
}
