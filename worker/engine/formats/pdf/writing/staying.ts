import type { Box } from "../../../document/geometry.ts";
import { type Leaf, leavesOf, type Page } from "../../../document/model.ts";
import type { Passage, SetLine, SetPassage } from "../../../setting/sheet.ts";
import { passageOf } from "../../passages.ts";

/** What was read from the pictures of `page` and stays as it is (numbers, codes, names, what failed), and is none of `set`. */
export function stayingInPictures(page: Page, set: ReadonlySet<Leaf>): Passage[] {
  const staying = [...leavesOf(page.blocks)].filter(
    (leaf) => leaf.confidence !== undefined && leaf.anchor === undefined && leaf.kind !== "figure" && !set.has(leaf),
  );
  return staying.flatMap((leaf) => passageOf(leaf) ?? []);
}

/** The lines of `passages` over those of their source, from end to end of them where they are as many. */
export function overTheirSource(passages: readonly Passage[], set: readonly SetPassage[]): SetLine[] {
  return passages.flatMap(({ frames }, index) => {
    const lines = set[index]?.lines ?? [];
    const sources = frames.flatMap(({ box, turn = 0, lines: own = [{ box }] }) => own.map((line) => ({ box: line.box, turn })));
    return lines.map((line, at) => {
      const source = sources[at];
      return source && sources.length === lines.length && source.turn === 0 && line.turn === 0 ? stretched(line, source.box) : line;
    });
  });
}

function stretched(line: SetLine, { x0, x1 }: Box): SetLine {
  const by = (x1 - x0) / (line.box.x1 - line.box.x0);
  if (!(by > 0 && by < Number.POSITIVE_INFINITY)) return line;
  const pieces = line.pieces.map((piece) => {
    const x = x0 + (piece.x - line.box.x0) * by;
    return piece.kind === "chip" ? { ...piece, x } : { ...piece, x, width: piece.width * by, stretch: piece.stretch * by };
  });
  return { ...line, box: { ...line.box, x0, x1 }, pieces };
}
