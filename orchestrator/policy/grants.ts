import type { Limits } from "./limits.ts";
import { SCOPES, type Scope } from "./scopes.ts";

/** What a key may, and until when; for ever if `expireAt` is not given. */
export interface Rights {
  readonly scopes: readonly Scope[];
  readonly limits: Limits;
  readonly expireAt?: number;
}

/** What a key may grant others: operators anything, all else no more than it has. */
export function grantable({ scopes, ...rest }: Rights): Rights {
  return scopes.includes("operator") ? { scopes: SCOPES, limits: {} } : { scopes, ...rest };
}

/** What of `wanted` goes beyond `own`, by the names of its scopes and limits. What has no limit goes beyond any. */
export function excess(wanted: Rights, own: Rights): string[] {
  const beyond: string[] = wanted.scopes.filter((scope) => !own.scopes.includes(scope));
  const [asked, had] = [withBurst(wanted.limits), withBurst(own.limits)];
  for (const name of Object.keys(had) as (keyof Limits)[]) if (exceeds(asked[name], had[name])) beyond.push(name);
  if (own.expireAt !== undefined && (wanted.expireAt ?? Number.POSITIVE_INFINITY) > own.expireAt) beyond.push("expireTime");
  return beyond;
}

/** `wanted`, with what it leaves open as in `own`. */
export function within(wanted: Rights, own: Rights): Rights {
  const expireAt = wanted.expireAt ?? own.expireAt;
  return { scopes: wanted.scopes, limits: { ...own.limits, ...wanted.limits }, ...(expireAt !== undefined && { expireAt }) };
}

/** Without a burst of its own, a pace has one all the same. */
function withBurst(limits: Limits): Limits {
  const { requestsPerMinute, burst } = limits;
  return requestsPerMinute ? { ...limits, burst: burst || requestsPerMinute } : limits;
}

function exceeds(wanted: Limits[keyof Limits], own: Limits[keyof Limits]): boolean {
  // No limit is 0 as well, and no names are all names.
  if (typeof own === "number") return own !== 0 && (typeof wanted !== "number" || wanted === 0 || wanted > own);
  if (!Array.isArray(own) || own.length === 0) return false;
  return !Array.isArray(wanted) || wanted.length === 0 || wanted.some((name) => !own.includes(name));
}
