import { type Logger, pino } from "pino";

export type { Logger };

/** Logs go to stderr as JSON lines; keys and tokens are removed by name, document text is never passed in. */
export function openLog(component: string, level = process.env["DRAGOMAN_LOG_LEVEL"] ?? "info"): Logger {
  return pino(
    {
      level,
      base: { component },
      redact: { paths: ["*.authorization", "authorization", "key", "*.key", "token", "*.token"], censor: "[redacted]" },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
