import type { DocumentContext } from "../../context.ts";
import { readTextFile } from "../encoding.ts";
import type { OpenDocument } from "../format.ts";
import { isStructured } from "../named_texts/icu.ts";
import { keyFilter } from "../named_texts/keys.ts";
import { namedTexts } from "../named_texts/texts.ts";
import { textDocument } from "../text_document.ts";
import { jsonString, mannerOf, readJson, setting } from "./read.ts";

type Wishes = Pick<DocumentContext, "targetLanguage" | "selection">;

/** Throws EngineError: DOCUMENT_CORRUPT, DOCUMENT_TOO_COMPLEX, TEXT_TOO_LARGE, UNSUPPORTED_FILE_TYPE. */
export async function openJson(file: string, context: DocumentContext): Promise<OpenDocument> {
  const decoded = await readTextFile(file);
  return textDocument({ decoded, ...jsonTexts(decoded.text, context) });
}

/** Pure: the texts of `source`, and how they are written back. */
export function jsonTexts(source: string, { targetLanguage, selection }: Wishes) {
  const isChosen = keyFilter(selection?.keys);
  const manner = mannerOf(source);
  const texts = readJson(source).filter(({ path }) => isChosen(path));
  return namedTexts({
    texts,
    // Who writes plurals so writes all messages so.
    dialect: { isIcu: texts.some(({ value }) => isStructured(value)) },
    targetLanguage,
    encode: (text, value) => jsonString(value, text as (typeof texts)[number], manner),
  });
}

/** Throws EngineError as `openJson` does. */
export async function openArb(file: string, context: DocumentContext): Promise<OpenDocument> {
  const decoded = await readTextFile(file);
  const { language, ...texts } = arbTexts(decoded.text, context);
  return { ...textDocument({ decoded, ...texts }), language };
}

/** An Application Resource Bundle (https://github.com/google/app-resource-bundle): what begins with "@" is said of the texts, and is none. */
export function arbTexts(source: string, { targetLanguage, selection }: Wishes) {
  const isChosen = keyFilter(selection?.keys);
  const manner = mannerOf(source);
  const all = readJson(source);
  const locale = all.find(({ path }) => path.length === 1 && path[0] === "@@locale");
  const texts = all.filter(({ path }) => !path[0]?.startsWith("@") && isChosen(path));
  const read = namedTexts({
    texts,
    targetLanguage,
    encode: (text, value) => jsonString(value, text as (typeof texts)[number], manner),
    more: (writing) => setting(locale, writing.targetLanguage.replaceAll("-", "_")),
  });
  return { ...read, language: /^[a-z]{2}(?=$|[-_])/.exec(locale?.value ?? "")?.[0] };
}
