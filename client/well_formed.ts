import { create } from "@bufbuild/protobuf";
import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { ErrorCategory, ErrorSchema } from "../gen/dragoman/v1/error_pb.ts";

/** Sends no call with a text that UTF-8 cannot hold: it fails as if the server had refused it, with the field's name. */
export const onlyWellFormed: Interceptor = (next) => (request) => {
  const field = request.stream ? undefined : brokenField(request.message, "");
  if (field !== undefined) throw refusal(field);
  return next(request);
};

/** The first field that holds half a character (a lone surrogate). */
function brokenField(value: unknown, path: string): string | undefined {
  if (typeof value === "string") return value.isWellFormed() ? undefined : path;
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return undefined;
  for (const [name, member] of Object.entries(value)) {
    if (!name.isWellFormed()) return path;
    const broken = brokenField(member, path ? `${path}.${name}` : name);
    if (broken !== undefined) return broken;
  }
  return undefined;
}

function refusal(field: string): ConnectError {
  const description = "holds half a character";
  const message = `The request is not valid: ${field} ${description}.`;
  const detail = create(ErrorSchema, {
    ...{ code: "INVALID_REQUEST", category: ErrorCategory.INVALID_INPUT, message },
    hint: "Correct the fields named in `violations`.",
    violations: [{ field, description }],
  });
  return new ConnectError(message, Code.InvalidArgument, undefined, [{ desc: ErrorSchema, value: detail }]);
}
