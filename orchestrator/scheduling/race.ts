import { DragomanError } from "../../platform/errors.ts";

/** What another orchestrator did first needs no doing. */
export async function unlessRaced(applied: Promise<unknown>): Promise<void> {
  try {
    await applied;
  } catch (error) {
    if (!(error instanceof DragomanError && (error.code === "CONFLICT" || error.code === "JOB_NOT_FOUND"))) throw error;
  }
}
