import { expect } from "chai";
import sharp from "sharp";
import { asPicture, lines, PROSE, SCAN, scan } from "../../../../test/support/scans.ts";
import type { Picture } from "../../formats/format.ts";
import { findDrawings } from "./drawings.ts";
import { level } from "./levels.ts";
import { prepare, toPage, turned } from "./prepare.ts";
import { findRulings } from "./rulings.ts";
import { skewOf } from "./skew.ts";

const prose = () => asPicture(scan(lines(PROSE)));

/** Changes each pixel by what `light` makes of it. */
function lit(picture: Picture, light: (value: number, x: number, y: number) => number): Picture {
  const data = Buffer.from(picture.data);
  for (let index = 0; index < data.length; index++)
    data[index] = Math.max(0, Math.min(255, light(data[index] as number, index % picture.width, Math.floor(index / picture.width))));
  return { ...picture, data };
}

function shareOf({ data }: Picture, is: (value: number) => boolean): number {
  return data.reduce((count, value) => count + (is(value) ? 1 : 0), 0) / data.length;
}

/** The same noise each time (Park and Miller's generator). */
function noise(): () => number {
  let state = 20_261;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

describe("the levels of a scan", () => {
  it("leave a clean page as it is, however little stands on it", async () => {
    const sparse = await asPicture(scan(lines(["The last page."])));
    expect(level(sparse).image.data).to.equal(sparse.data);
    const blank = await asPicture(scan(() => undefined));
    expect(level(blank).image.data).to.equal(blank.data);
  });
  it("make grey paper with grain white, and its ink dark", async () => {
    const random = noise();
    const grained = lit(await prose(), (value) => 60 + value * 0.6 + (random() - 0.5) * 30);
    expect(shareOf(grained, (value) => value > 240)).to.equal(0);
    const { image } = level(grained);
    expect(shareOf(image, (value) => value > 240)).to.be.above(0.9);
    expect(shareOf(image, (value) => value < 60)).to.be.within(0.005, 0.08);
  });
  it("make a faint line beside dark ones dark, and none of what shows through the paper", async () => {
    const pale = (grey: string) =>
      asPicture(
        scan((context) => {
          lines(PROSE)(context);
          context.fillStyle = grey;
          context.fillText("Total to pay: 1,334.50", 160, 700);
        }),
      );
    const below = (picture: Picture) => ({ ...picture, data: picture.data.subarray(SCAN.width * 600) });
    expect(shareOf(below(level(await pale("#bcbcbc")).image), (value) => value < 100)).to.be.above(0.002);
    expect(shareOf(below(level(await pale("#e0e0e0")).image), (value) => value < 200)).to.equal(0);
  });
  it("follow the light over the page", async () => {
    const shadowed = lit(await prose(), (value, x) => (value * (1 - (x / SCAN.width) * 0.55)) | 0);
    const { image } = level(shadowed);
    const right = image.data.subarray(SCAN.width * 20 + SCAN.width - 200, SCAN.width * 20 + SCAN.width - 20);
    expect(Math.min(...right)).to.be.above(230);
  });
  it("of the text do not change for a dark picture beside it", async () => {
    const alone = await prose();
    const random = noise();
    const beside = lit(alone, (value, _, y) => (y > 700 ? 20 + random() * 110 : value));
    const { image, tiles } = level(beside);
    const text = (picture: Picture) => picture.data.subarray(0, SCAN.width * 600);
    expect(text(image).equals(text(alone))).to.equal(true);
    expect(tiles.picture.reduce((sum, value) => sum + value, 0) / tiles.picture.length).to.be.within(0.3, 0.5);
  });
  it("turn white on black into black on white", async () => {
    const { image, inverted } = level(lit(await prose(), (value) => 255 - value));
    expect(inverted).to.equal(true);
    expect(shareOf(image, (value) => value > 240)).to.be.above(0.9);
    expect(level(await prose()).inverted).to.equal(false);
  });
});

describe("the slope of a scan", () => {
  for (const degrees of [-7, -1.5, 0, 0.6, 4]) {
    it(`is told where its lines fall by ${degrees}°`, async () => {
      const page = await asPicture(sharp(await scan(lines(PROSE)).png().toBuffer()).rotate(degrees, { background: "white" }));
      expect(skewOf(page).degrees).to.be.closeTo(degrees, 0.2);
    });
  }
  it("is not taken from a picture, and lines that run up the page are told", async () => {
    expect(skewOf(await prose()).sideways).to.equal(false);
    expect(skewOf(await turned(await prose(), 90)).sideways).to.equal(true);
    expect(skewOf(await turned(await prose(), 180)).sideways).to.equal(false);
  });
});

describe("a prepared page", () => {
  it("is enlarged from 75 dpi to 300, and made smaller from 600", async () => {
    const small = await prepare(await asPicture(scan(lines(PROSE)).resize({ width: 620 }), 75 / 72));
    expect(small.image.pixelsPerPoint * 72).to.be.closeTo(300, 1);
    expect(small.image.width).to.equal(2480);
    const large = await prepare(await asPicture(scan(lines(PROSE)), 600 / 72));
    expect(large.image.width).to.equal(827);
  });
  it("knows the way back to the page's points", async () => {
    const page = await asPicture(sharp(await scan(lines(PROSE)).png().toBuffer()).rotate(5, { background: "white" }));
    const prepared = await prepare(page);
    const [width, height] = [page.width / page.pixelsPerPoint, page.height / page.pixelsPerPoint];
    const middle = [prepared.image.width / 2, prepared.image.height / 2] as const;
    const [x, y] = toPage(prepared, middle[0], middle[1], true);
    expect([x, y]).to.deep.equal([width / 2, height / 2]);
    // To the right of the middle on a level line is below it on one that falls by 5°.
    const [along, down] = toPage(prepared, middle[0] + 100 * page.pixelsPerPoint, middle[1], true);
    expect(along - x).to.be.closeTo(100 * Math.cos(Math.PI / 36), 0.5);
    expect(down - y).to.be.closeTo(100 * Math.sin(Math.PI / 36), 0.5);
    expect(toPage(prepared, middle[0] + 100 * page.pixelsPerPoint, middle[1], false)[1]).to.equal(y);
  });
});

describe("the rules of a scan", () => {
  it("are found where they are drawn, and not in letters", async () => {
    const grid = await asPicture(
      scan((context) => {
        lines(PROSE)(context);
        for (const y of [600, 680, 760]) context.fillRect(200, y, 1200, 3);
        for (const x of [200, 800, 1397]) context.fillRect(x, 600, 3, 163);
      }),
    );
    const { level: across, upright } = findRulings(grid);
    expect(across.map(({ x0, y0, x1, y1 }) => [x0, y0, x1, y1])).to.deep.equal([600, 680, 760].map((y) => [200, y, 1400, y + 3]));
    expect(upright.filter(({ y0, y1 }) => y1 - y0 > 40).map(({ x0, y0, x1, y1 }) => [x0, y0, x1, y1])).to.deep.equal(
      [200, 800, 1397].map((x) => [x, 600, x + 3, 763]),
    );
  });
  it("may slope a little, have gaps, and are no curves or photos", async () => {
    const page = await asPicture(
      scan((context) => {
        context.lineWidth = 3;
        context.beginPath();
        context.moveTo(200, 200);
        context.lineTo(1400, 204);
        context.stroke();
        context.fillStyle = "white";
        for (const x of [500, 900]) context.fillRect(x, 190, 2, 30);
        context.beginPath();
        for (let at = 0; at < 300; at++) context.lineTo(200 + at * 4, 500 + 40 * Math.sin(at / 9));
        context.stroke();
        context.fillStyle = "black";
        context.fillRect(300, 700, 600, 300);
      }),
    );
    const { level: across, upright } = findRulings(page);
    expect(across).to.have.length(1);
    expect(across[0]?.x0).to.be.closeTo(200, 3);
    expect(across[0]?.x1).to.be.closeTo(1400, 3);
    expect(upright).to.deep.equal([]);
  });
});

describe("the drawings of a scan", () => {
  it("are what neither words nor rules account for, but no frame around the words", async () => {
    const page = await asPicture(
      scan((context) => {
        lines(PROSE)(context);
        context.lineWidth = 6;
        context.beginPath();
        for (let at = 0; at < 120; at++) context.lineTo(300 + at * 4, 800 + 50 * Math.sin(at / 5));
        context.stroke();
        context.strokeRect(20, 20, SCAN.width - 40, SCAN.height - 40);
      }),
    );
    const words = PROSE.map((_, index) => ({ x0: 155, y0: 125 + index * 52, x1: 1250, y1: 172 + index * 52 }));
    const found = findDrawings(page, words, []);
    expect(found).to.have.length(1);
    expect(found[0]?.x0).to.be.closeTo(300, 30);
    expect(found[0]?.y1).to.be.closeTo(853, 30);
  });
});
