import { ErrorCategory } from "../gen/dragoman/v1/error_pb.ts";
import { JobState, Priority, Stage, TimelineReason } from "../gen/dragoman/v1/job_pb.ts";

const namer = (values: Record<string, number>) => {
  const names = new Map(Object.entries(values).map(([name, value]) => [value, name]));
  return (value: number): string => names.get(value) ?? "UNSPECIFIED";
};

/** The words of the design for the numbers of the contract ("RUNNING"). */
export const stateName = namer(JobState);
export const stageName = namer(Stage);
export const priorityName = namer(Priority);
export const reasonName = namer(TimelineReason);
export const categoryName = namer(ErrorCategory);
