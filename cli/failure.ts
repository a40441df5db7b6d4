import { toJson } from "@bufbuild/protobuf";
import { CommanderError } from "commander";
import { ErrorCategory, ErrorSchema } from "../gen/dragoman/v1/error_pb.ts";
import { asDragomanError, type DragomanError } from "../platform/errors.ts";
import { UsageError } from "../platform/usage_error.ts";
import { fromClientError } from "./client.ts";
import { fromSystemError } from "./system_error.ts";

export const EXIT_USAGE = 2;
export const EXIT_PARTIAL = 3;
/** One exit code per error category, so that a script can tell them apart. */
export const EXIT: Readonly<Record<ErrorCategory, number>> = {
  [ErrorCategory.UNSPECIFIED]: 1,
  [ErrorCategory.INVALID_INPUT]: 10,
  [ErrorCategory.UNSUPPORTED]: 11,
  [ErrorCategory.LIMIT_EXCEEDED]: 12,
  [ErrorCategory.PROVIDER]: 13,
  [ErrorCategory.INFRASTRUCTURE]: 14,
  [ErrorCategory.WORKER_LOST]: 15,
  [ErrorCategory.CANCELLED]: 16,
  [ErrorCategory.INTERNAL]: 17,
};

/** Of `doctor`, where something does not work. */
export const EXIT_DOCTOR = EXIT[ErrorCategory.INFRASTRUCTURE];

export const EXIT_CODES = `Exit codes: 0 done, 2 wrong usage, 3 partially succeeded, and by error category 10 invalid input,
11 unsupported, 12 limit exceeded, 13 translator, 14 infrastructure, 15 worker lost, 16 cancelled, 17 internal.`;

/** Says what went wrong on standard error, and gives the exit code for it. Only a defect of ours shows where it happened. */
export function report(thrown: unknown, json: boolean): number {
  // Commander has said it.
  if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? 0 : EXIT_USAGE;
  if (thrown instanceof UsageError) {
    console.error(json ? JSON.stringify({ code: "USAGE", message: thrown.message }) : thrown.message);
    return EXIT_USAGE;
  }
  const error = known(thrown);
  const { detail } = error;
  if (json) console.error(JSON.stringify(toJson(ErrorSchema, detail)));
  else {
    const lines = [`${detail.code}: ${detail.message}`, detail.hint, detail.traceId && `trace ${detail.traceId}`];
    console.error(lines.filter(Boolean).join("\n"));
    if (detail.code === "INTERNAL" && error.cause) console.error(error.cause);
  }
  // A newer server may have more of them.
  return EXIT[detail.category] ?? EXIT[ErrorCategory.UNSPECIFIED];
}

function known(thrown: unknown): DragomanError {
  const error = fromClientError(thrown);
  return fromSystemError(error) ?? asDragomanError(error);
}
