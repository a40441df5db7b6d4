import { OPS } from "pdfjs-dist/legacy/build/pdf.mjs";
import { areaOf, type Box } from "../../document/geometry.ts";
import { asMatrix, isUpright, type Matrix, mapped, multiply } from "../../document/matrix.ts";
import type { PdfFont } from "./fonts.ts";
import { lookOf } from "./fonts.ts";
import { type Marks, noMarks, type TracedGlyph } from "./marks.ts";
import { covers, paintPath, within } from "./paths.ts";
import { type GraphicsState, initialState, TextCursor } from "./state.ts";
import { showText } from "./text.ts";

/** pdf.js's list of a page's operators: forms and annotations are inlined, text operators are one. */
export interface OperatorList {
  readonly fnArray: readonly number[];
  readonly argsArray: readonly (readonly unknown[] | null)[];
}

/** What the operators are walked with. */
export interface Surroundings {
  /** From the file's coordinates to those of the page as it is looked at. */
  readonly matrix: Matrix;
  /** What is looked at. */
  readonly page: Box;
  font(name: string): PdfFont | undefined;
  /** Hears of each glyph of the page's content that is in no hidden group. */
  readonly trace?: ((glyph: TracedGlyph) => void) | undefined;
  /** Hears of each path of the page's content that paints nothing but rules, by its number among all that are painted. */
  readonly traceRules?: ((path: number, rules: readonly Box[]) => void) | undefined;
  /** Whether content of this optional group is shown. */
  isShown(group: unknown): boolean;
}

/** Of a picture: a page's edge may be rounded so far off its own. */
const WHOLE = 0.995;

/** Runs `list` as a renderer would, and notes what comes to stand where. */
export function walk(list: OperatorList, surroundings: Surroundings): Marks {
  const walker = new Walker(surroundings);
  list.fnArray.forEach((operator, order) => {
    walker.step(operator, list.argsArray[order] ?? [], order);
  });
  return walker.marks;
}

type Step = (walker: Walker, args: readonly unknown[]) => void;

class Walker {
  readonly marks: Marks = noMarks();
  readonly cursor = new TextCursor();
  readonly around: Surroundings;
  state: GraphicsState;
  order = 0;
  annotation: string | undefined;
  operator: number | undefined;
  clipsNext = false;
  /** Of the groups around: whether each is shown. */
  readonly shown: boolean[] = [];
  /** How many groups around only make a mask of what is in them. */
  masks = 0;
  readonly #saved: GraphicsState[] = [];
  readonly #groups: boolean[] = [];

  constructor(around: Surroundings) {
    this.around = around;
    this.state = initialState(around.matrix, around.page);
  }

  step(operator: number, args: readonly unknown[], order: number): void {
    this.order = order;
    STEPS[operator]?.(this, args);
  }

  get isSeen(): boolean {
    return this.masks === 0 && !this.shown.includes(false);
  }

  save(): void {
    this.#saved.push({ ...this.state });
  }

  restore(): void {
    this.state = this.#saved.pop() ?? this.state;
  }

  beginGroup(isMask: boolean): void {
    this.save();
    this.#groups.push(isMask);
    if (isMask) this.masks++;
    else this.state.masked = this.state.blended = false;
  }

