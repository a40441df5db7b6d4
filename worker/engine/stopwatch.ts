/** How long one piece of a stage took: a page read, a file written. Times in milliseconds since the epoch. */
export interface Piece {
  readonly name: string;
  /** From 1; 0 if it is of no one page. */
  readonly page: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly failed: boolean;
}

/** Times `work` as a piece of the running stage. */
export type Timed = <T>(name: string, page: number, work: () => Promise<T>) => Promise<T>;

/** A document may have thousands of pages; of a stage's pieces only the longest are kept. */
const MAX_PIECES = 200;

/** The pieces of the running stage. */
export class Stopwatch {
  #pieces: Piece[] = [];

  readonly time: Timed = async (name, page, work) => {
    const startMs = now();
    let failed = true;
    try {
      const result = await work();
      failed = false;
      return result;
    } finally {
      this.#keep({ name, page, startMs, endMs: now(), failed });
    }
  };

  /** What was timed since it was last asked. */
  take(): Piece[] {
    const pieces = this.#pieces;
    this.#pieces = [];
    return pieces;
  }

  #keep(piece: Piece): void {
    this.#pieces.push(piece);
    if (this.#pieces.length <= MAX_PIECES) return;
    const shortest = this.#pieces.reduce((least, each, index, all) => (lengthOf(each) < lengthOf(all[least] as Piece) ? index : least), 0);
    this.#pieces.splice(shortest, 1);
  }
}

function lengthOf({ startMs, endMs }: Piece): number {
  return endMs - startMs;
}

/** The wall clock, but finer, and never backwards within the process. */
function now(): number {
  return performance.timeOrigin + performance.now();
}
