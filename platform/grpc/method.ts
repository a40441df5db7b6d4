import { type DescMessage, type DescMethod, fromBinary, type MessageShape, toBinary } from "@bufbuild/protobuf";
import type * as grpc from "@grpc/grpc-js";
import type { Attributes } from "../trace.ts";

const MAX_MESSAGE_BYTES = 1024 * 1024;
/** The metadata that carries a google.rpc.Status. */
export const DETAILS = "grpc-status-details-bin";

/** Headers that an answer may carry beside its message, as HTTP knows them: the caller's quota (the IETF's draft httpapi-ratelimit-headers). */
export const ANSWER_HEADERS = ["ratelimit", "ratelimit-policy"] as const;
export type AnswerHeader = (typeof ANSWER_HEADERS)[number];

/** A frozen peer is noticed in 15 s; without these, never. */
export const OPTIONS: grpc.ChannelOptions = {
  "grpc.keepalive_time_ms": 10_000,
  "grpc.keepalive_timeout_ms": 5_000,
  "grpc.keepalive_permit_without_calls": 1,
  "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
  "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
};

/** A method as grpc-js wants it. */
export function methodDefinition(method: DescMethod): grpc.MethodDefinition<object, object> {
  const encode = (schema: DescMessage) => (message: object) => Buffer.from(toBinary(schema, message as MessageShape<DescMessage>));
  const decode =
    (schema: DescMessage) =>
    (bytes: Buffer): object =>
      fromBinary(schema, bytes);
  return {
    path: `/${method.parent.typeName}/${method.name}`,
    requestStream: method.methodKind === "bidi_streaming" || method.methodKind === "client_streaming",
    responseStream: method.methodKind === "bidi_streaming" || method.methodKind === "server_streaming",
    requestSerialize: encode(method.input),
    requestDeserialize: decode(method.input),
    responseSerialize: encode(method.output),
    responseDeserialize: decode(method.output),
  };
}

/** A call's span, by the conventions for RPC. */
export function spanAttributes(method: DescMethod): { readonly name: string; readonly attributes: Attributes } {
  const name = `${method.parent.typeName}/${method.name}`;
  return { name, attributes: { "rpc.system.name": "grpc", "rpc.method": name } };
}
