import type { Box, QuarterTurn } from "../../document/geometry.ts";
import type { PageContent, Word } from "../../layout/content.ts";

/** `first`, then `second`, clockwise. */
export function addTurns(first: QuarterTurn, second: QuarterTurn): QuarterTurn {
  return ((first + second) % 360) as QuarterTurn;
}

/** The page turned clockwise, everything on it with it: `rotation`, `width` and `height` are those of what is then looked at. */
export function turnContent(content: PageContent, turn: QuarterTurn): PageContent {
  if (turn === 0) return content;
  const { geometry } = content;
  const turned = (box: Box): Box => turnBox(box, geometry, turn);
  const [width, height] = turn === 180 ? [geometry.width, geometry.height] : [geometry.height, geometry.width];
  return {
    ...content,
    geometry: { ...geometry, width, height, rotation: addTurns(geometry.rotation, turn) },
    words: content.words.map((word) => turnWord(word, geometry, turn)),
    rules: content.rules.map((rule) => ({ ...rule, box: turned(rule.box) })),
    areas: content.areas.map((area) => ({ ...area, box: turned(area.box) })),
    images: content.images.map(turned),
  };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

export function turnBox({ x0, y0, x1, y1 }: Box, { width, height }: Size, turn: QuarterTurn): Box {
  if (turn === 90) return { x0: height - y1, y0: x0, x1: height - y0, y1: x1 };
  if (turn === 180) return { x0: width - x1, y0: height - y1, x1: width - x0, y1: height - y0 };
  return turn === 270 ? { x0: y0, y0: width - x1, x1: y1, y1: width - x0 } : { x0, y0, x1, y1 };
}

function turnWord(word: Word, size: Size, turn: QuarterTurn): Word {
  const level = word.turn === 0 || word.turn === 180;
  // The baseline is a line of the page: a box without thickness, turned as others are.
  const line = level ? { x0: 0, y0: word.baseline, x1: 0, y1: word.baseline } : { x0: word.baseline, y0: 0, x1: word.baseline, y1: 0 };
  const { x0, y0 } = turnBox(line, size, turn);
  const after = addTurns(word.turn, turn);
  return { ...word, box: turnBox(word.box, size, turn), turn: after, baseline: after === 0 || after === 180 ? y0 : x0 };
}
