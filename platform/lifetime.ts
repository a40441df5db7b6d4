import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "./log.ts";

/** As the CLI's exit codes have it for an internal error. */
const DEFECT_EXIT_CODE = 17;
/** What a stop may take after a defect: more than a worker's usual grace period. */
const STOP_DEADLINE_MS = 30_000;

/** How long a process lives. */
export interface Lifetime {
  /** Resolves when the process is told to stop (SIGINT, SIGTERM), or must because of a defect. */
  ended(): Promise<void>;
}

/**
 * For a composition root, before it makes anything. An error or a rejection that nobody handled leaves the process in a
 * state that nobody knows: it is logged as a defect, and the process stops as if it were told to, with an exit code of
 * its own. What does not stop within 30 s is ended.
 */
export function openLifetime(log: Logger): Lifetime {
  const defect = Promise.withResolvers<void>();
  process.on("uncaughtException", (err, origin) => {
    log.fatal({ err, origin }, "defect: nobody handled this error; the process stops");
    process.exitCode = DEFECT_EXIT_CODE;
    defect.resolve();
    void sleep(STOP_DEADLINE_MS, undefined, { ref: false }).then(() => process.exit());
  });
  const told = () =>
    new Promise<void>((resolve) => {
      process.once("SIGINT", () => resolve());
      process.once("SIGTERM", () => resolve());
    });
  return { ended: () => Promise.race([told(), defect.promise]) };
}
