import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import type { LanguagePair, Translation } from "../../worker/engine/ports/translator.ts";
import { judgeBy } from "../../worker/engine/services/translation/checks/checks.ts";
import { keepRule } from "../../worker/engine/services/translation/keep.ts";
import { openDetector, otherLanguage } from "../../worker/engine/services/translation/language.ts";
import { apertium } from "../../worker/translators/apertium/apertium.ts";
import { chrf } from "./chrf.ts";
import { debianReference, type SentencePair } from "./corpus.ts";
import { HARD_FAULTS, type Right, type Seeded, seed } from "./faults.ts";
import { apertiumAlone, throughPipeline } from "./pipeline.ts";
import { unitsOf } from "./units.ts";

/*
 * What the pipeline costs Apertium, and what the checks find, on sentences of the Debian Reference, which is downloaded: `npm run quality`.
 * --pairs N takes so many sentences (400), --folder FOLDER keeps the downloads there.
 */
const { values } = parseArgs({
  options: { pairs: { type: "string", default: "400" }, folder: { type: "string", default: path.join(tmpdir(), "dragoman-quality") } },
});
const PAIRS = Number(values.pairs);
const BATCH = 32;
/** One in a hundred is wrong; so often each text is, over all rounds of the same texts. */
const SHARE = 0.01;
const ROUNDS = 10;
const DIRECTIONS: readonly LanguagePair[] = [
  { source: "en", target: "es" },
  { source: "es", target: "en" },
];
const detect = await openDetector();
await mkdir(values.folder, { recursive: true });
await using translator = apertium();

for (const pair of DIRECTIONS) {
  const sentences = chosen(await debianReference(pair.source, pair.target, values.folder), PAIRS);
  const references = sentences.map(({ target }) => target.text);
  const alone = await apertiumAlone(
    sentences.map(({ source }) => source.text),
    pair,
  );
  const { texts, ledger } = await throughPipeline(
    sentences.map(({ source }) => source.html),
    pair,
    translator,
  );
  const [whole, bare] = [chrf(texts, references), chrf(alone, references)];
  console.log(`${pair.source}→${pair.target}, ${sentences.length} sentences`);
  console.log(
    `  chrF ${whole.toFixed(2)} through the pipeline, ${bare.toFixed(2)} by Apertium alone: ${(whole / bare).toFixed(4)} (goal 0.995)`,
  );
  const { segmentsTranslated, segmentsKept, segmentsFailed, segmentsDoubted, score } = ledger;
  console.log(
    `  ${segmentsTranslated} translated, ${segmentsDoubted} of them doubted, ${segmentsKept} kept, ${segmentsFailed} failed; score ${score}`,
  );
  tell("Apertium's", await apertiumRights(sentences, pair), pair);
}
for (const [source, target] of [
  ["en", "es"],
  ["en", "pt-br"],
  ["en", "de"],
] as const)
  tell("people's", await peoplesRights(chosen(await debianReference(source, target, values.folder), PAIRS * 2), source, target), {
    source,
    target: target.slice(0, 2),
  });

/** From everywhere in the book. */
function chosen(pairs: readonly SentencePair[], count: number): SentencePair[] {
  const step = Math.max(1, pairs.length / count);
  return Array.from({ length: Math.min(count, pairs.length) }, (_, index) => pairs[Math.floor(index * step)] as SentencePair);
}

async function apertiumRights(sentences: readonly SentencePair[], pair: LanguagePair): Promise<Right[]> {
  const units = await unitsOf(
    sentences.map(({ source }) => source.html),
    pair.source,
  );
  const sources = units.filter((unit) => unit !== undefined).filter(({ text }) => isToTranslate(text, pair));
  const answers: Translation[] = [];
  for (let at = 0; at < sources.length; at += BATCH)
    answers.push(...(await translator.translate(sources.slice(at, at + BATCH), pair, new AbortController().signal)));
  return sources.flatMap((source, index) => {
    const answer = answers[index];
    return answer?.kind === "translated" ? [{ source, target: answer.target, unknown: answer.unknown }] : [];
  });
}

/** Tags stand in another order in what people translated, and are not compared. */
async function peoplesRights(sentences: readonly SentencePair[], from: string, to: string): Promise<Right[]> {
  const [sources, targets] = await Promise.all([
    unitsOf(
      sentences.map(({ source }) => source.html),
      from,
    ),
    unitsOf(
      sentences.map(({ target }) => target.html),
      to,
    ),
  ]);
  return sources.flatMap((source, index) => {
    const target = targets[index];
    if (!source || !target || source.text === target.text || !isToTranslate(source.text, { source: from, target: to.slice(0, 2) }))
      return [];
    return [{ source: { text: source.text, tags: [] }, target: { text: target.text, tags: [] }, unknown: [] }];
  });
}

function isToTranslate(text: string, pair: LanguagePair): boolean {
  return keepRule(text) === undefined && otherLanguage(text, pair, detect) === undefined;
}

function tell(whose: string, rights: readonly Right[], pair: LanguagePair): void {
  const rounds = (faults?: typeof HARD_FAULTS) =>
    Array.from({ length: ROUNDS }, (_, round) =>
      seed(rights, { judge: judgeBy(detect), pair, share: SHARE, seed: round + 1, ...(faults && { faults }) }),
    );
  const [usual, hard] = [rounds(), rounds(HARD_FAULTS)];
  const doubted = usual.flatMap((each) => each.doubted);
  console.log(
    `  one in a hundred of ${rights.length} of ${whose} ${pair.source}→${pair.target} wrong, ${ROUNDS} times: ${shareOf(usual)} found (goal 95 %)`,
  );
  for (const { name, made, found } of waysOf(usual)) if (found < made) console.log(`    ${name}: ${found} of ${made}`);
  console.log(`    besides, what a short text hardly shows: ${shareOf(hard)} found`);
  const reasons = [...Map.groupBy(doubted, ([reason]) => reason ?? "")].toSorted(([, one], [, other]) => other.length - one.length);
  console.log(`    right ones doubted: ${((100 * doubted.length) / (rights.length * ROUNDS)).toFixed(2)} % (goal 2)`);
  for (const [reason, each] of reasons.slice(0, 6))
    console.log(`      ${((100 * each.length) / (rights.length * ROUNDS)).toFixed(2)} %  ${reason}`);
}

function waysOf(rounds: readonly Seeded[]): { readonly name: string; readonly made: number; readonly found: number }[] {
  const all = Map.groupBy(
    rounds.flatMap(({ ways }) => ways),
    ({ name }) => name,
  );
  const total = (of: readonly { made: number; found: number }[], which: "made" | "found") => of.reduce((sum, way) => sum + way[which], 0);
  return [...all].map(([name, ways]) => ({ name, made: total(ways, "made"), found: total(ways, "found") }));
}

function shareOf(rounds: readonly Seeded[]): string {
  const ways = waysOf(rounds);
  const [made, found] = [ways.reduce((sum, way) => sum + way.made, 0), ways.reduce((sum, way) => sum + way.found, 0)];
  return `${found} of ${made} (${((100 * found) / Math.max(1, made)).toFixed(1)} %)`;
}
