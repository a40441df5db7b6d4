import { type Logger, pino } from "pino";
import pretty from "pino-pretty";
import { UsageError } from "./usage_error.ts";

export type { Logger };

const LEVELS = [...Object.values(pino.levels.labels), "silent"];

/** Logs go to stderr, as JSON lines or, on a terminal, as text; keys and tokens are removed by name, document text is never passed in. Throws UsageError for a level that is none. */
export function openLog(component: string, level = process.env["DRAGOMAN_LOG_LEVEL"] || "info"): Logger {
  if (!LEVELS.includes(level)) throw new UsageError(`DRAGOMAN_LOG_LEVEL takes one of ${LEVELS.join(", ")}.`);
  return pino(
    {
      level,
      base: { component },
      redact: { paths: ["*.authorization", "authorization", "key", "*.key", "token", "*.token"], censor: "[redacted]" },
    },
    process.stderr.isTTY ? pretty({ destination: 2, sync: true, ignore: "pid,hostname" }) : pino.destination({ dest: 2, sync: true }),
  );
}
