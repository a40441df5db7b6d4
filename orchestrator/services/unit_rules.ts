import type { MemoryUnit, TaggedText } from "../../gen/dragoman/v1/memory_service_pb.ts";
import { LANGUAGE } from "../../platform/languages.ts";
import { isRememberable, MEMORY_CALL, MEMORY_TEXT } from "../../platform/memory_calls.ts";
import { isTaggedText } from "../memory/unit.ts";
import { requireAll } from "./validation.ts";

/** Of engines, models and hashes. */
const NAME = /^\P{Cc}{0,200}$/u;
const MAX_WORDS = 1000;

/** The rules for units that the memory is asked for, or is given: then with their translations. Throws INVALID_REQUEST. */
export function requireUnits(units: readonly MemoryUnit[], { translated }: { translated: boolean }): void {
  const texts = units.flatMap(({ source, target }) => [source, target]).filter((text) => text !== undefined);
  requireAll(
    [units.length >= 1 && units.length <= MEMORY_CALL.units, "units", `has 1 to ${MEMORY_CALL.units} entries`],
    [
      units.every(({ sourceLanguage, targetLanguage }) => LANGUAGE.test(sourceLanguage) && LANGUAGE.test(targetLanguage)),
      "units.source_language",
      'is a code as in "en" or "pt-BR", and so is `target_language`',
    ],
    [units.every(({ source }) => isText(source)), "units.source", TEXT],
    [units.every(({ target }) => !translated || isText(target)), "units.target", TEXT],
    [
      sum(texts, ({ text }) => text.length) <= MEMORY_CALL.letters && sum(texts, ({ tags }) => tags.length) <= MEMORY_CALL.tags,
      "units",
      `has at most ${MEMORY_CALL.letters} UTF-16 units of text, and ${MEMORY_CALL.tags} tags`,
    ],
    [
      units.every(({ engine, model, manner, context }) => [engine, model, manner, context].every((name) => NAME.test(name))),
      "units.engine",
      "has at most 200 characters and no controls, and so do `model`, `manner` and `context`",
    ],
    [
      units.every(({ unknown, termsMissed }) => unknown.length + termsMissed.length <= MAX_WORDS),
      "units.unknown",
      `has at most ${MAX_WORDS} entries, with those of \`terms_missed\``,
    ],
  );
}

const TEXT = `has 1 to ${MEMORY_TEXT.letters} UTF-16 units that are not all space, and at most ${MEMORY_TEXT.tags} tags, each within the text and numbered from 1`;

function isText(text: TaggedText | undefined): boolean {
  return text !== undefined && isRememberable(text) && isTaggedText(text);
}

function sum(texts: readonly TaggedText[], of: (text: TaggedText) => number): number {
  return texts.reduce((total, text) => total + of(text), 0);
}
