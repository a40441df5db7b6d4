import type { Box } from "../document/geometry.ts";
import type { PageFacts } from "./facts.ts";
import type { Group } from "./paragraphs.ts";
import { bottomOf, textOf, topOf } from "./token.ts";

/** How the numbered captions of several languages begin. */
const NUMBERED =
  /^(?:fig(?:ure|ura|\.)?|table|tab(?:elle|la|\.)?|tableau|tabela|cuadro|gráfico|abb(?:ildung|\.)?|photo(?:graph)?|foto|bild|map|mapa|plate|chart|diagram|scheme|listing|algorithm|exhibit|ilustración|imagen)\s*\d+/iu;
/** How far from a picture or table its caption may stand, in sizes of its type. */
const NEAR = 2.2;
const MAX_LINES = 12;

/** Whether a group describes what stands above or below it: by its number, or by small or slanting type right at its edge. */
export function isCaption({ lines }: Group, beside: readonly Box[], facts: PageFacts): boolean {
  const [first, last] = [lines[0], lines.at(-1)];
  if (!first || !last || lines.length > MAX_LINES) return false;
  const [x0, x1] = [Math.min(...lines.map((line) => line.x0)), Math.max(...lines.map((line) => line.x1))];
  const near = beside.some((box) => {
    const gap = Math.max(topOf(first) - box.y1, box.y0 - bottomOf(last));
    return gap > -first.size && gap < first.size * NEAR && Math.min(x1, box.x1) - Math.max(x0, box.x0) > (x1 - x0) * 0.5;
  });
  if (NUMBERED.test(textOf(first))) return near || first.size < facts.size * 0.96 || lines.length <= 2;
  if (!near || lines.length > 5) return false;
  const slanting = lines.every(({ tokens }) => tokens.every(({ word }) => word.style.italic === true));
  return slanting || first.size < facts.size * 0.93;
}
