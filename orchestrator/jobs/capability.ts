import type { JobOptions } from "../../gen/dragoman/v1/job_pb.ts";

/** ISO 639-1 codes. */
export interface Pair {
  readonly source: string;
  readonly target: string;
}

/** Whether who translates between these languages can do a job with these options. Of one whose language is to be detected only the target is known. */
export function serves(pairs: readonly Pair[], options: JobOptions | undefined): boolean {
  const { sourceLanguage = "", targetLanguage = "" } = options ?? {};
  return pairs.some(({ source, target }) => target === targetLanguage && (sourceLanguage === "" || source === sourceLanguage));
}

/** What is free at workers that translate between the same languages. */
export interface Offer {
  readonly pairs: readonly Pair[];
  readonly slots: number;
  /** Places where a next job's input may be fetched ahead. */
  readonly prefetch: number;
}

/**
 * Whether a job is for who translates between `pairs`, one of `all` the workers. A language that is to be detected may be
 * any that is read here: such a job is for who reads them all, if there is one.
 */
export function isFor(pairs: readonly Pair[], options: JobOptions | undefined, all: readonly Offer[]): boolean {
  if (!serves(pairs, options)) return false;
  if (options?.sourceLanguage || all.length === 1) return true;
  const target = options?.targetLanguage;
  const sourcesOf = (offered: readonly Pair[]) => new Set(offered.filter((pair) => pair.target === target).map(({ source }) => source));
  const sources = sourcesOf(all.flatMap((offer) => offer.pairs));
  const readsAll = (offered: readonly Pair[]) => sourcesOf(offered).isSupersetOf(sources);
  return readsAll(pairs) || !all.some((offer) => readsAll(offer.pairs));
}

/** Asked for with every commit, of lists that change once in a while. */
const KEYS = new WeakMap<readonly Pair[], string>();

function keyOf(pairs: readonly Pair[]): string {
  let key = KEYS.get(pairs);
  if (key === undefined) {
    key = pairs
      .map(({ source, target }) => `${source}-${target}`)
      .sort()
      .join();
    KEYS.set(pairs, key);
  }
  return key;
}

/** The offers of workers that can do the same as one offer. */
export function merged(offers: readonly Offer[]): Offer[] {
  const byPairs = new Map<string, Offer>();
  for (const { pairs, slots, prefetch } of offers) {
    const key = keyOf(pairs);
    const same = byPairs.get(key);
    byPairs.set(key, { pairs, slots: slots + (same?.slots ?? 0), prefetch: prefetch + (same?.prefetch ?? 0) });
  }
  return [...byPairs.values()];
}

/** Free slots, and where a worker has none its places for a next job, given to one job after the other. */
export class Room {
  readonly #all: readonly Offer[];
  readonly #offers: { readonly pairs: readonly Pair[]; free: number }[];

  constructor(offers: readonly Offer[]) {
    // Who can do least goes first, and leaves the others for jobs that only they can do.
    this.#all = merged(offers);
    this.#offers = this.#all
      .map(({ pairs, slots, prefetch }) => ({ pairs, free: slots || prefetch }))
      .sort((one, other) => one.pairs.length - other.pairs.length);
  }

  /** Takes a slot that serves the job; false if there is none. */
  take(options: JobOptions | undefined): boolean {
    const offer = this.#offers.find(({ pairs, free }) => free > 0 && isFor(pairs, options, this.#all));
    if (offer) offer.free -= 1;
    return offer !== undefined;
  }

  get free(): number {
    return this.#offers.reduce((sum, { free }) => sum + free, 0);
  }
}
