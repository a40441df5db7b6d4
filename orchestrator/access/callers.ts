import { DragomanError } from "../../platform/errors.ts";
import type { Scope } from "../policy/scopes.ts";
import type { KeyUses } from "./key_uses.ts";
import { holderOf, type Keys, type Principal } from "./keys.ts";

/** What a method asks of who calls it: a scope, or no more than to be somebody. */
export type Need = Scope | "any";

/** Tells who calls. */
export class Callers {
  readonly #store: Keys;
  readonly #uses: Pick<KeyUses, "note"> | undefined;

  /** `uses`: where it is noted that keys are used. */
  constructor(store: Keys, uses?: Pick<KeyUses, "note">) {
    this.#store = store;
    this.#uses = uses;
  }

  /** Throws UNAUTHENTICATED where `authorization` holds no key that is good now. */
  async of(authorization: string): Promise<Principal> {
    const principal = await holderOf(this.#store, authorization);
    this.#uses?.note(principal.keyId);
    return principal;
  }
}

/** Throws PERMISSION_DENIED. */
export function requireScope({ scopes }: Pick<Principal, "scopes">, need: Need): void {
  if (need !== "any" && !scopes.includes(need))
    throw DragomanError.of("PERMISSION_DENIED", `This call needs a key with the scope ${need}.`);
}
