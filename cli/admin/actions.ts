import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { messageOf } from "../../gateway/json.ts";
import { jsonObject } from "../../gateway/requests.ts";
import type { OverrideJobRequestSchema } from "../../gen/dragoman/v1/admin_service_pb.ts";
import { JobOptionsSchema, JobState, Priority } from "../../gen/dragoman/v1/job_pb.ts";
import { UsageError } from "../../platform/usage_error.ts";
import { duration } from "../options.ts";

export type Action = NonNullable<MessageInitShape<typeof OverrideJobRequestSchema>["action"]>;

interface Doing {
  readonly description: string;
  /** What it takes beside the job, if anything. */
  readonly value?: string;
  /** Throws UsageError for a value that it does not take. */
  readonly of: (value: string) => Action;
}

const PRIORITIES: Readonly<Record<string, Priority>> = {
  __proto__: null as never,
  low: Priority.LOW,
  normal: Priority.NORMAL,
  high: Priority.HIGH,
};
const ENDS: Readonly<Record<string, JobState>> = { __proto__: null as never, failed: JobState.FAILED, cancelled: JobState.CANCELLED };

/** What operators do with jobs, by the names of the commands. */
export const ACTIONS: Readonly<Record<string, Doing>> = {
  __proto__: null as never,
  "set-priority": {
    description: "Give it another priority: low, normal or high.",
    value: "priority",
    of: (value) => ({ case: "setPriority", value: oneOf(PRIORITIES, value) }),
  },
  "run-now": {
    description: "Have it go before all others, without its schedule or the rest of its back-off.",
    of: () => ({ case: "runNow", value: true }),
  },
  reschedule: {
    description: "Start it not before another time, as in 2027-01-31T12:00Z.",
    value: "time",
    of: (value) => ({ case: "reschedule", value: timestampFromMs(timeOf(value)) }),
  },
  "extend-deadline": {
    description: "Make its deadlines later, as in 2h.",
    value: "time",
    of: (value) => ({ case: "extendDeadline", value: Math.round(durationOf(value) / 1000) }),
  },
  cancel: { description: "Cancel it.", of: () => ({ case: "cancel", value: true }) },
  retry: {
    description: 'Begin anew with one that ended; with other options, as in \'{"engine":"deepl"}\'.',
    value: "options",
    of: (value) => ({ case: "retry", value: value ? { options: optionsOf(value) } : {} }),
  },
  delete: { description: "Forget one that ended, with its document and its result.", of: () => ({ case: "delete", value: true }) },
  "end-by-force": {
    description: "Make it failed or cancelled at once, whatever its worker does.",
    value: "state",
    of: (value) => ({ case: "endByForce", value: oneOf(ENDS, value) }),
  },
  release: { description: "Let its document be tried again, though it ended the engine.", of: () => ({ case: "release", value: true }) },
};

function oneOf<T>(values: Readonly<Record<string, T>>, name: string): T {
  const found = values[name.toLowerCase()];
  if (found === undefined) throw new UsageError(`It takes one of ${Object.keys(values).join(", ")}.`);
  return found;
}

/** An option's own parser is told of by Commander only where it reads an option. */
function durationOf(text: string): number {
  try {
    return duration(text);
  } catch (cause) {
    throw new UsageError("It takes a duration, as in 2h.", { cause });
  }
}

function timeOf(text: string): number {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) throw new UsageError("It takes a time, as in 2027-01-31T12:00Z.");
  return time;
}

function optionsOf(json: string) {
  return messageOf(JobOptionsSchema, jsonObject(Buffer.from(json)));
}
