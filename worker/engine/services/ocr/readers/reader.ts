import type { QuarterTurn } from "../../../document/geometry.ts";
import type { Picture } from "../../../formats/format.ts";

/** Less than the time after which the whole document is taken to stand still, so that one page fails and not all. */
export const PAGE_DEADLINE_MS = 240_000;

/** What Tesseract's OSD says of a page. */
export interface Orientation {
  /** What it is to be turned by, clockwise, to stand upright. */
  readonly turn: QuarterTurn;
  /** Of the turn; from about 3 on it is mostly right. */
  readonly confidence: number;
  /** As "Latin". */
  readonly script: string;
}

export interface How {
  readonly models: readonly string[];
  /** A page is cut into columns, paragraphs and lines by Tesseract itself; lines stand one below the other. */
  readonly layout: "page" | "lines";
}

/** Tesseract's numbers of its ways to cut a page (`PageSegMode`): by itself without OSD, and as one block. */
export const SEGMENTATION = { page: "3", lines: "6" } as const;

/** Tesseract, whichever way it runs here. Several pages may be given at once; those too many wait. */
export interface Reader extends AsyncDisposable {
  /** As people know it: "tesseract 5.3.0". */
  readonly name: string;
  /**
   * What stands on `image`, as hOCR, read with all of `models` at once. Throws EngineError: TIME_LIMIT, ENGINE_CRASHED;
   * `signal`'s reason.
   */
  read(image: Picture, how: How, signal: AbortSignal): Promise<string>;
  /** How `image` is turned; undefined where it has too few letters to tell. Throws as `read`. */
  orientation(image: Picture, signal: AbortSignal): Promise<Orientation | undefined>;
}