  endGroup(): void {
    if (this.#groups.pop()) this.masks--;
    this.restore();
  }

  /** Each annotation begins anew. */
  beginAnnotation(id: string, rect: unknown, matrices: readonly unknown[]): void {
    this.save();
    this.annotation = id;
    this.state = initialState(this.around.matrix, this.around.page);
    this.clip(rect);
    for (const matrix of matrices) this.transform(matrix);
  }

  endAnnotation(): void {
    this.annotation = undefined;
    this.restore();
  }

  transform(value: unknown): void {
    const matrix = asMatrix(value);
    if (matrix) this.state.matrix = multiply(this.state.matrix, matrix);
  }

  /** Nothing outside the box is painted from now on. */
  clip(corners: unknown): void {
    const box = boxOf(corners);
    if (!box) return;
    const nothing = { x0: -1, y0: -1, x1: -1, y1: -1 };
    this.state.clip = within(mapped(this.state.matrix, box.x0, box.y0, box.x1, box.y1), this.state.clip) ?? nothing;
  }

  setFont(name: unknown, size: unknown): void {
    this.state.font = typeof name === "string" ? this.around.font(name) : undefined;
    this.state.look = lookOf(this.state.font);
    this.state.fontSize = Number(size) || 0;
  }

  /** `number` is undefined for what is painted as one, and is none. */
  path([operator, data, corners]: readonly unknown[], number?: number): void {
    const path = Array.isArray(data) ? (data[0] as unknown) : undefined;
    if (this.clipsNext) this.clip(corners);
    this.clipsNext = false;
    if (!this.isSeen) return;
    if (operator !== OPS.endPath) this.inkStencil();
    const { rules, areas, drawings } = this.marks;
    const before = { rules: rules.length, areas: areas.length, drawings };
    paintPath(Number(operator), { path, corners: boxOf(corners) }, this);
    if (number === undefined || rules.length === before.rules) return;
    if (areas.length === before.areas && this.marks.drawings === before.drawings)
      this.around.traceRules?.(number, rules.slice(before.rules));
  }

  /** A picture fills the unit square. */
  image(width: unknown, height: unknown, opaque: boolean): void {
    const square = mapped(this.state.matrix, 0, 0, 1, 1);
    const box = within(square, this.state.clip);
    if (!this.isSeen || !box || this.state.fillAlpha === 0) return;
    this.inkStencil();
    const { order } = this;
    const plain = isUpright(this.state.matrix) && areaOf(box) >= WHOLE * areaOf(square);
    this.marks.images.push({ box, order, plain, pixels: { width: Number(width) || 0, height: Number(height) || 0 } });
    const hides = opaque && !this.state.cutOut && covers({ ...this.state, fill: "" });
    this.marks.paints.push({ box, order, opaque: hides, kind: "image", color: undefined });
  }

  /** Paint shows through letters that clip it. */
  inkStencil(): void {
    // Those before one that is inked are.
    for (let { stencil } = this.state; stencil?.glyph.hidden; stencil = stencil.before) stencil.glyph.hidden = undefined;
  }

  text(shown: unknown): void {
    this.operator = this.annotation === undefined ? this.marks.texts++ : undefined;
    if (this.isSeen) showText(shown, this);
  }

  get trace(): Surroundings["trace"] {
    return this.around.trace;
  }
}

function graphicsStates(walker: Walker, states: unknown): void {
  const { state } = walker;
  const entries = Array.isArray(states) ? (states as [string, unknown][]) : [];
  // So pdf.js announces a picture with a mask of its own.
  if (entries.length === 1 && entries[0]?.[0] === "SMask" && entries[0][1] === false) state.cutOut = true;
  for (const [key, value] of entries) {
    if (key === "ca") state.fillAlpha = Number(value);
    else if (key === "CA") state.strokeAlpha = Number(value);
    else if (key === "LW") state.lineWidth = Number(value);
    else if (key === "SMask") state.masked = value === true;
    else if (key === "BM") state.blended = value !== "source-over";
    else if (key === "Font" && Array.isArray(value)) walker.setFont(value[0], value[1]);
  }
}

function boxOf(corners: unknown): Box | undefined {
  if (!(Array.isArray(corners) || corners instanceof Float32Array)) return undefined;
  const [x0, y0, x1, y1] = Array.from(corners as ArrayLike<number>).map(Number);
  return x0 === undefined || y0 === undefined || x1 === undefined || y1 === undefined ? undefined : { x0, y0, x1, y1 };
}

function colorOf(value: unknown): string | undefined {
  return typeof value === "string" && /^#[0-9a-f]{6}$/i.test(value) ? value.toLowerCase() : undefined;
}

const STEPS: Readonly<Record<number, Step>> = {
  [OPS.save]: (walker) => walker.save(),
  [OPS.restore]: (walker) => walker.restore(),
  [OPS.transform]: (walker, args) => walker.transform(args),
  [OPS.paintFormXObjectBegin](walker, [matrix, box]) {
    walker.save();
    walker.transform(matrix);
    walker.clip(box);
  },
  [OPS.paintFormXObjectEnd]: (walker) => walker.restore(),
  [OPS.beginGroup](walker, [group]) {
    walker.beginGroup(Boolean((group as { smask?: unknown } | undefined)?.smask));
  },
  [OPS.endGroup]: (walker) => walker.endGroup(),
  [OPS.beginAnnotation]: (walker, [id, rect, ...matrices]) => walker.beginAnnotation(String(id), rect, matrices.slice(0, 2)),
  [OPS.endAnnotation]: (walker) => walker.endAnnotation(),
  [OPS.beginMarkedContent]: (walker) => walker.shown.push(true),
  [OPS.beginMarkedContentProps]: (walker, [tag, group]) => walker.shown.push(tag !== "OC" || walker.around.isShown(group)),
  [OPS.endMarkedContent]: (walker) => walker.shown.pop(),
  [OPS.setGState]: (walker, [states]) => graphicsStates(walker, states),
  [OPS.setLineWidth]: ({ state }, [width]) => (state.lineWidth = Number(width)),
  [OPS.setFillRGBColor]: ({ state }, [color]) => (state.fill = colorOf(color)),
  [OPS.setStrokeRGBColor]: ({ state }, [color]) => (state.stroke = colorOf(color)),
  [OPS.setFillColorN]: ({ state }) => (state.fill = undefined),
  [OPS.setStrokeColorN]: ({ state }) => (state.stroke = undefined),
  [OPS.setFont]: (walker, [name, size]) => walker.setFont(name, size),
  [OPS.setCharSpacing]: ({ state }, [spacing]) => (state.charSpacing = Number(spacing)),
  [OPS.setWordSpacing]: ({ state }, [spacing]) => (state.wordSpacing = Number(spacing)),
  [OPS.setHScale]: ({ state }, [percent]) => (state.widthScale = Number(percent) / 100),
  [OPS.setLeading]: ({ state }, [leading]) => (state.leading = -Number(leading)),
  [OPS.setTextRise]: ({ state }, [rise]) => (state.rise = Number(rise)),
  [OPS.setTextRenderingMode]: ({ state }, [mode]) => (state.mode = Number(mode)),
  [OPS.beginText]: ({ cursor }) => cursor.begin(),
  [OPS.setTextMatrix]: ({ cursor }, [matrix]) => cursor.begin(asMatrix(matrix)),
  [OPS.moveText]: ({ cursor }, [x, y]) => cursor.move(Number(x), Number(y)),
  [OPS.setLeadingMoveText]({ cursor, state }, [x, y]) {
    state.leading = Number(y);
    cursor.move(Number(x), Number(y));
  },
  [OPS.nextLine]: ({ cursor, state }) => cursor.move(0, state.leading),
  [OPS.showText]: (walker, [shown]) => walker.text(shown),
  [OPS.clip]: (walker) => (walker.clipsNext = true),
  [OPS.eoClip]: (walker) => (walker.clipsNext = true),
  [OPS.constructPath]: (walker, args) => walker.path(args, walker.annotation === undefined ? walker.marks.paths++ : undefined),
  [OPS.shadingFill](walker) {
    if (!walker.isSeen) return;
    walker.inkStencil();
    const { state, order } = walker;
    walker.marks.paints.push({ box: state.clip, order, opaque: false, kind: "fill", color: undefined });
  },
  [OPS.paintImageXObject]: (walker, [, width, height]) => walker.image(width, height, true),
  [OPS.paintInlineImageXObject](walker, [image]) {
    const { width, height } = (image ?? {}) as { width?: number; height?: number };
    walker.image(width, height, true);
  },
  [OPS.paintImageMaskXObject](walker, [image]) {
    const { width, height } = (image ?? {}) as { width?: number; height?: number };
    walker.image(width, height, false);
  },
  [OPS.paintSolidColorImageMask](walker) {
    walker.path([OPS.fill, [UNIT_SQUARE], null]);
  },
};

/** As pdf.js writes a path: from a corner around the square. */
const UNIT_SQUARE = new Float32Array([0, 0, 0, 1, 1, 0, 1, 1, 1, 1, 0, 1, 4]);
