import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { JobEventSchema } from "../../gen/dragoman/v1/job_pb.ts";
import { CancelSignalSchema, WorkDescriptorSchema } from "../../gen/dragoman/v1/worker_service_pb.ts";
import type { MessageContent } from "./messaging.ts";

/** The message's protobuf bytes; its kind travels beside them. */
export function encodeContent(content: MessageContent): Uint8Array {
  if (content.kind === "work") return toBinary(WorkDescriptorSchema, content.message);
  if (content.kind === "cancel") return toBinary(CancelSignalSchema, content.message);
  return toBinary(JobEventSchema, content.message);
}

export function decodeContent(kind: MessageContent["kind"], bytes: Uint8Array): MessageContent {
  if (kind === "work") return { kind, message: fromBinary(WorkDescriptorSchema, bytes) };
  if (kind === "cancel") return { kind, message: fromBinary(CancelSignalSchema, bytes) };
  return { kind, message: fromBinary(JobEventSchema, bytes) };
}
