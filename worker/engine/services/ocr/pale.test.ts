import { expect } from "chai";
import { asPicture, lines, PROSE, SCAN, scan } from "../../../../test/support/scans.ts";
import type { PixelBox } from "./hocr.ts";
import { paleAreas } from "./pale_areas.ts";
import { prepare } from "./prepare.ts";

type Draw = Parameters<typeof scan>[0];

/** Where pale letters are seen on a page of prose on which `draw` draws, in points, when the prose was read. */
async function pale(draw: Draw, known: readonly PixelBox[] = []) {
  const page = scan((context) => {
    lines(PROSE)(context);
    draw(context);
  });
  const prose = PROSE.map((_, line) => ({ x0: 155, y0: 130 + 52 * line, x1: 1250, y1: 172 + 52 * line }));
  return paleAreas(await prepare(await asPicture(page)), [...prose, ...known]);
}

const total =
  (grey: string): Draw =>
  (context) => {
    context.fillStyle = grey;
    context.fillText("Total to pay: 1,334.50", 160, 620);
  };
const box = { x0: 158, y0: 590, x1: 560, y1: 632 };

describe("print too pale to be read", () => {
  for (const grey of ["#d8d8d8", "#e4e4e4"])
    it(`is found where it stands, in ${grey}`, async () => {
      const [area] = await pale(total(grey));
      const points = SCAN.pixelsPerPoint;
      expect(area?.x0).to.be.closeTo(box.x0 / points, 18);
      expect(area?.y0).to.be.within(box.y0 / points - 16, box.y1 / points);
      expect(await pale(total(grey), [box])).to.deep.equal([]);
    });
  it("is none where it is made dark, or where there is nothing", async () => {
    expect(await pale(total("#bcbcbc"), [box])).to.deep.equal([]);
    expect(await pale(() => undefined)).to.deep.equal([]);
  });
  const others: readonly [what: string, draw: Draw][] = [
    ["a pale ground", (context) => context.fillRect(160, 500, 900, 130)],
    [
      "pale rules",
      (context) => {
        for (const y of [560, 620, 680]) context.fillRect(160, y, 900, 3);
      },
    ],
    [
      "a pale grid",
      (context) => {
        for (const y of [560, 620, 680]) context.fillRect(160, y, 900, 3);
        for (const x of [160, 460, 760, 1057]) context.fillRect(x, 560, 3, 123);
      },
    ],
  ];
  for (const [what, draw] of others)
    it(`is not ${what}`, async () => {
      const found = await pale((context) => {
        context.fillStyle = "#d8d8d8";
        draw(context);
      });
      expect(found).to.deep.equal([]);
    });
});
