/** A rectangle in pixels of the image that was read. */
export interface PixelBox {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

/** A word as Tesseract read it, in pixels. */
export interface ReadWord {
  readonly text: string;
  /** 0 to 100. */
  readonly confidence: number;
  readonly box: PixelBox;
  /** Of the middle of the word: the y that its letters stand on. */
  readonly baseline: number;
  /** Height of its type, from the highest letter to the lowest. */
  readonly height: number;
  /** Numbered from 1 in the order in which Tesseract reads them. */
  readonly block: number;
  readonly paragraph: number;
  readonly line: number;
  /** Its line runs upwards or downwards: which way its letters run, clockwise. */
  readonly turn: 0 | 90 | 270;
}

/** A page of a hundred thousand words is none; a picture of nothing but specks may give as many. */
const MAX_WORDS = 50_000;
const MAX_WORD_LENGTH = 200;
const ELEMENT = /class=['"](ocr_carea|ocr_par|ocr_line|ocr_caption|ocr_header|ocr_textfloat|ocrx_word)['"][^>]*?title=(['"])(.*?)\2[^>]*>/g;
/** A line that is so many times as long as its type is high, down the page, and hardly wider than it. */
const LONG = 3;
const NARROW = 1.6;
const UPRIGHT_WRITING = /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}/u;
const ENTITIES: Readonly<Record<string, string>> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" };

interface Line {
  readonly box: PixelBox;
  readonly slope: number;
  readonly offset: number;
  readonly height: number;
  readonly turn: 0 | 90 | 270;
}

/**
 * The words of hOCR as Tesseract 5 writes it (Breuel, "The hOCR Embedded OCR Workflow"): of all its outputs the one that
 * says blocks, paragraphs, lines, baselines and the height of the type. It is a program's own output, not any document's
 * markup: its tags come one after the other, so they are found by their class and never parsed as a tree. `at` is where
 * the upper left corner of what was read lies in the whole picture.
 */
export function wordsOfHocr(hocr: string, at: { readonly x: number; readonly y: number } = { x: 0, y: 0 }): ReadWord[] {
  const words: Read[] = [];
  let [block, paragraph, line] = [0, 0, 0];
  let current: Line | undefined;
  for (const match of hocr.matchAll(ELEMENT)) {
    const [whole, kind, , title = ""] = match;
    if (kind === "ocr_carea") block += 1;
    else if (kind === "ocr_par") paragraph += 1;
    else if (kind !== "ocrx_word") {
      line += 1;
      current = lineOf(title);
    } else {
      const word = current && wordOf(title, textAfter(hocr, match.index + whole.length), current);
      if (word && current) words.push({ ...word, block, paragraph, line, of: current });
      if (words.length >= MAX_WORDS) break;
    }
  }
  return withTurns(words).map(({ of: own, ...word }) => shifted({ ...word, baseline: baselineOf(word, own) }, at));
}

interface Read extends Omit<ReadWord, "baseline"> {
  readonly of: Line;
}

/** Of a block whose lines all run down or up Tesseract reads the words, and mostly does not say how they run: their boxes do. */
function withTurns(words: readonly Read[]): Read[] {
  const turns = new Map<number, 90 | 270>();
  const alone: number[] = [];
  for (const [line, read] of Map.groupBy(words, (word) => word.line)) {
    const [first, last] = [read.at(0) as Read, read.at(-1) as Read];
    if (!runsAcross(first.of, read)) continue;
    if (first === last) alone.push(line);
    else turns.set(line, last.box.y0 > first.box.y0 ? 90 : 270);
  }
  const [usual = 90] = [...turns.values()];
  for (const line of alone) turns.set(line, usual);
  return words.map((word) => ({ ...word, turn: turns.get(word.line) ?? word.turn }));
}

function runsAcross({ box, height, turn }: Line, words: readonly Read[]): boolean {
  const isLong = box.y1 - box.y0 >= LONG * height && box.x1 - box.x0 <= NARROW * height;
  return turn === 0 && isLong && !words.some(({ text }) => UPRIGHT_WRITING.test(text));
}

function baselineOf({ box, turn }: Pick<ReadWord, "box" | "turn">, line: Line): number {
  if (turn !== 0) return turn === 90 ? box.x0 : box.x1;
  // The baseline is a polynomial from the line's lower left corner.
  return line.box.y1 + line.offset + line.slope * ((box.x0 + box.x1) / 2 - line.box.x0);
}

function lineOf(title: string): Line | undefined {
  const box = boxOf(title);
  if (!box) return undefined;
  const [slope = 0, offset = 0] = numbersAfter("baseline", title);
  const [height = box.y1 - box.y0] = numbersAfter("x_size", title);
  const [angle = 0] = numbersAfter("textangle", title);
  // Tesseract counts counter-clockwise.
  return { box, slope, offset, height, turn: angle === 90 ? 270 : angle === 270 ? 90 : 0 };
}

function wordOf(title: string, text: string, line: Line): Pick<ReadWord, "text" | "confidence" | "box" | "height" | "turn"> | undefined {
  const box = boxOf(title);
  const [confidence = 0] = numbersAfter("x_wconf", title);
  const trimmed = text.trim().slice(0, MAX_WORD_LENGTH);
  if (!box || trimmed === "") return undefined;
  return { text: trimmed, confidence, box, height: line.height, turn: line.turn };
}

function shifted<Placed extends Pick<ReadWord, "box" | "baseline" | "turn">>(
  word: Placed,
  { x, y }: { readonly x: number; readonly y: number },
): Placed {
  const { x0, y0, x1, y1 } = word.box;
  return { ...word, box: { x0: x0 + x, y0: y0 + y, x1: x1 + x, y1: y1 + y }, baseline: word.baseline + (word.turn === 0 ? y : x) };
}

/** What stands between `from` and the end of its element, marks of style within left out. */
function textAfter(hocr: string, from: number): string {
  const end = hocr.indexOf("</span>", from);
  const inner = hocr.slice(from, end < 0 ? from : end).replace(/<[^>]*>/g, "");
  return inner.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] ?? entity);
}

function boxOf(title: string): PixelBox | undefined {
  const [x0, y0, x1, y1] = numbersAfter("bbox", title);
  return x0 !== undefined && y0 !== undefined && x1 !== undefined && y1 !== undefined && x1 > x0 && y1 > y0
    ? { x0, y0, x1, y1 }
    : undefined;
}

function numbersAfter(name: string, title: string): number[] {
  const property = title.split(";").find((each) => each.trim().startsWith(`${name} `));
  return property ? property.trim().split(/\s+/).slice(1).map(Number).filter(Number.isFinite) : [];
}
