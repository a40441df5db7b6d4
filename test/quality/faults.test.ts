import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import type { Tagged } from "../../worker/engine/document/segment.ts";
import type { Translation } from "../../worker/engine/ports/translator.ts";
import { judgeBy } from "../../worker/engine/services/translation/checks/checks.ts";
import { openDetector } from "../../worker/engine/services/translation/language.ts";
import { apertium } from "../../worker/translators/apertium/apertium.ts";
import { seed } from "./faults.ts";
import { tagged } from "./units.ts";

/** Our own manuals, whose English is full of numbers, code and links. */
const MANUALS = ["docs/sandbox.md", "docs/performance.md", "docs/architecture.md"];
const SENTENCES = 250;
const BATCH = 30;
const pair = { source: "en", target: "es" };

async function translations(): Promise<{ readonly source: Tagged; readonly target: Tagged; readonly unknown: readonly string[] }[]> {
  const texts = await Promise.all(
    MANUALS.map(async (file) => tagged(await readFile(new URL(`../../${file}`, import.meta.url)), path.basename(file), "en")),
  );
  const sources = texts
    .flat()
    .filter(({ text }) => (text.match(/\p{L}{2,}/gu)?.length ?? 0) >= 4)
    .slice(0, SENTENCES);
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
    const { ways, doubted } = seed(await translations(), { judge: judgeBy(await openDetector()), pair, share: 0.7 });
    const found = ways.reduce((sum, way) => sum + way.found, 0) / ways.reduce((sum, way) => sum + way.made, 0);
    const told = JSON.stringify({ ways, doubted });
    expect(found, told).to.be.at.least(0.95);
    expect(doubted.length / SENTENCES, told).to.be.at.most(0.02);
  });
});
