import { readFile } from "node:fs/promises";
import { expect } from "chai";
import type { Translation } from "../../worker/engine/ports/translator.ts";
import { judgeBy } from "../../worker/engine/services/translation/checks/checks.ts";
import { openDetector } from "../../worker/engine/services/translation/language.ts";
import { apertium } from "../../worker/translators/apertium/apertium.ts";
import { type Right, seed } from "./faults.ts";
import { tagged } from "./units.ts";

/** Of our own manuals as they once were, whose English is full of numbers, code and links. */
const MANUAL = "manual.md";
const SENTENCES = 300;
const MIN_WORDS = 4;
const BATCH = 30;
/** With so few wrong at once, what is learned is nearly all right. */
const SHARE = 0.2;
const ROUNDS = 6;
const pair = { source: "en", target: "es" };

async function translations(): Promise<Right[]> {
  const texts = await tagged(await readFile(new URL(MANUAL, import.meta.url)), MANUAL, pair.source);
  const sources = texts.filter(({ text }) => (text.match(/\p{L}{2,}/gu)?.length ?? 0) >= MIN_WORDS).slice(0, SENTENCES);
  await using translator = apertium();
  const answers: Translation[] = [];
  for (let at = 0; at < sources.length; at += BATCH)
    answers.push(...(await translator.translate(sources.slice(at, at + BATCH), pair, new AbortController().signal)));
  return sources.flatMap((source, index) => {
    const answer = answers[index];
    return answer?.kind === "translated" ? [{ source, target: answer.target, unknown: answer.unknown }] : [];
  });
}

describe("wrong answers among Apertium's right ones", () => {
  it("are found, and few right ones are doubted", async () => {
    const [rights, detect] = await Promise.all([translations(), openDetector()]);
    const rounds = Array.from({ length: ROUNDS }, (_, round) =>
      seed(rights, { judge: judgeBy(detect), pair, share: SHARE, seed: round + 1 }),
    );
    const ways = rounds.flatMap((round) => round.ways);
    const found = ways.reduce((sum, way) => sum + way.found, 0) / ways.reduce((sum, way) => sum + way.made, 0);
    const doubted = rounds.flatMap((round) => round.doubted);
    const told = JSON.stringify({ missed: ways.filter((way) => way.found < way.made), doubted });
    expect(found, told).to.be.at.least(0.95);
    expect(doubted.length / (rights.length * ROUNDS), told).to.be.at.most(0.02);
  });
});
