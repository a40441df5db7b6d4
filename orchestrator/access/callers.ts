import { DragomanError } from "../../platform/errors.ts";
import type { Scope } from "../policy/scopes.ts";
import type { KeyStore, Store } from "../store/store.ts";
import { holderOf, type Principal } from "./keys.ts";

/** What a method asks of who calls it: a scope, or no more than to be somebody. */
export type Need = Scope | "any";

/** Tells who calls. */
export class Callers {
  readonly #store: KeyStore & Pick<Store, "clock">;

  constructor(store: KeyStore & Pick<Store, "clock">) {
    this.#store = store;
  }

  /** Throws UNAUTHENTICATED where `authorization` holds no key that is good now. */
  of(authorization: string): Promise<Principal> {
    return holderOf(this.#store, authorization);
  }
}

/** Throws PERMISSION_DENIED. */
export function requireScope({ scopes }: Pick<Principal, "scopes">, need: Need): void {
  if (need !== "any" && !scopes.includes(need))
    throw DragomanError.of("PERMISSION_DENIED", `This call needs a key with the scope ${need}.`);
}
