import type { Store } from "../../orchestrator/store/store.ts";
import type { Clock } from "../../platform/clock.ts";

/** A clock that a test sets: it goes on as the machine's does, so much ahead of it. */
export class SetClock implements Clock {
  aheadMs = 0;

  now(): number {
    return Date.now() + this.aheadMs;
  }
}

/** The same store, by another clock. */
export function withClock(store: Store, clock: Clock): Store {
  return new Proxy(store, {
    get(target, name) {
      if (name === "clock") return clock;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
