import type { DocumentContext } from "../../context.ts";
import { EngineError } from "../../errors.ts";
import type { Edit } from "../edits.ts";
import { type Decoded, readTextBytes, readTextFile } from "../encoding.ts";
import type { OpenDocument } from "../format.ts";
import { type NamedText, namedTexts } from "../named_texts/texts.ts";
import { textDocument } from "../text_document.ts";
import { headerEdits, headerOf, type PoHeader } from "./header.ts";
import { type PoEntry, readPo } from "./read.ts";
import { mannerOf, type PoManner, poString } from "./write.ts";

/** Throws EngineError: DOCUMENT_CORRUPT, UNSUPPORTED_LANGUAGE_PAIR for a catalogue of another language, TEXT_TOO_LARGE, UNSUPPORTED_FILE_TYPE. */
export async function openPo(file: string, context: DocumentContext): Promise<OpenDocument> {
  const decoded = declaredText(await readTextBytes(file)) ?? (await readTextFile(file));
  const { remarks, ...texts } = poTexts(decoded.text, context);
  if (decoded.encoding === "utf-8") return textDocument({ decoded, remarks, ...texts, isBilingual: true });
  const message = "The catalogue was not in UTF-8; it is written so, and says so.";
  return textDocument({
    decoded: { ...decoded, encoding: "utf-8", bom: false },
    remarks: [...remarks, { page: 0, code: "ENCODING", message }],
    ...texts,
    isBilingual: true,
  });
}

/** What its head says that it is in, where that is no Unicode: no look at its bytes tells Latin 2 from Latin 1. */
function declaredText(bytes: Buffer): Decoded | undefined {
  const label = /^"Content-Type:[^"\r\n]{0,200}charset=([\w.:-]{1,40})/im.exec(bytes.toString("latin1", 0, 65_536))?.[1];
  if (label === undefined || /^(?:utf.*|charset|.*ascii)$/i.test(label)) return undefined;
  try {
    return { text: new TextDecoder(label, { fatal: true }).decode(bytes), encoding: "windows-1252", bom: false };
  } catch {
    return undefined;
  }
}

/** A text of a message: it itself, or its plural. */
interface PoText extends NamedText {
  readonly entry: PoEntry;
  /** The numbers of the translations that it becomes. */
  readonly forms: readonly number[];
}

/**
 * Pure: the messages of `source` that have no translation, or one that is fuzzy, and how they are written. What is filled in
 * is no longer fuzzy: gettext's programs would leave it out.
 */
export function poTexts(source: string, { targetLanguage }: Pick<DocumentContext, "targetLanguage">) {
  const entries = readPo(source);
  const header = headerOf(entries, targetLanguage);
  const manner = mannerOf(source);
  const messages = entries.filter((entry) => entry !== header.entry);
  const isOther = header.language !== "" && header.language !== targetLanguage;
  if (isOther && messages.some(isFinished))
    throw new EngineError(
      "UNSUPPORTED_LANGUAGE_PAIR",
      `The catalogue is a translation into ${header.language} already: its finished messages would stand beside those in ${targetLanguage}.`,
    );
  const texts = messages.flatMap((entry) => textsOf(entry, header));
  const hasPlurals = messages.some(({ plural }) => plural);
  const read = namedTexts({
    texts,
    targetLanguage,
    encode: (text, value) => editsOf(text as PoText, value, header, manner),
    more: (writing) => [
      ...headerEdits(header, writing.targetLanguage, hasPlurals, manner),
      ...(header.entry ? flagEdits(header.entry, source) : []),
    ],
    moreOf: (text) => flagEdits((text as PoText).entry, source),
  });
  return { ...read, remarks: [...read.remarks, ...sameForms(messages, header)] };
}

function isFinished({ isFuzzy, translations }: PoEntry): boolean {
  return !isFuzzy && translations.every(({ value }) => value !== "");
}

function textsOf(entry: PoEntry, { forms }: PoHeader): PoText[] {
  const { context, id, plural, translations } = entry;
  const isDone = isFinished(entry);
  const of = (value: string, numbers: readonly number[]): PoText => ({
    ...{ entry, forms: numbers, path: context ? [context.value] : [], value, range: id.range },
    ...(isDone && { kept: "translated already", translation: translations[numbers[0] ?? 0]?.value ?? translations[0]?.value }),
  });
  if (!plural) return [of(id.value, [0])];
  const others = Array.from({ length: forms.count }, (_, number) => number).filter((number) => number !== forms.singular);
  return [...(forms.singular === undefined ? [] : [of(id.value, [forms.singular])]), of(plural.value, others)];
}

/** The translations that a text becomes: in the place of those that stand there, and behind the last where there are too few. */
function editsOf({ entry, forms }: PoText, value: string, { forms: { count } }: PoHeader, manner: PoManner): Edit[] {
  const { translations, plural } = entry;
  const last = translations.at(-1)?.range[1] ?? 0;
  const edits: Edit[] = [];
  let added = "";
  for (const form of forms) {
    const keyword = plural ? `msgstr[${form}]` : "msgstr";
    const there = translations[form];
    const text = poString(value, keyword, manner);
    if (there) edits.push({ from: there.range[0], to: there.range[1], text });
    else added += `${manner.lineEnd}${keyword} ${text}`;
  }
  if (added !== "") edits.push({ from: last, to: last, text: added });
  const most = translations[count - 1];
  if (plural && most && translations.length > count) edits.push({ from: most.range[1], to: last, text: "" });
  return edits;
}

/** Of a message that is no longer fuzzy: without the flag, and without what it was before. */
function flagEdits({ isFuzzy, flags, previous }: PoEntry, source: string): Edit[] {
  if (!isFuzzy) return [];
  const kept = flags.flatMap(([from, to]): Edit[] => {
    const line = source.slice(from, to);
    if (!/\bfuzzy\b/.test(line)) return [];
    const [, mark = "#,", list = ""] = /^([ \t]*#[,=])(.*)$/.exec(line) ?? [];
    const rest = list
      .split(",")
      .map((flag) => flag.trim())
      .filter((flag) => flag !== "" && flag !== "fuzzy");
    if (rest.length > 0) return [{ from, to, text: `${mark} ${rest.join(", ")}` }];
    const end = source.startsWith("\r\n", to) ? to + 2 : to + 1;
    return [{ from, to: Math.min(end, source.length), text: "" }];
  });
  return [...kept, ...previous.map(([from, to]) => ({ from, to, text: "" }))];
}

/** gettext's English has two forms at most: of what more the target has, all say the same. */
function sameForms(messages: readonly PoEntry[], { forms: { count } }: PoHeader) {
  const open = messages.filter((entry) => entry.plural && !isFinished(entry)).length;
  if (count < 3 || open === 0) return [];
  const message = `${open === 1 ? "A message for numbers has" : `${open} messages for numbers have`} ${count} forms in the target language and two in the source: all but the singular say the same.`;
  return [{ page: 0, code: "PLURALS_MISSING" as const, message }];
}
