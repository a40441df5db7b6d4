import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { expect } from "chai";
import sharp from "sharp";
import { scratch } from "../support/documents.ts";
import { wordBoxes } from "../support/set_in_place.ts";
import { SCANS } from "./kinds_scans.ts";
import { translateInPlace } from "./set.ts";

const run = promisify(execFile);
const FIGURES = ["4.20", "7.60", "31.00"];
const DPI = 150;
/** In points. */
const NEAR = 3;

interface Seen {
  readonly text: string;
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** The figures that are seen on a page, by Tesseract. */
async function seenFigures(picture: string): Promise<Seen[]> {
  const { stdout } = await run("tesseract", [picture, "-", "--psm", "3", "--dpi", `${DPI}`, "tsv"]);
  return stdout.split("\n").flatMap((line) => {
    const [left = 0, top = 0, width = 0, height = 0] = line
      .split("\t")
      .slice(6, 10)
      .map((pixels) => (Number(pixels) * 72) / DPI);
    const text = line.split("\t")[11]?.trim() ?? "";
    return FIGURES.includes(text) ? [{ text, x0: left, y0: top, x1: left + width, y1: top + height }] : [];
  });
}

describe("what stays of a scan that is translated in place", () => {
  it("is found and copied where it stands, and looks as it did", async () => {
    await using folder = await scratch();
    const sample = SCANS.find(({ id }) => id === "scan-table");
    const source = await folder.file("source.pdf", Buffer.from((await sample?.make()) ?? ""));
    const { bytes } = await translateInPlace({ bytes: await readFile(source), fileName: "scan.pdf", from: "en", to: "es" });
    const result = await folder.file("result.pdf", bytes);
    for (const file of [source, result]) await run("pdftoppm", ["-r", `${DPI}`, "-png", "-singlefile", file, file]);
    const seen = await seenFigures(`${source}.png`);
    expect(seen.map(({ text }) => text)).to.deep.equal(FIGURES);
    const found = (await wordBoxes(result)).filter(({ text }) => FIGURES.includes(text));
    expect(found.map(({ text }) => text)).to.deep.equal(FIGURES);
    for (const [index, figure] of seen.entries()) {
      const { x0, y0, x1, y1 } = found[index] as Seen;
      expect([x0, x1], figure.text).to.satisfy(([left, right]: number[]) => near(left, figure.x0) && near(right, figure.x1));
      expect([y0, y1], figure.text).to.satisfy(
        ([top, bottom]: number[]) => (top ?? 0) < figure.y0 + NEAR && (bottom ?? 0) > figure.y1 - NEAR,
      );
      const [left, top] = [figure.x0, figure.y0].map((at) => Math.round((at * DPI) / 72)) as [number, number];
      const area = {
        left,
        top,
        width: Math.round(((figure.x1 - figure.x0) * DPI) / 72),
        height: Math.round(((figure.y1 - figure.y0) * DPI) / 72),
      };
      const pixels = await Promise.all([source, result].map((file) => sharp(`${file}.png`).extract(area).raw().toBuffer()));
      expect(pixels[0]?.equals(pixels[1] as Buffer), figure.text).to.equal(true);
    }
  });
});

function near(one: number | undefined, other: number): boolean {
  return Math.abs((one ?? Number.NaN) - other) <= NEAR;
}
