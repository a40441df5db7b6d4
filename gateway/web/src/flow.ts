import { Flow, type Job } from "../../../gen/dragoman/v1/job_pb.ts";
import { fileTypeNamed } from "../../../platform/file_types.ts";

/** Whether the job's document has sections, and no pages of its own. Before its ledger is there, its name tells. */
export function isContinuous({ ledger, fileName }: Pick<Job, "ledger" | "fileName">): boolean {
  if (ledger?.flow) return ledger.flow === Flow.CONTINUOUS;
  return fileTypeNamed(fileName)?.flow === "continuous";
}
