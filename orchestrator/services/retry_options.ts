import { clone, create, type DescField, isFieldSet } from "@bufbuild/protobuf";
import { reflect } from "@bufbuild/protobuf/reflect";
import { type JobOptions, JobOptionsSchema } from "../../gen/dragoman/v1/job_pb.ts";
import { requireAll } from "./validation.ts";

/** No option's: it comes beside them, and no job has it among them. */
const PASSWORD = "password";

/**
 * The options of a retry: those of the job, but for the fields of `given` that `mask` names, whatever they are, or where it names none
 * those that are set. Throws INVALID_REQUEST for a mask with other names.
 */
export function retryOptions(before: JobOptions, given: JobOptions | undefined, mask: readonly string[]): JobOptions {
  const fields = mask.map((name) => JobOptionsSchema.fields.find((field) => field.name === name));
  requireAll([fields.every((field) => field !== undefined), "options_mask", "has names of fields of JobOptions"]);
  const said = given ?? create(JobOptionsSchema);
  const replaced =
    mask.length > 0 ? fields.filter((field) => field !== undefined) : JobOptionsSchema.fields.filter((field) => isFieldSet(said, field));
  const options = clone(JobOptionsSchema, before);
  for (const field of replaced) if (field.name !== PASSWORD) replace(options, said, field);
  return options;
}

function replace(options: JobOptions, given: JobOptions, field: DescField): void {
  const [to, from] = [reflect(JobOptionsSchema, options), reflect(JobOptionsSchema, given)];
  if (from.isSet(field)) to.set(field, from.get(field) as never);
  else to.clear(field);
}
