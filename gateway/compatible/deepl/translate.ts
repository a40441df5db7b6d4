import { type Asked, sendJson } from "../asked.ts";
import { type Fields, readFields } from "../fields.ts";
import type { OwnApi } from "../own_api.ts";
import { translateTexts } from "../texts.ts";
import { withIgnored, withoutMarks } from "./ignored_tags.ts";
import { flag, jobOptionsOf, refused, required } from "./options.ts";

/** By DeepL's contract. */
const MAX_TEXTS = 50;
/** How their engine cuts texts, and which of their models takes them. */
const IGNORED = ["split_sentences", "preserve_formatting", "outline_detection", "splitting_tags", "non_splitting_tags", "model_type"];
const TAG_HANDLING = ["", "html", "xml"];

/** `POST /v2/translate`: texts in, their translations out, each with what is to be known of it in a member of ours, `remarks`. */
export async function translate({ request, response, query, parts, gone }: Asked, api: OwnApi): Promise<void> {
  const fields = await readFields(request, query);
  const texts = withIgnored(textsOf(fields), fields);
  if (!TAG_HANDLING.includes(fields.one("tag_handling"))) throw refused("tag_handling", "is html or xml");
  const done = await translateTexts(
    {
      texts,
      source: fields.one("source_lang"),
      target: required(fields, "target_lang"),
      options: jobOptionsOf(fields),
      label: "deepl",
      allowsPartial: flag(fields, "allow_partial"),
    },
    api,
    parts,
    gone,
  );
  const isBilled = flag(fields, "show_billed_characters");
  const translations = done.map(({ text, source, billed, remarks }) => ({
    detected_source_language: source.language.toUpperCase(),
    text: withoutMarks(text),
    ...(isBilled && { billed_characters: billed }),
    ...(remarks.length > 0 && { remarks }),
  }));
  const ignored = IGNORED.filter((name) => fields.one(name) !== "").map((name) => ({
    code: "OPTION_IGNORED",
    message: `Nothing here goes by \`${name}\`; it was left out.`,
  }));
  sendJson(response, 200, { translations, ...(ignored.length > 0 && { remarks: ignored }) });
}

function textsOf(fields: Fields): readonly string[] {
  const texts = fields.all("text");
  if (texts.length === 0) throw refused("text", "is required");
  if (texts.length > MAX_TEXTS) throw refused("text", `is given at most ${MAX_TEXTS} times in a request`);
  return texts;
}
