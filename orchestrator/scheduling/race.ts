import { DragomanError, type ErrorCode } from "../../platform/errors.ts";

/** What another orchestrator did first needs no doing. */
export async function unlessRaced(applied: Promise<unknown>): Promise<void> {
  await refusedWith(applied, ["CONFLICT", "JOB_NOT_FOUND"]);
}

/** Likewise; whether a limit does not let it be done yet. */
export async function limitedOrRaced(applied: Promise<unknown>): Promise<boolean> {
  return (await refusedWith(applied, ["CONFLICT", "JOB_NOT_FOUND", "QUOTA_EXCEEDED"])) === "QUOTA_EXCEEDED";
}

/** Likewise, where the attempt that is spoken of is over. */
export async function unlessOver(applied: Promise<unknown>): Promise<void> {
  await refusedWith(applied, ["CONFLICT", "JOB_NOT_FOUND", "STALE_ATTEMPT"]);
}

async function refusedWith(applied: Promise<unknown>, codes: readonly ErrorCode[]): Promise<ErrorCode | undefined> {
  try {
    await applied;
    return undefined;
  } catch (error) {
    const code = error instanceof DragomanError ? codes.find((each) => each === error.code) : undefined;
    if (!code) throw error;
    return code;
  }
}
