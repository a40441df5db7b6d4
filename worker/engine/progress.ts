import type { StageName } from "./errors.ts";

export interface Progress {
  readonly stage: StageName;
  /** 0 to 100 of the whole pipeline. */
  readonly percent: number;
  readonly pagesDone: number;
  readonly pagesTotal: number;
}

/** Where each stage's share of the percent ends, by what it takes on scans. */
const SHARES: Readonly<Record<StageName, readonly [from: number, to: number]>> = {
  CONVERTING: [2, 8],
  OCR_PROCESSING: [8, 78],
  TRANSLATING: [78, 88],
  EXPORTING: [88, 97],
};
/** Progress that changes no figure is told this often, so that a long page is not taken for one that stands still. */
const REPEAT_MS = 1_000;

/** Tells how far a document is: what changes a figure, and else once a second. A million sentences are no million messages. */
export class ProgressTeller {
  readonly #onProgress: (progress: Progress) => void;
  #stage: StageName = "CONVERTING";
  #told = "";
  #toldAt = 0;
  pagesTotal = 0;

  constructor(onProgress: (progress: Progress) => void) {
    this.#onProgress = onProgress;
  }

  get stage(): StageName {
    return this.#stage;
  }

  /** `share` of the stage is done, 0 to 1. */
  tell(stage: StageName, share: number, pagesDone: number): void {
    this.#stage = stage;
    const [from, to] = SHARES[stage];
    const progress = { stage, percent: Math.floor(from + (to - from) * share), pagesDone, pagesTotal: this.pagesTotal };
    const figures = `${stage} ${progress.percent} ${pagesDone} ${progress.pagesTotal}`;
    if (figures === this.#told && performance.now() - this.#toldAt < REPEAT_MS) return;
    this.#told = figures;
    this.#toldAt = performance.now();
    this.#onProgress(progress);
  }
}
