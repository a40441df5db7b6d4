import { FreshMap } from "../../platform/async/fresh_map.ts";
import { type Controls, NO_CONTROLS } from "../policy/controls.ts";
import type { ControlsStore } from "../store/controls_store.ts";

/** What an operator sets holds everywhere within this time. */
const FRESH_MS = 400;

/** What operators have set for the whole deployment, remembered for less than half a second: it is asked for with every look at the queue. */
export class KnownControls {
  readonly #store: ControlsStore;
  readonly #known = new FreshMap(() => this.#read(), { freshMs: FRESH_MS, most: 1 });
  #last = NO_CONTROLS;

  constructor(store: ControlsStore) {
    this.#store = store;
  }

  /** Throws UNAVAILABLE where the store is away. */
  now(): Promise<Controls> {
    return this.#known.get(undefined);
  }

  /** As they were heard last: for who goes on while the store is away. */
  get last(): Controls {
    return this.#last;
  }

  /** What was set here is to hold at once. */
  forget(): void {
    this.#known.forget(undefined);
  }

  async #read(): Promise<Controls> {
    this.#last = await this.#store.controls();
    return this.#last;
  }
}
