import { DragomanError, type ErrorCode } from "../../platform/errors.ts";

/** What another orchestrator did first needs no doing. */
export function unlessRaced(applied: Promise<unknown>): Promise<void> {
  return unless(applied, "CONFLICT", "JOB_NOT_FOUND");
}

/** Likewise, and what a limit does not let be done yet is for a later look. */
export function unlessRacedOrLimited(applied: Promise<unknown>): Promise<void> {
  return unless(applied, "CONFLICT", "JOB_NOT_FOUND", "QUOTA_EXCEEDED");
}

async function unless(applied: Promise<unknown>, ...codes: readonly ErrorCode[]): Promise<void> {
  try {
    await applied;
  } catch (error) {
    if (!(error instanceof DragomanError && (codes as readonly string[]).includes(error.code))) throw error;
  }
}
