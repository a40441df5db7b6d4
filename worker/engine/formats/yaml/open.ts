import type { DocumentContext } from "../../context.ts";
import { readTextFile } from "../encoding.ts";
import type { OpenDocument } from "../format.ts";
import { keyFilter } from "../named_texts/keys.ts";
import { namedTexts } from "../named_texts/texts.ts";
import { textDocument } from "../text_document.ts";
import { readYaml, type YamlText } from "./read.ts";
import { yamlScalar } from "./write.ts";

/** Throws EngineError: DOCUMENT_CORRUPT, DOCUMENT_TOO_COMPLEX, TEXT_TOO_LARGE, UNSUPPORTED_FILE_TYPE. */
export async function openYaml(file: string, context: DocumentContext): Promise<OpenDocument> {
  const decoded = await readTextFile(file);
  return textDocument({ decoded, ...yamlTexts(decoded.text, context) });
}

/**
 * Pure: the texts of `source`, and how they are written back. Where the source's language is the only key of a document and
 * holds all of it, as Rails has it, it becomes the target's.
 */
export function yamlTexts(source: string, { targetLanguage, selection }: Pick<DocumentContext, "targetLanguage" | "selection">) {
  const isChosen = keyFilter(selection?.keys);
  const { texts, roots } = readYaml(source);
  return namedTexts({
    texts: texts.filter(({ path }) => isChosen(path)),
    targetLanguage,
    encode: (text, value) => yamlScalar(value, text as YamlText),
    more: (writing) =>
      roots
        .filter(({ key }) => key === writing.sourceLanguage)
        .map(({ range: [from, to] }) => ({
          from,
          to,
          text: source.slice(from, to).replace(writing.sourceLanguage, keyOf(writing.targetLanguage)),
        })),
  });
}

/** Norwegian is false to YAML 1.1. */
function keyOf(language: string): string {
  return language === "no" ? '"no"' : language;
}
