import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Command, InvalidArgumentError } from "commander";
import { Priority } from "../gen/dragoman/v1/job_pb.ts";
import { choice } from "./manner.ts";
import { duration, expiry } from "./options.ts";

/** When a job is worked on, how long it is kept, and what it is found by. */
export interface KeepingOptions {
  readonly label?: Readonly<Record<string, string>>;
  readonly priority?: Priority;
  readonly notBefore?: (now: number) => number;
  readonly expireIn?: number;
  readonly keepFor?: number;
}

export const PRIORITIES = { __proto__: null as never, low: Priority.LOW, normal: Priority.NORMAL, high: Priority.HIGH };

/** Adds the options to a command. */
export function withKeeping(command: Command): Command {
  return command
    .option("--label <name=value>", "a mark of your own, to list jobs by; may be given again", label)
    .option("--priority <priority>", "low, normal or high", choice(PRIORITIES))
    .option("--not-before <time>", "begins not before then, as in 2h or 2027-01-31T12:00Z", expiry)
    .option("--expire-in <time>", "ends as expired if it has no result by then, as in 2h; 30d at most", duration)
    .option("--keep-for <time>", "is kept no longer after its end, as in 7d", duration);
}

/** What of a job's options they are at the time `now`. */
export function keepingOf({ label: labels, priority, notBefore, expireIn, keepFor }: KeepingOptions, now: number) {
  return {
    ...(labels && { labels: { ...labels } }),
    ...(priority !== undefined && { priority }),
    ...(notBefore && { notBefore: timestampFromMs(notBefore(now)) }),
    ...(expireIn !== undefined && { expireInSeconds: expireIn / 1000 }),
    ...(keepFor !== undefined && { retentionSeconds: BigInt(keepFor / 1000) }),
  };
}

function label(text: string, others: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf("=");
  if (at > 0 && at < text.length - 1) return { ...others, [text.slice(0, at)]: text.slice(at + 1) };
  throw new InvalidArgumentError("It takes a name and a value, as in order=1042.");
}
