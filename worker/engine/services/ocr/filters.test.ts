import { expect } from "chai";
import sharp from "sharp";
import type { Picture } from "../../formats/format.ts";
import { median, straightened } from "./filters.ts";

/** Grain on paper, the same each time. */
function grain(width: number, height: number): Picture {
  let state = 4711;
  const data = Buffer.alloc(width * height, 255);
  for (let index = 0; index < data.length; index++) {
    state = (state * 48_271) % 2_147_483_647;
    if (state % 3 === 0) data[index] = state & 255;
  }
  return { data, width, height, pixelsPerPoint: 1, scaled: false };
}

const sharped = ({ data, width, height }: Picture) => sharp(data, { raw: { width, height, channels: 1 } });

/** White, with a black disc in it. */
function disc(width: number, height: number, [x0, y0, radius]: readonly [number, number, number]): Picture {
  const inside = (index: number) => Math.hypot((index % width) - x0, Math.floor(index / width) - y0) <= radius;
  const data = Buffer.from(Array.from({ length: width * height }, (_, index) => (inside(index) ? 0 : 255)));
  return { data, width, height, pixelsPerPoint: 1, scaled: false };
}

function middleOf({ data, width }: Picture): [number, number] {
  let [x, y, count] = [0, 0, 0];
  data.forEach((value, index) => {
    if (value >= 128) return;
    [x, y, count] = [x + (index % width), y + Math.floor(index / width), count + 1];
  });
  return [x / count, y / count];
}

describe("the filters of a scan", () => {
  for (const [width, height] of [
    [61, 40],
    [3, 9],
  ] as const)
    it(`take the median that sharp takes, at the edges too, of ${width} × ${height} pixels`, async () => {
      const noisy = grain(width, height);
      const wanted = await sharped(noisy).median(3).toColourspace("b-w").raw().toBuffer();
      expect(median(noisy).data.equals(wanted)).to.equal(true);
    });
  it("take it as well where there is paper around the print", async () => {
    const noisy = grain(70, 50);
    for (let index = 0; index < noisy.data.length; index++) {
      const [x, y] = [index % 70, Math.floor(index / 70)];
      if (x < 5 || x > 60 - (y % 7) || y < 4 || y === 20 || y > 40) noisy.data[index] = 255;
    }
    const wanted = await sharped(noisy).median(3).toColourspace("b-w").raw().toBuffer();
    expect(median(noisy).data.equals(wanted)).to.equal(true);
  });
  for (const degrees of [-9, -0.4, 0.7, 10])
    it(`turn a page back by ${degrees}° about its middle, and cut nothing of it off`, () => {
      const [width, height] = [400, 300];
      const [dx, dy] = [120, -70];
      const turned = straightened(disc(width, height, [(width - 1) / 2 + dx, (height - 1) / 2 + dy, 9]), degrees);
      const angle = (-degrees * Math.PI) / 180;
      const [x, y] = middleOf(turned);
      expect(x - (turned.width - 1) / 2).to.be.closeTo(dx * Math.cos(angle) - dy * Math.sin(angle), 0.3);
      expect(y - (turned.height - 1) / 2).to.be.closeTo(dx * Math.sin(angle) + dy * Math.cos(angle), 0.3);
      const black = { ...disc(width, height, [0, 0, 0]), data: Buffer.alloc(width * height) };
      const area = straightened(black, degrees).data.reduce((sum, value) => sum + (value < 128 ? 1 : 0), 0);
      expect(area / (width * height)).to.be.closeTo(1, 0.02);
    });
});
