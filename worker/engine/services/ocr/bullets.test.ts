import type { SKRSContext2D } from "@napi-rs/canvas";
import { expect } from "chai";
import { besideReturn } from "../../../../test/support/scans.ts";
import { withBullets } from "./bullets.ts";
import type { ReadWord } from "./hocr.ts";

/** A line as Tesseract gives it: type of 34 pixels on a baseline at 100. */
const HEIGHT = 34;
const word = (text: string, x0: number, x1: number): ReadWord => ({
  ...{ text, confidence: 40, box: { x0, y0: 76, x1, y1: 101 }, baseline: 100, height: HEIGHT },
  ...{ block: 1, paragraph: 1, line: 1, turn: 0 },
});

async function found(draw: (context: SKRSContext2D) => void, words: readonly ReadWord[]): Promise<string> {
  const picture = await besideReturn(draw);
  return withBullets(words, picture)
    .map(({ text }) => text)
    .join(" ");
}

function disc(x: number, y: number, radius: number) {
  return (context: SKRSContext2D) => {
    context.beginPath();
    context.arc(x, y, radius, 0, 7);
    context.fill();
  };
}

const RETURN = word("Return", 200, 310);
const letter = (text: string) => (context: SKRSContext2D) => context.fillText(text, 160, 100);

describe("bullets of a scan", () => {
  it("are found where nothing was read", async () => {
    expect(await found(disc(168, 90, 6), [RETURN])).to.equal("• Return");
    expect(await found((context) => context.fillRect(160, 84, 10, 10), [RETURN])).to.equal("• Return");
  });
  it("are known where a letter was read", async () => {
    expect(await found(disc(168, 90, 6), [word("e", 161, 175), RETURN])).to.equal("• Return");
    expect(await found(disc(168, 90, 6), [word("¢", 161, 175), RETURN])).to.equal("• Return");
  });
  it("are no letters, signs, commas, specks, rules, nor ends of other lines", async () => {
    for (const text of ["e", "o", "c"]) expect(await found(letter(text), [word(text, 160, 182), RETURN])).to.equal(`${text} Return`);
    expect(await found(letter("a"), [RETURN])).to.equal("Return");
    expect(await found(disc(168, 98, 2.5), [RETURN])).to.equal("Return");
    expect(await found(disc(168, 90, 1.5), [RETURN])).to.equal("Return");
    expect(await found((context) => context.fillRect(165, 20, 8, 160), [RETURN])).to.equal("Return");
    const afterAWord = (context: SKRSContext2D) => {
      context.fillText("end", 98, 100);
      disc(168, 90, 6)(context);
    };
    expect(await found(afterAWord, [RETURN])).to.equal("Return");
    expect(await found(disc(60, 90, 6), [RETURN])).to.equal("Return");
  });
});
