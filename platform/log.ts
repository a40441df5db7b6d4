import { type Logger, pino } from "pino";
import pretty from "pino-pretty";

export type { Logger };

/** Logs go to stderr, as JSON lines or, on a terminal, as text; keys and tokens are removed by name, document text is never passed in. */
export function openLog(component: string, level = process.env["DRAGOMAN_LOG_LEVEL"] ?? "info"): Logger {
  return pino(
    {
      level,
      base: { component },
      redact: { paths: ["*.authorization", "authorization", "key", "*.key", "token", "*.token"], censor: "[redacted]" },
    },
    process.stderr.isTTY ? pretty({ destination: 2, sync: true, ignore: "pid,hostname" }) : pino.destination({ dest: 2, sync: true }),
  );
}
