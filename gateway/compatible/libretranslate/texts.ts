import { DragomanError } from "../../../platform/errors.ts";
import { type Asked, sendJson } from "../asked.ts";
import { likelyLanguages } from "../detection.ts";
import type { Fields } from "../fields.ts";
import { type TranslatedText, translateTexts } from "../texts.ts";
import { readCalled } from "./caller.ts";

const FORMATS = ["", "text", "html"];
const AUTO = "auto";

/** `POST /translate`: a text, or a list of them. Of other ways to say it (`alternatives`) there are none. */
export async function translate(asked: Asked): Promise<void> {
  const { fields, api } = await readCalled(asked);
  const texts = textsOf(fields);
  const [source, target] = [required(fields, "source"), required(fields, "target")];
  if (!FORMATS.includes(fields.one("format"))) throw DragomanError.of("INVALID_REQUEST", "Invalid request: format is text or html");
  const done = await translateTexts(
    {
      texts,
      source: source === AUTO ? "" : source,
      target,
      options: { engine: fields.one("engine") },
      label: "libretranslate",
      allowsPartial: ["1", "true"].includes(fields.one("allow_partial")),
    },
    api,
    asked.parts,
    asked.gone,
  );
  sendJson(asked.response, 200, answerOf(done, { isList: fields.isList("q"), isDetected: source === AUTO, fields }));
}

function answerOf(done: readonly TranslatedText[], how: { isList: boolean; isDetected: boolean; fields: Fields }) {
  const each = <T>(of: (one: TranslatedText) => T) => (how.isList ? done.map(of) : of(done[0] as TranslatedText));
  const remarks = done.flatMap((one, text) => one.remarks.map((remark) => ({ text, ...remark })));
  return {
    translatedText: each(({ text }) => text),
    ...(how.isDetected && { detectedLanguage: each(({ source: { language, confidence } }) => ({ confidence, language })) }),
    ...(Number(how.fields.one("alternatives")) > 0 && { alternatives: each(() => []) }),
    ...(remarks.length > 0 && { remarks }),
  };
}

/** `POST /detect`. */
export async function detect(asked: Asked): Promise<void> {
  const { fields } = await readCalled(asked);
  const found = await Promise.all(textsOf(fields).slice(0, 1).map(likelyLanguages));
  const likely = (found[0] ?? []).filter(({ confidence }, index) => index === 0 || confidence > 50);
  sendJson(
    asked.response,
    200,
    likely.slice(0, 5).map(({ confidence, language }) => ({ confidence, language })),
  );
}

function textsOf(fields: Fields): readonly string[] {
  const texts = fields.all("q");
  if (texts.length === 0 || (!fields.isList("q") && texts[0] === "")) throw missing("q");
  return texts;
}

export function required(fields: Fields, name: string): string {
  const value = fields.one(name);
  if (value === "") throw missing(name);
  return value;
}

function missing(name: string): DragomanError {
  return DragomanError.of("INVALID_REQUEST", `Invalid request: missing ${name} parameter`);
}
