import { expect } from "chai";
import type { Cell } from "../../document/model.ts";
import { gridOf } from "./grid.ts";

const cell = (facts: Partial<Cell> = {}): Cell => ({ blocks: [], ...facts });

describe("a table's places", () => {
  it("are empty where a cell spans them", () => {
    const [wide, high, last] = [cell({ columnSpan: 2 }), cell({ rowSpan: 2 }), cell()];
    expect(gridOf({ rows: [[wide, high], [last]] })).to.deep.equal([
      [wide, undefined, high],
      [last, undefined, undefined],
    ]);
  });
  it("are found of as many rows as one likes", () => {
    expect(gridOf({ rows: Array.from({ length: 300_000 }, () => [cell()]) })).to.have.length(300_000);
  });
  it("are no more than can be kept, whatever its cells say that they span", () => {
    const rows = Array.from({ length: 1_000 }, () => Array.from({ length: 40 }, () => cell({ columnSpan: 1_000, rowSpan: 1_000 })));
    expect(gridOf({ rows })).to.deep.equal(rows);
  });
  it("are no more than can be kept, whatever its widest row has, and its head has all columns", () => {
    const rows = [[cell()], Array.from({ length: 20_000 }, () => cell()), ...Array.from({ length: 20_000 }, () => [cell()])];
    const grid = gridOf({ rows });
    expect(grid[0]).to.have.length(20_000);
    expect(grid.reduce((sum, { length }) => sum + length, 0)).to.equal(60_000);
  });
});
