import { DragomanError } from "../../platform/errors.ts";
import type { Scope } from "../policy/scopes.ts";
import type { JobTokens } from "./job_tokens.ts";
import type { KeyUses } from "./key_uses.ts";
import { holderOf, type Keys, type Principal, principalOf } from "./keys.ts";

/** What a method asks of who calls it: a scope, no more than to be somebody, or what a token for the job that is named has as well. */
export type Need = Scope | "any" | JobNeed;

export interface JobNeed {
  /** Of a key. */
  readonly scope: Scope;
  /** Of a token. */
  readonly token: "read" | "cancel";
}

export interface CallersParts {
  readonly store: Keys;
  readonly tokens: JobTokens;
  /** Where it is noted that keys are used. */
  readonly uses?: Pick<KeyUses, "note">;
}

/** Tells who calls. */
export class Callers {
  readonly #parts: CallersParts;

  constructor(parts: CallersParts) {
    this.#parts = parts;
  }

  /** Throws UNAUTHENTICATED where `authorization` holds no key, and no token for a job, that is good now. */
  async of(authorization: string): Promise<Principal> {
    const { store, uses } = this.#parts;
    const byToken = await this.#byToken(authorization);
    if (byToken) return byToken;
    const principal = await holderOf(store, authorization);
    uses?.note(principal.keyId);
    return principal;
  }

  /** A token is good as long as the key that it was made with. */
  async #byToken(authorization: string): Promise<Principal | undefined> {
    const { store, tokens } = this.#parts;
    const claims = tokens.open(authorization);
    if (!claims) return undefined;
    const key = await store.key(claims.keyId);
    const [now, expireAt] = [store.clock.now(), claims.expireAtSeconds * 1000];
    if (!key || expireAt <= now)
      throw DragomanError.of("UNAUTHENTICATED", "The token is good no more.", { hint: "Ask who gave it to you for another one." });
    const { jobId, mayCancel } = claims;
    return { ...principalOf(claims.keyId, key, now), expireAt, scopes: ["jobs:read"], token: { jobId, mayCancel } };
  }
}

/**
 * Whether `principal` may make this call. Throws PERMISSION_DENIED; for a token JOB_NOT_FOUND where the call is about another job than
 * its own.
 */
export function requireNeed({ scopes, token }: Pick<Principal, "scopes" | "token">, need: Need, request: { readonly id?: unknown }): void {
  if (need === "any") return;
  const scope = typeof need === "string" ? need : need.scope;
  if (!token) {
    if (!scopes.includes(scope)) throw DragomanError.of("PERMISSION_DENIED", `This call needs a key with the scope ${scope}.`);
    return;
  }
  if (typeof need === "string" || (need.token === "cancel" && !token.mayCancel))
    throw DragomanError.of("PERMISSION_DENIED", `This call needs a key with the scope ${scope}; a token for a job is not enough.`);
  if (request.id !== token.jobId) throw DragomanError.of("JOB_NOT_FOUND", "There is no such job.");
}
