import type { DescMethod, DescService, Message } from "@bufbuild/protobuf";
import { type Code, ConnectError, type ConnectRouter, type HandlerContext } from "@connectrpc/connect";
import { ErrorSchema } from "../gen/dragoman/v1/error_pb.ts";
import { asDragomanError, errorKind } from "../platform/errors.ts";
import type { CallOptions, Client } from "../platform/grpc/client.ts";
import { traceIdOf, traceparent } from "../platform/trace.ts";

/** A client's service, and the way to the orchestrator that answers it. */
export interface Forwarded {
  readonly service: DescService;
  readonly client: Client<DescService>;
}

/** Calls the orchestrator's method; streams come as they are sent. */
export type Forward = (method: DescMethod, request: Message, options: CallOptions) => Promise<Message> | AsyncIterable<Message>;

export function forwarder(services: readonly Forwarded[]): Forward {
  const clients = new Map(
    services.map(({ service, client }) => [
      service.typeName,
      client as unknown as Record<string, (request: Message, options: CallOptions) => Promise<Message> & AsyncIterable<Message>>,
    ]),
  );
  return (method, request, options) => {
    const call = clients.get(method.parent.typeName)?.[method.localName];
    if (!call) throw new Error(`no client for ${method.parent.typeName}`);
    return call(request, options);
  };
}

/** Connect, gRPC-Web and gRPC, each method handed on as it is. */
export function forwardRoutes(router: ConnectRouter, services: readonly DescService[], forward: Forward): void {
  for (const service of services) {
    for (const method of service.methods) router.rpc(method as never, handler(method, forward) as never);
  }
}

function handler(method: DescMethod, forward: Forward): unknown {
  if (method.methodKind === "unary") {
    return async (request: Message, context: HandlerContext) => {
      try {
        return await (forward(method, request, optionsOf(context)) as Promise<Message>);
      } catch (error) {
        throw toConnectError(error);
      }
    };
  }
  return async function* (request: Message, context: HandlerContext) {
    try {
      yield* forward(method, request, optionsOf(context)) as AsyncIterable<Message>;
    } catch (error) {
      throw toConnectError(error);
    }
  };
}

function optionsOf({ requestHeader, responseHeader, signal }: HandlerContext): CallOptions {
  const traceId = traceIdOf(requestHeader.get("traceparent") ?? undefined);
  responseHeader.set("x-trace-id", traceId);
  return { authorization: requestHeader.get("authorization") ?? "", traceparent: traceparent(traceId), signal };
}

function toConnectError(thrown: unknown): ConnectError {
  const { detail } = asDragomanError(thrown);
  const code = errorKind(detail.code).grpc as Code;
  return new ConnectError(detail.message, code, undefined, [{ desc: ErrorSchema, value: detail }]);
}
