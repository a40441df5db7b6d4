import { create, type DescMessage, type DescService, type MessageInitShape, type MessageShape } from "@bufbuild/protobuf";
import type { CallContext, Handlers } from "../../platform/grpc/server.ts";

type UnaryCall<M> = M extends { methodKind: "unary"; input: infer I extends DescMessage; output: infer O extends DescMessage }
  ? (request: MessageInitShape<I>) => Promise<MessageShape<O>>
  : never;

/** A service's unary calls by one key, without a server between. */
export type TestCalls<S extends DescService> = { readonly [K in keyof S["method"]]: UnaryCall<S["method"][K]> };

export function callsOf<S extends DescService>(service: S, handlers: Handlers<S>, key: string): TestCalls<S> {
  const context: CallContext = {
    authorization: `Bearer ${key}`,
    traceparent: "",
    signal: new AbortController().signal,
    deadline: Number.POSITIVE_INFINITY,
    refuse: () => undefined,
    setHeader: () => undefined,
  };
  const byName = handlers as Record<string, (request: unknown, context: CallContext) => unknown>;
  const calls = service.methods.map(({ localName, input }) => [
    localName,
    async (request: object) => byName[localName]?.(create(input, request as never), context),
  ]);
  return Object.fromEntries(calls) as TestCalls<S>;
}
