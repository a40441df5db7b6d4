import { create } from "@bufbuild/protobuf";
import { type Job, JobOptionsSchema, JobSchema } from "../../gen/dragoman/v1/job_pb.ts";
import type { Principal } from "../access/keys.ts";

/**
 * A job as its caller sees it. Who has a token for it alone is not told where its end is posted to: many servers take such an address
 * for a secret.
 */
export function shownTo({ token }: Pick<Principal, "token">, job: Job): Job {
  if (!token || !job.options?.webhookUrl) return job;
  return create(JobSchema, { ...job, options: create(JobOptionsSchema, { ...job.options, webhookUrl: "" }) });
}
