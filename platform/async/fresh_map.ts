import { LatestMap } from "./latest_map.ts";

interface FreshOptions {
  readonly freshMs: number;
  /** How many answers are remembered: the oldest are forgotten first. */
  readonly most: number;
  /** Which failures are answers as well; none if not given. */
  readonly keeps?: (error: unknown) => boolean;
}

/** What `read` answers for a key, asked for again once it is `freshMs` old. Who asks meanwhile shares the answer, also while it is awaited; a failure is forgotten. */
export class FreshMap<K, V> {
  readonly #read: (key: K) => Promise<V>;
  readonly #freshMs: number;
  readonly #keeps: (error: unknown) => boolean;
  readonly #known: LatestMap<K, { readonly until: number; readonly answer: Promise<V> }>;

  constructor(read: (key: K) => Promise<V>, { freshMs, most, keeps = () => false }: FreshOptions) {
    this.#read = read;
    this.#freshMs = freshMs;
    this.#keeps = keeps;
    this.#known = new LatestMap(most);
  }

  /** Throws what `read` does. */
  get(key: K): Promise<V> {
    const known = this.#known.get(key);
    if (known && known.until > performance.now()) return known.answer;
    const answer = this.#read(key);
    this.#known.set(key, { until: performance.now() + this.#freshMs, answer });
    answer.catch((error: unknown) => {
      if (!this.#keeps(error) && this.#known.get(key)?.answer === answer) this.forget(key);
    });
    return answer;
  }

  /** It is asked for again by whoever comes next. */
  forget(key: K): void {
    this.#known.delete(key);
  }
}
