/** How long one part of a stage took: a page read, a file written. Times in milliseconds since the epoch. */
export interface TimedSpan {
  readonly name: string;
  /** From 1; 0 if it is of no one page. */
  readonly page: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly failed: boolean;
}

/** Times `work` as a part of the running stage. */
export type Timed = <T>(name: string, page: number, work: () => Promise<T>) => Promise<T>;

/** A document may have thousands of pages; of a stage's spans only the longest are kept. */
const MAX_SPANS = 200;

/** The spans of the running stage. */
export class Stopwatch {
  #spans: TimedSpan[] = [];

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
  take(): TimedSpan[] {
    const spans = this.#spans;
    this.#spans = [];
    return spans;
  }

  #keep(span: TimedSpan): void {
    this.#spans.push(span);
    if (this.#spans.length <= MAX_SPANS) return;
    const shortest = this.#spans.reduce(
      (least, each, index, all) => (lengthOf(each) < lengthOf(all[least] as TimedSpan) ? index : least),
      0,
    );
    this.#spans.splice(shortest, 1);
  }
}

function lengthOf({ startMs, endMs }: TimedSpan): number {
  return endMs - startMs;
}

/** The wall clock, but finer, and never backwards within the process. */
function now(): number {
  return performance.timeOrigin + performance.now();
}
