import { DragomanError } from "../../platform/errors.ts";

/** What is wrong with `field` of a request. Says lines and sizes, and no word of terms. */
export function invalid(field: string, description: string): DragomanError {
  return DragomanError.of("INVALID_REQUEST", `The request is not valid: ${field} ${description}.`, {
    violations: [{ field, description }],
  });
}
