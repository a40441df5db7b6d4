import { type Logger, pino } from "pino";
import pretty from "pino-pretty";
import { read } from "./config/read.ts";

export type { Logger };

/** Logs go to stderr, as JSON lines or, on a terminal, as text; keys and tokens are removed by name, document text is never passed in. Throws UsageError for a DRAGOMAN_LOG_LEVEL that is none. */
export function openLog(component: string, level: string = read(process.env, "DRAGOMAN_LOG_LEVEL")): Logger {
  return pino(
    {
      level,
      base: { component },
      redact: { paths: ["*.authorization", "authorization", "key", "*.key", "token", "*.token"], censor: "[redacted]" },
    },
    process.stderr.isTTY ? pretty({ destination: 2, sync: true, ignore: "pid,hostname" }) : pino.destination({ dest: 2, sync: true }),
  );
}
