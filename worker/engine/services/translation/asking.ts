import type { Tagged } from "../../document/segment.ts";
import { EngineError } from "../../errors.ts";
import type { LanguagePair, Translation, Translator, Verdict } from "../../ports/translator.ts";

/** The translator is taken for down after this many units in a row that it did not answer. */
const MAX_OUTAGES = 3;
const NO_ANSWER: Translation = { kind: "failed", why: "the translator did not answer" };

/** What the checks make of a translation. */
export interface Judgement {
  readonly verdict: Verdict;
  /** Why it is doubted or failed; what weighs most first. */
  readonly reasons: readonly string[];
}

/** An answer, and what is made of it. */
export interface Judged extends Judgement {
  readonly answer: Translation;
}

/** Whoever asks for the units of one document. */
export interface Asking {
  readonly translator: Translator;
  /** Of an answer that is one. */
  readonly judge: (unit: Tagged, answer: Extract<Translation, { kind: "translated" }>, pair: LanguagePair) => Judgement;
  readonly signal: AbortSignal;
  /** Units in a row that the translator did not answer. */
  outages: number;
}

/**
 * One judged answer for each of `units`. What is wrong is asked for once more, of other engines; the translator hears what
 * became of all that it answered. Throws EngineError TRANSLATOR_UNAVAILABLE when the translator is down; the signal's reason.
 */
export async function ask(units: readonly Tagged[], pair: LanguagePair, asking: Asking): Promise<readonly Judged[]> {
  const judged = [...judge(units, await answersTo(units, pair, asking), pair, asking)];
  const wrong = [...judged.entries()].filter(([, { verdict }]) => verdict === "failed");
  for (const [engine, failed] of Map.groupBy(wrong, ([, { answer }]) => answer.kind === "translated" && answer.by?.engine)) {
    // What no engine translated, all of them were asked for already.
    if (!engine) continue;
    const indices = failed.map(([index]) => index);
    const others = await answersOfOthers(
      indices.map((index) => units[index] as Tagged),
      pair,
      { engine, asking },
    );
    for (const [at, other] of others.entries()) if (other.verdict !== "failed") judged[indices[at] as number] = other;
  }
  return judged;
}

/** Good or not, and empty if there are none: then what was wrong before stays so. */
async function answersOfOthers(
  units: readonly Tagged[],
  pair: LanguagePair,
  { engine, asking }: { engine: string; asking: Asking },
): Promise<readonly Judged[]> {
  try {
    return judge(units, await asking.translator.translate(units, pair, asking.signal, [engine]), pair, asking);
  } catch (error) {
    if (asking.signal.aborted || !(error instanceof EngineError)) throw error;
    return [];
  }
}

function judge(units: readonly Tagged[], answers: readonly Translation[], pair: LanguagePair, asking: Asking): readonly Judged[] {
  const judged = units.map((unit, index): Judged => {
    const answer = answers[index] ?? NO_ANSWER;
    return answer.kind === "failed"
      ? { answer, verdict: "failed", reasons: [answer.why] }
      : { answer, ...ofPerson(answer, asking.judge(unit, answer, pair)) };
  });
  const settled = units.flatMap((unit, index) => {
    const { answer, verdict } = judged[index] as Judged;
    return answer.kind === "translated" ? [{ unit, pair, verdict }] : [];
  });
  if (settled.length > 0) asking.translator.settle?.(settled);
  return judged;
}

/** What a person said is shown as doubted at most: no engine knows better. */
function ofPerson({ by }: Extract<Translation, { kind: "translated" }>, judgement: Judgement): Judgement {
  return by?.engine === "" && judgement.verdict === "failed" ? { ...judgement, verdict: "doubt" } : judgement;
}

/** One unit may be too much for a translator: of a batch that it did not answer each is tried alone. */
async function answersTo(units: readonly Tagged[], pair: LanguagePair, asking: Asking): Promise<readonly Translation[]> {
  asking.signal.throwIfAborted();
  try {
    const translations = await asking.translator.translate(units, pair, asking.signal);
    asking.outages = 0;
    return translations;
  } catch (error) {
    if (!isOutage(error, asking.signal)) throw error;
    if (units.length === 1) return [missed(error, asking)];
  }
  const translations: Translation[] = [];
  for (const unit of units) translations.push(...(await answersTo([unit], pair, asking)));
  return translations;
}

/** Several in a row mean that it is down, and the job is better tried later. */
function missed(error: unknown, asking: Asking): Translation {
  asking.outages += 1;
  if (asking.outages >= MAX_OUTAGES) throw error;
  return NO_ANSWER;
}

function isOutage(error: unknown, signal: AbortSignal): boolean {
  return !signal.aborted && error instanceof EngineError && error.code === "TRANSLATOR_UNAVAILABLE";
}
