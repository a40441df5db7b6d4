import { areaOf, type Box, contains, grown, sharedArea } from "../../document/geometry.ts";
import type { Remark } from "../../document/remarks.ts";
import type { PageContent, Rule, Word } from "../../layout/content.ts";

const CELL_POINTS = 24;
const MAX_QUOTED = 3;
/** A rule that both know may lie so far apart, in points. */
const RULE_REACH = 2;
/** A picture that covers so much of the page is the page: what it shows was read. */
const WHOLE_PAGE = 0.85;

/** What was read of a page, or of a part of it, in its points. */
export interface ReadPart {
  readonly words: readonly Word[];
  readonly rules: readonly Rule[];
  /** What is no text. */
  readonly pictures: readonly Box[];
  /** Those of `pictures` that may have words on them. */
  readonly unread: readonly Box[];
  /** Where something like letters is too pale to be read. */
  readonly pale: readonly Box[];
  /** Words of `words` that OCR is not sure of. */
  readonly doubtful: readonly Word[];
}

/**
 * The page with what was read of it. Words of the text layer are the file's own, so those that were read in their place
 * are left out; of `areas`, where they are given, only what lies in them is taken.
 */
export function merge(content: PageContent, part: ReadPart, areas: readonly Box[] | undefined): PageContent {
  const layer = new Boxes(content.words.map(({ box }) => box));
  const isNew = ({ box }: Word): boolean => {
    const [x, y] = [(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2];
    return (!areas || areas.some((area) => contains(area, x, y))) && layer.covered(box) < areaOf(box) / 2;
  };
  const words = part.words.filter(isNew);
  const inAreas = (box: Box) => !areas || areas.some((area) => sharedArea(area, box) > areaOf(box) / 2);
  const known = new Boxes(content.rules.map(({ box }) => grown(box, RULE_REACH)));
  const page = { x0: 0, y0: 0, x1: content.geometry.width, y1: content.geometry.height };
  const figures = areas ? content.images : content.images.filter((image) => sharedArea(image, page) < WHOLE_PAGE * areaOf(page));
  const added = part.pictures.filter((box) => inAreas(box) && !figures.some((figure) => sharedArea(figure, box) > areaOf(box) / 2));
  return {
    ...content,
    geometry: { ...content.geometry, reading: content.words.length > 0 ? "both" : "ocr" },
    words: [...content.words, ...words],
    rules: [...content.rules, ...part.rules.filter(({ box }) => inAreas(box) && known.covered(box) < areaOf(box) / 2)],
    images: [...figures, ...added],
    remarks: [
      ...content.remarks,
      ...doubts(content.number, part.doubtful.filter(isNew)),
      ...unreadRemarks(content.number, part.unread.filter(inAreas)),
      ...paleRemarks(
        content,
        part.pale.filter(inAreas).filter((box) => layer.covered(box) === 0),
      ),
    ],
  };
}

function doubts(page: number, words: readonly Word[]): Remark[] {
  if (words.length === 0) return [];
  const quoted = words.slice(0, MAX_QUOTED).map(({ text }) => `“${text.slice(0, 40)}”`);
  const others = words.length > quoted.length ? ` and ${words.length - quoted.length} more` : "";
  const message = `OCR is not sure of ${words.length === 1 ? "a word" : `${words.length} words`} of the page: ${quoted.join(", ")}${others}.`;
  return [{ page, code: "LOW_CONFIDENCE", message }];
}

function unreadRemarks(page: number, boxes: readonly Box[]): Remark[] {
  if (boxes.length === 0) return [];
  const what = boxes.length === 1 ? "A part of the page looks" : `${boxes.length} parts of the page look`;
  return [{ page, code: "PICTURE_NOT_READ", message: `${what} like a drawing, a code or handwriting and could not be read.` }];
}

function paleRemarks({ number, geometry }: PageContent, boxes: readonly Box[]): Remark[] {
  if (boxes.length === 0) return [];
  const where = (box: Box) => ["upper", "middle", "lower"][Math.floor((3 * (box.y0 + box.y1)) / 2 / geometry.height)] ?? "lower";
  const parts = [...new Set(boxes.map(where))].join(" and ");
  return [{ page: number, code: "PICTURE_NOT_READ", message: `Something too pale to be read stands in the ${parts} part of the page.` }];
}

/** Boxes that are asked for by where they lie. */
class Boxes {
  readonly #cells = new Map<string, Box[]>();

  constructor(boxes: readonly Box[]) {
    for (const box of boxes)
      for (const cell of cellsOf(box)) {
        const there = this.#cells.get(cell);
        if (there) there.push(box);
        else this.#cells.set(cell, [box]);
      }
  }

  /** How much of `box` they cover, at most: overlaps among them count twice. */
  covered(box: Box): number {
    const beside = new Set(cellsOf(box).flatMap((cell) => this.#cells.get(cell) ?? []));
    let sum = 0;
    for (const other of beside) sum += sharedArea(box, other);
    return sum;
  }
}

function cellsOf({ x0, y0, x1, y1 }: Box): string[] {
  const cells: string[] = [];
  const at = (value: number) => Math.floor(Math.max(-1e4, Math.min(1e4, value)) / CELL_POINTS);
  for (let row = at(y0); row <= at(y1); row++) for (let column = at(x0); column <= at(x1); column++) cells.push(`${row} ${column}`);
  return cells;
}
