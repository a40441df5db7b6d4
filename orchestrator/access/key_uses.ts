import { LatestMap } from "../../platform/async/latest_map.ts";
import { Loop } from "../../platform/async/loop.ts";
import type { Instant } from "../../platform/clock.ts";
import type { Logger } from "../../platform/log.ts";
import type { Store } from "../store/store.ts";

/** How exactly it is known when a key was used last, and how often that is written at most. */
const EXACT_MS = 60_000;
const MAX_REMEMBERED = 10_000;

/** Notes when keys were used, each at most once a minute here. No call waits for it; what is not written when the store is away is written later. */
export class KeyUses implements AsyncDisposable {
  readonly #store: Pick<Store, "clock" | "noteUses">;
  readonly #noted = new LatestMap<string, Instant>(MAX_REMEMBERED);
  #owed = new Map<string, Instant>();
  readonly #loop: Loop;

  constructor(store: Pick<Store, "clock" | "noteUses">, log: Logger) {
    this.#store = store;
    this.#loop = new Loop("uses of keys", EXACT_MS, () => this.write(), log);
  }

  note(keyId: string): void {
    const now = this.#store.clock.now();
    if (now - (this.#noted.get(keyId) ?? 0) < EXACT_MS || this.#owed.size >= MAX_REMEMBERED) return;
    this.#noted.set(keyId, now);
    this.#owed.set(keyId, now);
    this.#loop.kick();
  }

  /** Writes what is owed. Throws UNAVAILABLE or STORAGE_FULL: then it is owed still. */
  async write(): Promise<void> {
    const owed = this.#owed;
    if (owed.size === 0) return;
    this.#owed = new Map();
    try {
      await this.#store.noteUses(owed);
    } catch (error) {
      this.#owed = new Map([...owed, ...this.#owed]);
      throw error;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#loop[Symbol.asyncDispose]();
  }
}
