import type { SKRSContext2D } from "@napi-rs/canvas";
import { expect } from "chai";
import { besideReturn } from "../../../../test/support/scans.ts";
import type { ReadWord } from "./hocr.ts";
import { type WithLeftOut, withLeftOut } from "./left_out.ts";

/** A line as Tesseract gives it: type of 34 pixels on a baseline at 100. */
const HEIGHT = 34;
const word = (text: string, x0: number, x1: number, line = 1): ReadWord => ({
  ...{ text, confidence: 90, box: { x0, y0: 74, x1, y1: 101 }, baseline: 100, height: HEIGHT },
  ...{ block: 1, paragraph: 1, line, turn: 0 },
});
const RETURN = word("Return", 200, 310);
const text = (what: string, x: number) => (context: SKRSContext2D) => context.fillText(what, x, 100);

/** The words afterwards, where whatever is read anew is read as `again`, both times. */
async function found(draw: (context: SKRSContext2D) => void, words: readonly ReadWord[], again = "2."): Promise<string> {
  return (await left(draw, words, again + again)).words.map((each) => each.text).join(" ");
}

async function left(draw: (context: SKRSContext2D) => void, words: readonly ReadWord[], both: string): Promise<WithLeftOut> {
  const picture = await besideReturn(draw);
  const read = async (sheet: { width: number; height: number }) =>
    both === "" ? [] : [{ ...word(both, 0, sheet.width), box: { x0: 0, y0: 0, x1: sheet.width, y1: sheet.height } }];
  return withLeftOut(words, picture, read);
}

describe("numbers that were left out of a scan", () => {
  it("are read where Tesseract left them out", async () => {
    expect(await found(text("2.", 150), [RETURN])).to.equal("2. Return");
    expect(await found(text("12)", 110), [RETURN], "12)")).to.equal("12) Return");
  });
  it("take in the point of theirs that was read", async () => {
    expect(await found(text("2.", 150), [word(".", 171, 177), RETURN])).to.equal("2. Return");
  });
  it("are read wherever on the page they stand by themselves", async () => {
    expect(await found(text("7", 520), [RETURN], "7")).to.equal("Return 7");
    expect(await found((context) => context.fillText("7", 300, 180), [RETURN], "7")).to.equal("Return 7");
  });
  it("take the place of a line that runs up the page, read from a column of them", async () => {
    const column = { ...word("WN", 515, 545, 2), turn: 90 as const };
    expect(await found(text("7", 520), [RETURN, column], "7")).to.equal("Return 7");
  });
  it("leave all as it was where nothing is read in them", async () => {
    expect(await found(text("2.", 150), [word(".", 171, 177), RETURN], "")).to.equal(". Return");
  });
  it("are said to be unread where they read as one thing first and as another then", async () => {
    const { words, unread } = await left(text("7", 520), [RETURN], "71");
    expect(words).to.deep.equal([RETURN]);
    expect(unread).to.have.length(1);
    expect(unread[0]?.x0).to.be.within(515, 525);
    expect((await left(text("7", 520), [RETURN], "7")).unread).to.have.length(1);
    for (const both of ["77", "", "~~", "Oo"]) expect((await left(text("7", 520), [RETURN], both)).unread, both).to.deep.equal([]);
  });
  it("are no words that were read, ends of other lines, bullets, dashes, pictures nor rules", async () => {
    expect(await found(text("2.", 150), [word("2.", 150, 178, 2), RETURN])).to.equal("2. Return");
    expect(await found(text("before", 30), [RETURN], "before")).to.equal("Return");
    expect(await found(text("–", 150), [RETURN])).to.equal("Return");
    expect(await found((context) => context.fillRect(0, 72, 20, 28), [RETURN], "")).to.equal("Return");
    expect(await found((context) => context.fillRect(160, 84, 10, 10), [RETURN])).to.equal("Return");
    expect(await found((context) => context.fillRect(165, 20, 8, 160), [RETURN])).to.equal("Return");
    expect(await found((context) => context.fillRect(100, 40, 80, 90), [RETURN])).to.equal("Return");
  });
});
