import { metrics } from "@opentelemetry/api";
import { asDragomanError } from "../../platform/errors.ts";

/** Counts calls that were refused or failed, by the codes of their errors. */
export function refusals(): (thrown: unknown) => void {
  const counter = metrics.getMeter("dragoman").createCounter("dragoman.calls.refused", {
    description: "Calls that were refused or failed, by error code.",
  });
  return (thrown) => counter.add(1, { code: asDragomanError(thrown).code });
}
