import { type AddressInfo, createServer } from "node:net";
import { create, type DescMessage, type DescMethod, type DescService, type MessageShape, toBinary } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import * as grpc from "@grpc/grpc-js";
import { HealthImplementation } from "grpc-health-check";
import { ErrorSchema, StatusSchema } from "../../gen/dragoman/v1/error_pb.ts";
import { boundConnections, IDLE_MS, MAX_INNER_STREAMS, SLOW_MS } from "../connections.ts";
import { asDragomanError, DragomanError, errorKind } from "../errors.ts";
import type { Logger } from "../log.ts";
import { failSpan, formatTraceparent, SpanKind, startSpan, type Traceparent, traceIdOf, withSpan } from "../trace.ts";
import { type AnswerHeader, DETAILS, methodDefinition, OPTIONS, spanAttributes } from "./method.ts";
import { addReflection } from "./reflection.ts";

/** What a handler knows of its call. */
export interface CallContext {
  /** The `authorization` metadata, as sent. */
  readonly authorization: string;
  /** Of the span that answers the call; for a bidirectional stream the caller's, if it sent one. */
  readonly traceparent: Traceparent;
  /** Aborts when the caller goes, its deadline passes, or the call is refused. */
  readonly signal: AbortSignal;
  /** When the caller waits no longer, by the monotonic clock; infinite if it names no deadline. */
  readonly deadline: number;
  /** Ends a server's stream that is under way, with `error`. */
  refuse(error: DragomanError): void;
  /** Goes with a unary call's answer, an error too. */
  setHeader(name: AnswerHeader, value: string): void;
}

/** The server's end of a bidirectional stream. */
export interface DuplexStream<In, Out> {
  readonly incoming: AsyncIterable<In>;
  send(message: Out): void;
  /** Ends the stream, with `error` if one is given; the client may open another. */
  end(error?: unknown): void;
}

type Handler<M extends DescMethod, C> = M extends {
  methodKind: "unary";
  input: infer I extends DescMessage;
  output: infer O extends DescMessage;
}
  ? (request: MessageShape<I>, context: C) => Promise<MessageShape<O>>
  : M extends { methodKind: "server_streaming"; input: infer I extends DescMessage; output: infer O extends DescMessage }
    ? (request: MessageShape<I>, context: C) => AsyncIterable<MessageShape<O>>
    : M extends { methodKind: "bidi_streaming"; input: infer I extends DescMessage; output: infer O extends DescMessage }
      ? (stream: DuplexStream<MessageShape<I>, MessageShape<O>>, context: C) => Promise<void>
      : never;

/** Of a service, each method's; `C`: what they know of their calls. */
export type Handlers<S extends DescService, C = CallContext> = { [K in keyof S["method"]]: Handler<S["method"][K], C> };

function toStatus(thrown: unknown, traceId: string, log: Logger, metadata = new grpc.Metadata()): Partial<grpc.StatusObject> {
  const error = asDragomanError(thrown);
  if (error.code === "INTERNAL") log.error({ err: error.cause, traceId }, "call failed");
  const detail = create(ErrorSchema, { ...error.detail, traceId: error.detail.traceId || traceId });
  const code = errorKind(detail.code).grpc;
  const status = create(StatusSchema, { code, message: detail.message, details: [anyPack(ErrorSchema, detail)] });
  metadata.set(DETAILS, Buffer.from(toBinary(StatusSchema, status)));
  return { code, details: detail.message, metadata };
}

export interface GrpcServer extends AsyncDisposable {
  readonly port: number;
  /** Turns the health check to NOT_SERVING; calls are answered on. */
  stopServing(): void;
}

export interface Registration {
  readonly service: DescService;
  // biome-ignore lint/suspicious/noExplicitAny: `register` pairs each service with its typed handlers.
  readonly handlers: Record<string, any>;
}

export function register<S extends DescService>(service: S, handlers: Handlers<S>): Registration {
  return { service, handlers };
}

export interface GrpcServerOptions {
  /** What the health check answers for under these names, beside the server under "" and each service. */
  readonly facts?: Readonly<Record<string, boolean>>;
  readonly slowMs?: number;
}

/** Serves on `host:port` (0: a free one). Closing ends open streams after one second. */
export async function openGrpcServer(
  host: string,
  port: number,
  registrations: readonly Registration[],
  log: Logger,
  { facts = {}, slowMs = SLOW_MS }: GrpcServerOptions = {},
): Promise<GrpcServer> {
  const server = new grpc.Server({
    ...OPTIONS,
    "grpc.max_concurrent_streams": MAX_INNER_STREAMS,
    "grpc.max_connection_idle_ms": IDLE_MS,
  });
  for (const { service, handlers } of registrations) {
    const definition: Record<string, grpc.MethodDefinition<object, object>> = {};
    const implementation: Record<string, unknown> = {};
    for (const method of service.methods) {
      definition[method.localName] = methodDefinition(method);
      implementation[method.localName] = implement(method, handlers[method.localName], log, slowMs);
    }
    server.addService(definition, implementation as grpc.UntypedServiceImplementation);
  }
  // The standard grpc.health.v1.Health, which load balancers and Kubernetes ask.
  const served = ["", ...registrations.map(({ service }) => service.typeName)];
  const health = new HealthImplementation(Object.fromEntries(served.map((name) => [name, "SERVING" as const])));
  for (const [name, holds] of Object.entries(facts)) health.setStatus(name, holds ? "SERVING" : "NOT_SERVING");
  health.addToServer(server);
  addReflection(
    server,
    registrations.map(({ service }) => service),
  );
  // A listener of our own, because grpc-js' cannot be bounded.
  const injector = server.createConnectionInjector(grpc.ServerCredentials.createInsecure());
  const listener = createServer({ noDelay: true }, (socket) => injector.injectConnection(socket));
  boundConnections(listener);
  await new Promise<void>((resolve, reject) => {
    listener.once("error", reject);
    listener.listen(port, host, resolve);
  });
  return {
    port: (listener.address() as AddressInfo).port,
    stopServing: () => {
      for (const name of served) health.setStatus(name, "NOT_SERVING");
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      await closeServer(server);
    },
  };
}

