const MAX_REASON = 200;

/** What every change by an operator must say. */
export function reasonRule(reason: string): readonly [holds: boolean, field: string, description: string] {
  return [reason.trim() !== "" && reason.length <= MAX_REASON, "reason", `says why, in 1 to ${MAX_REASON} characters`];
}
