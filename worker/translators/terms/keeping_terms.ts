import type { Tagged } from "../../engine/document/segment.ts";
import type { Translation } from "../../engine/ports/translator.ts";
import type { TranslationEngine } from "../translation_engine.ts";
import type { PreparedUnit } from "./prepared.ts";
import { termBook } from "./term_book.ts";

/**
 * `engine` held to terms that it does not know of, where asking twice costs nothing; others are given back as they are. It is
 * asked for a text as it is, because what it makes of a term itself agrees with the words around it, and once more for those
 * whose terms it misses, with these as atoms. The better answer counts.
 */
export function keepingTerms(engine: TranslationEngine): TranslationEngine {
  const { name, traits } = engine;
  if (traits.billed || traits.follows.has("glossary")) return engine;
  return {
    name,
    traits: { ...traits, keepsTerms: true },
    languages: (signal) => engine.languages(signal),
    async translate(batch, request, signal) {
      const first = await engine.translate(batch, request, signal);
      if (request.terms.length === 0) return first;
      const book = termBook([{ terms: request.terms }]);
      const texts = batch.map((unit, index) => textOf(book.prepare(unit, request.pair, true), first.translations[index]));
      const open = texts.filter(({ again }) => again !== undefined && !again.isAllTerms);
      const units = open.map(({ again }) => again?.unit as Tagged);
      const second = units.length > 0 ? await engine.translate(units, request, signal) : { translations: [], billed: 0 };
      const answers = new Map(open.map((text, index) => [text, second.translations[index]]));
      return { translations: texts.map((text) => betterOf(text, answers.get(text))), billed: first.billed + second.billed };
    },
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose]() as Promise<void>,
  };
}

interface Text {
  readonly prepared: PreparedUnit;
  readonly first: Translation;
  readonly again: PreparedUnit | undefined;
}

function textOf(prepared: PreparedUnit, answer: Translation | undefined): Text {
  const first = answer ?? { kind: "failed", why: "the translation engine gave no answer" };
  return { prepared, first, again: prepared.again(first) };
}

function betterOf({ prepared, first, again }: Text, answer: Translation | undefined): Translation {
  const given = again?.isAllTerms ? ({ kind: "translated", target: again.unit, unknown: [] } as const) : answer;
  if (!again || !given) return first;
  const second = again.restored(given);
  const misses = (translation: Translation) => {
    const checked = prepared.checked(translation);
    return checked.kind === "failed" ? Number.POSITIVE_INFINITY : (checked.terms?.missed.length ?? 0);
  };
  return misses(second) < misses(first) ? second : first;
}