async function closeServer(server: grpc.Server): Promise<void> {
  const force = setTimeout(() => server.forceShutdown(), 1000);
  await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  clearTimeout(force);
}

interface Call {
  readonly metadata: grpc.Metadata;
  getDeadline(): grpc.Deadline;
  on(event: "cancelled", listener: () => void): unknown;
}

function contextOf(call: Call, traceparent: Traceparent, headers = new grpc.Metadata()): CallContext {
  const abort = new AbortController();
  call.on("cancelled", () => abort.abort());
  return {
    authorization: String(call.metadata.get("authorization")[0] ?? ""),
    traceparent,
    signal: abort.signal,
    deadline: performance.now() + Number(call.getDeadline()) - Date.now(),
    refuse: (error) => abort.abort(error),
    setHeader: (name, value) => headers.set(name, value),
  };
}

/** Answers a call in a span of its own, which goes on the caller's trace; what is thrown becomes the call's status. */
async function answer(
  method: DescMethod,
  call: Call,
  log: Logger,
  work: (context: CallContext, headers: grpc.Metadata) => Promise<void>,
  refuse: (status: Partial<grpc.StatusObject>) => void,
): Promise<void> {
  const { name, attributes } = spanAttributes(method);
  const span = startSpan(name, { kind: SpanKind.SERVER, attributes, parent: sentTraceparent(call) });
  const headers = new grpc.Metadata();
  const context = contextOf(call, formatTraceparent(span.spanContext()), headers);
  try {
    await withSpan(span, () => work(context, headers));
  } catch (thrown) {
    const error = refusalOf(context) ?? thrown;
    failSpan(span, asDragomanError(error).code);
    refuse(toStatus(error, traceIdOf(context.traceparent), log, headers));
  } finally {
    span.end();
  }
}

/** What the call was refused with while it was under way. */
function refusalOf({ signal }: CallContext): DragomanError | undefined {
  return signal.reason instanceof DragomanError ? signal.reason : undefined;
}

function sentTraceparent({ metadata }: Call): Traceparent {
  return String(metadata.get("traceparent")[0] ?? "");
}

// biome-ignore lint/suspicious/noExplicitAny: the types were checked where the handler was paired with its service.
function implement(method: DescMethod, handler: any, log: Logger, slowMs: number): unknown {
  if (method.methodKind === "unary") {
    return (call: grpc.ServerUnaryCall<object, object>, callback: grpc.sendUnaryData<object>) =>
      answer(
        method,
        call,
        log,
        async (context, headers) => {
          const message = await handler(call.request, context);
          if (Object.keys(headers.getMap()).length > 0) call.sendMetadata(headers);
          callback(null, message);
        },
        callback,
      );
  }
  if (method.methodKind === "server_streaming") {
    return (call: grpc.ServerWritableStream<object, object>) =>
      answer(
        method,
        call,
        log,
        async (context) => {
          for await (const message of handler(call.request, context)) {
            if (context.signal.aborted) break;
            if (!call.write(message)) await drained(call, context.signal, slowMs);
          }
          const refusal = refusalOf(context);
          if (refusal) throw refusal;
          call.end();
        },
        (status) => call.emit("error", status),
      );
  }
  return async (call: grpc.ServerDuplexStream<object, object>) => {
    const context = contextOf(call, sentTraceparent(call));
    // A loop over `call` itself destroys it when it throws, and then no status would ever reach the client.
    const incoming = call.iterator({ destroyOnReturn: false }) as AsyncIterable<object>;
    let ended = false;
    const end = (error?: unknown) => {
      if (ended || context.signal.aborted) return;
      ended = true;
      if (error === undefined) call.end();
      else call.emit("error", toStatus(error, traceIdOf(context.traceparent), log));
    };
    const send = (message: object) => {
      if (!ended) call.write(message);
    };
    try {
      await handler({ incoming, send, end }, context);
      end();
    } catch (error) {
      end(error);
    }
  };
}

/** Throws DEADLINE_EXCEEDED for a reader that takes nothing for too long. */
function drained(call: grpc.ServerWritableStream<object, object>, signal: AbortSignal, slowMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = () => {
      clearTimeout(timer);
      call.off("drain", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(() => {
      reject(DragomanError.of("DEADLINE_EXCEEDED", `The caller took nothing for ${slowMs / 1000} s.`));
      done();
    }, slowMs);
    call.once("drain", done);
    signal.addEventListener("abort", done, { once: true });
  });
}
