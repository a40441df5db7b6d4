import { create, type JsonObject, toJson } from "@bufbuild/protobuf";
import { type Error as ErrorDetail, ErrorSchema } from "../gen/dragoman/v1/error_pb.ts";
import { type DragomanError, errorKind } from "../platform/errors.ts";

/** What 401 says of how to come in (RFC 6750, 3). */
export const CHALLENGE = 'Bearer realm="dragoman"';

/** RFC 9457, with the members that the other protocols carry as details. */
export function problemOf(error: DragomanError, traceId: string): string {
  return JSON.stringify(problemJson(create(ErrorSchema, { ...error.detail, traceId: error.detail.traceId || traceId })));
}

export function problemJson(detail: ErrorDetail): JsonObject {
  const { message, ...members } = toJson(ErrorSchema, detail, { alwaysEmitImplicit: true }) as JsonObject;
  return {
    type: `urn:dragoman:error:${detail.code}`,
    title: detail.code,
    status: errorKind(detail.code).http,
    detail: message ?? "",
    ...members,
  };
}
