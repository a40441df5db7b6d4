import type { Box } from "../../document/geometry.ts";
import { type Block, type Leaf, leavesOf, type Page } from "../../document/model.ts";
import { codePointOf, type Remark } from "../../document/remarks.ts";
import type { PaintedPicture } from "../../inpainting/patches.ts";
import { openSetter, type Setter } from "../../setting/setter.ts";
import type { SetLine, SetPassage } from "../../setting/sheet.ts";
import type { Writing } from "../format.ts";
import { areasOf, changedSegments, drawnObstacles, linesOn, passageOf, placesOn } from "../passages.ts";

/** Paints the words of leaves out of the picture of a page, and says what they looked like. */
export type Paint = (leaves: readonly Leaf[]) => Promise<Pick<PaintedPicture, "looks" | "kept" | "grounds">>;

/** What is to be drawn on a page. */
export interface SetPage {
  /** In points of the page straightened. */
  readonly lines: readonly SetLine[];
  readonly remarks: readonly Remark[];
}

/** Smaller than this text is said to be so, as a share of its source's size. */
const SHRUNK = 0.8;

/** Sets the translation of scanned pages, in order: paragraphs that begin on one and end on the next wait for it. */
export class PageSetter {
  readonly #writing: Writing;
  readonly #waiting = new Map<number, { readonly leaves: Leaf[]; readonly lines: SetLine[] }>();
  #setter: Promise<Setter> | undefined;

  constructor(writing: Writing) {
    this.#writing = writing;
  }

  /** Undefined where nothing is to be changed. */
  async set(page: Page, paint: Paint): Promise<SetPage | undefined> {
    const { leaves: begun, lines: carried } = this.#waiting.get(page.number) ?? { leaves: [], lines: [] };
    this.#waiting.delete(page.number);
    const all = [...leavesOf(page.blocks)];
    const leaves = all.filter((leaf) => changedSegments(leaf).length > 0 && leaf.kind !== "figure" && (leaf.frames?.length ?? 0) > 0);
    if (!page.geometry || page.failure !== undefined || leaves.length + begun.length === 0) return undefined;
    const { looks, kept, grounds } = await paint([...begun, ...leaves]);
    const passages = leaves.flatMap((leaf) => (kept.has(leaf.id) ? [] : (passageOf(leaf, looks.get(leaf.id)) ?? [])));
    const setHere = new Set(passages.map(({ id }) => id));
    const { targetLanguage: language, sourceLanguage } = this.#writing;
    this.#setter ??= openSetter({ language });
    const set = (await this.#setter).set(
      {
        ...{ page: page.number, width: page.geometry.width, height: page.geometry.height, passages, language, sourceLanguage },
        obstacles: [...drawnObstacles(page, placesOn(page, passages)), ...stayingBoxes(page, setHere), ...carried.map(({ box }) => box)],
        containers: [...grounds, ...areasOf(page)],
      },
      () => undefined,
    );
    const lines = set.flatMap((passage) => passage.lines);
    this.#carry(
      page.number,
      leaves.filter(({ id }) => setHere.has(id)),
      lines,
    );
    const here = lines.filter((line) => line.page === page.number);
    const left = leaves.filter(({ id }) => kept.has(id));
    return {
      lines: [...carried, ...here],
      remarks: [...left.map((leaf) => keptRemark(page.number, leaf)), ...remarksOf(page.number, set)],
    };
  }

  #carry(page: number, leaves: readonly Leaf[], lines: readonly SetLine[]): void {
    const waitingOn = (later: number) => {
      const waiting = this.#waiting.get(later) ?? { leaves: [], lines: [] };
      this.#waiting.set(later, waiting);
      return waiting;
    };
    for (const leaf of leaves)
      for (const later of new Set(leaf.frames?.map((frame) => frame.page))) if (later > page) waitingOn(later).leaves.push(leaf);
    for (const line of lines) if (line.page > page) waitingOn(line.page).lines.push(line);
  }
}

/** Where text stands that stays as it is. */
function stayingBoxes(page: Page, set: ReadonlySet<string>): Box[] {
  const staying = [...leavesOf(page.blocks)].filter(({ id, kind }) => kind !== "figure" && !set.has(id));
  const isKept = ({ kind }: Block) => kind === "code" || kind === "formula";
  return [...staying, ...page.blocks.filter(isKept)].flatMap((block) => linesOn(page.number, block));
}

function keptRemark(page: number, { id }: Leaf): Remark {
  return { page, block: id, code: "TEXT_KEPT", message: "A text stays as it was: it stands on a picture, from which it cannot be taken." };
}

function remarksOf(page: number, set: readonly SetPassage[]): Remark[] {
  return set.flatMap(({ id, overflow, scale, missing }): Remark[] => {
    const percent = Math.round(scale * 100);
    const small: Remark = { page, block: id, code: "TEXT_SHRUNK", message: `A text is set at ${percent} % of its source's size.` };
    const large: Remark = { page, block: id, code: "TEXT_OVERFLOW", message: "A text does not fit where its source stood, however small." };
    const unknown = missing.map(
      (sign): Remark => ({ page, block: id, code: "GLYPH_MISSING", message: `No font has ${codePointOf(sign)}.` }),
    );
    return [...(overflow ? [large] : scale < SHRUNK ? [small] : []), ...unknown];
  });
}
