import type { MemoryUnit, TaggedText } from "../../gen/dragoman/v1/memory_service_pb.ts";
import { isTaggedText } from "../memory/unit.ts";
import { requireAll } from "./validation.ts";

const MAX_UNITS = 100;
/** Of each text, and of all together, so that a call stays one message. */
const MAX_LETTERS = 20_000;
const MAX_TAGS = 2_000;
const MAX_ALL_LETTERS = 100_000;
const MAX_ALL_TAGS = 20_000;
/** BCP 47, as far as translators tell languages apart: language, script, region. */
const LANGUAGE = /^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2}|-[0-9]{3})?$/;
/** Of engines, models and hashes. */
const NAME = /^[\x21-\x7e]{0,200}$/;
const MAX_WORDS = 1000;

/** The rules for units that the memory is asked for, or is given: then with their translations. Throws INVALID_REQUEST. */
export function requireUnits(units: readonly MemoryUnit[], { translated }: { translated: boolean }): void {
  const texts = units.flatMap(({ source, target }) => [source, target]).filter((text) => text !== undefined);
  requireAll(
    [units.length >= 1 && units.length <= MAX_UNITS, "units", `has 1 to ${MAX_UNITS} entries`],
    [
      units.every(({ sourceLanguage, targetLanguage }) => LANGUAGE.test(sourceLanguage) && LANGUAGE.test(targetLanguage)),
      "units.source_language",
      'is a code as in "en" or "pt-BR", and so is `target_language`',
    ],
    [units.every(({ source }) => isText(source)), "units.source", TEXT],
    [units.every(({ target }) => !translated || isText(target)), "units.target", TEXT],
    [
      sum(texts, ({ text }) => text.length) <= MAX_ALL_LETTERS && sum(texts, ({ tags }) => tags.length) <= MAX_ALL_TAGS,
      "units",
      `has at most ${MAX_ALL_LETTERS} UTF-16 units of text, and ${MAX_ALL_TAGS} tags`,
    ],
    [
      units.every(({ engine, model, manner, context }) => [engine, model, manner, context].every((name) => NAME.test(name))),
      "units.engine",
      "has at most 200 visible ASCII characters, and so do `model`, `manner` and `context`",
    ],
    [
      units.every(({ unknown, termsMissed }) => unknown.length + termsMissed.length <= MAX_WORDS),
      "units.unknown",
      `has at most ${MAX_WORDS} entries, with those of \`terms_missed\``,
    ],
  );
}

const TEXT = `has 1 to ${MAX_LETTERS} UTF-16 units, and at most ${MAX_TAGS} tags, each within the text and numbered from 1`;

function isText(text: TaggedText | undefined): boolean {
  return (
    text !== undefined && text.text.length >= 1 && text.text.length <= MAX_LETTERS && text.tags.length <= MAX_TAGS && isTaggedText(text)
  );
}

function sum(texts: readonly TaggedText[], of: (text: TaggedText) => number): number {
  return texts.reduce((total, text) => total + of(text), 0);
}
