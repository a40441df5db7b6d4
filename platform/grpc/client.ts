import {
  create,
  type DescMessage,
  type DescMethod,
  type DescService,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import * as grpc from "@grpc/grpc-js";
import { ErrorSchema, StatusSchema } from "../../gen/dragoman/v1/error_pb.ts";
import { DragomanError } from "../errors.ts";
import { failSpan, formatTraceparent, SpanKind, startSpan } from "../trace.ts";
import { ANSWER_HEADERS, type AnswerHeader, DETAILS, methodDefinition, OPTIONS, spanAttributes } from "./method.ts";

const UNARY_DEADLINE_MS = 10_000;

export interface CallOptions {
  readonly authorization?: string;
  readonly traceparent?: string;
  readonly signal?: AbortSignal;
  /** How much longer than usual a unary call may take, in milliseconds. */
  readonly patienceMs?: number;
  /** Hears of what a unary call's answer carries beside its message, or its error. */
  readonly onHeader?: (name: AnswerHeader, value: string) => void;
}

type Caller<M extends DescMethod> = M extends {
  methodKind: "unary";
  input: infer I extends DescMessage;
  output: infer O extends DescMessage;
}
  ? (request: MessageInitShape<I>, options?: CallOptions) => Promise<MessageShape<O>>
  : M extends { methodKind: "server_streaming"; input: infer I extends DescMessage; output: infer O extends DescMessage }
    ? (request: MessageInitShape<I>, options?: CallOptions) => AsyncIterable<MessageShape<O>>
    : M extends { methodKind: "bidi_streaming"; input: infer I extends DescMessage; output: infer O extends DescMessage }
      ? (options?: CallOptions) => grpc.ClientDuplexStream<MessageShape<I>, MessageShape<O>>
      : never;

export type GrpcClient<S extends DescService> = { readonly [K in keyof S["method"]]: Caller<S["method"][K]> } & Disposable;

function ofAdmin(method: string): { readonly service: string; readonly method: string } {
  return { service: "dragoman.v1.AdminService", method };
}

/** Clients' calls are tried again elsewhere when an orchestrator or the store is away; each may safely happen twice. */
const SERVICE_CONFIG = JSON.stringify({
  loadBalancingConfig: [{ round_robin: {} }],
  methodConfig: [
    {
      name: [
        { service: "dragoman.v1.JobService" },
        { service: "dragoman.v1.UploadService" },
        { service: "dragoman.v1.MemoryService" },
        { service: "dragoman.v1.SettingsService" },
        // Those that change nothing when they come twice.
        ...["ListTenants", "GetTenant", "UpdateTenant", "PauseTenant", "ResumeTenant", "ListAudit", "ListUsage"].map(ofAdmin),
        ...["ListTenantJobs", "GetTenantJob", "GetOperation", "ListOperations", "CancelOperation", "ListWorkers"].map(ofAdmin),
        ...["DrainWorker", "QuarantineWorker", "GetIntake", "PauseIntake", "ResumeIntake", "PauseClass", "ResumeClass"].map(ofAdmin),
        // Another glossary would be made by CreateGlossary.
        ...["GetGlossary", "ListGlossaries", "ListTerms", "AddUnknownWords"].map((method) => ({
          service: "dragoman.v1.GlossaryService",
          method,
        })),
        // A second key would be made, or none be found to revoke.
        ...["GetCaller", "ListKeys", "CreateJobToken"].map((method) => ({ service: "dragoman.v1.KeyService", method })),
        { service: "dragoman.v1.WorkerService", method: "GetGlossaryTerms" },
      ],
      retryPolicy: {
        maxAttempts: 4,
        initialBackoff: "0.1s",
        maxBackoff: "1s",
        backoffMultiplier: 3,
        retryableStatusCodes: ["UNAVAILABLE"],
      },
    },
  ],
});

/**
 * A client of `service` at `address`: `host:port`, whose addresses share the calls if it has several, or
 * IPv4 addresses after commas. Every unary call has a deadline. Throws DragomanError.
 */
export function grpcClient<S extends DescService>(service: S, address: string): GrpcClient<S> {
  const target = address.includes(",") ? `ipv4:${address}` : address;
  const connection = new grpc.Client(target, grpc.credentials.createInsecure(), {
    ...OPTIONS,
    "grpc.service_config": SERVICE_CONFIG,
    "grpc.initial_reconnect_backoff_ms": 200,
    "grpc.max_reconnect_backoff_ms": 3_000,
  });
  const calls: Record<string, unknown> = {};
  for (const method of service.methods) calls[method.localName] = caller(connection, method);
  return Object.assign(calls, { [Symbol.dispose]: () => connection.close() }) as unknown as GrpcClient<S>;
}

function caller(connection: grpc.Client, method: DescMethod): unknown {
  const { path, requestSerialize, responseDeserialize } = methodDefinition(method);
  if (method.methodKind === "unary") {
    return (request: object, options: CallOptions = {}) =>
      new Promise((resolve, reject) => {
        const { span, metadata } = traced(method, options);
        const call = connection.makeUnaryRequest(
          path,
          requestSerialize,
          responseDeserialize,
          create(method.input, request as Record<string, unknown>),
          metadata,
          { deadline: Date.now() + UNARY_DEADLINE_MS + (options.patienceMs ?? 0) },
          (error, response) => {
            const known = error && fromServiceError(error);
            if (error) tellHeaders(error.metadata, options);
            if (known) failSpan(span, known.code);
            span.end();
            if (known) reject(known);
            else resolve(response);
          },
        );
        if (options.onHeader) call.on("metadata", (headers: grpc.Metadata) => tellHeaders(headers, options));
        cancelOn(options.signal, call);
      });
  }
  if (method.methodKind === "server_streaming") {
    return async function* (request: object, options: CallOptions = {}) {
      const { span, metadata } = traced(method, options);
      const call = connection.makeServerStreamRequest(
        path,
        requestSerialize,
        responseDeserialize,
        create(method.input, request as Record<string, unknown>),
        metadata,
      );
      call.on("error", () => undefined);
      cancelOn(options.signal, call);
      try {
        yield* call;
      } catch (error) {
        const known = fromServiceError(error);
        failSpan(span, known.code);
        throw known;
      } finally {
        span.end();
        call.cancel();
      }
    };
  }
  return (options: CallOptions = {}) => {
    const call = connection.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadataOf(options));
    cancelOn(options.signal, call);
    return call;
  };
}

function tellHeaders(headers: grpc.Metadata | undefined, { onHeader }: CallOptions): void {
  for (const name of onHeader && headers ? ANSWER_HEADERS : []) {
    const [value] = headers?.get(name) ?? [];
    if (value) onHeader?.(name, String(value));
  }
}

/** The call's span, and metadata that make it the parent of the server's. */
function traced(method: DescMethod, options: CallOptions) {
  const { name, attributes } = spanAttributes(method);
  const span = startSpan(name, { kind: SpanKind.CLIENT, attributes, ...(options.traceparent && { parent: options.traceparent }) });
  // In nobody's trace there is nothing to go on with: the server begins one, and decides whether it is kept.
  const traced = options.traceparent || span.isRecording();
  return { span, metadata: metadataOf({ ...options, traceparent: traced ? formatTraceparent(span.spanContext()) : "" }) };
}

function metadataOf(options: CallOptions): grpc.Metadata {
  const metadata = new grpc.Metadata();
  // Metadata are ASCII, and so is every key.
  if (!/^[\x20-\x7e]*$/.test(options.authorization ?? ""))
    throw DragomanError.of("UNAUTHENTICATED", "The API key is missing or not valid.");
  if (options.authorization) metadata.set("authorization", options.authorization);
  if (options.traceparent) metadata.set("traceparent", options.traceparent);
  return metadata;
}

function cancelOn(signal: AbortSignal | undefined, call: { cancel(): void; on(event: "status", listener: () => void): unknown }): void {
  if (!signal) return;
  if (signal.aborted) return call.cancel();
  const cancel = () => call.cancel();
  signal.addEventListener("abort", cancel, { once: true });
  call.on("status", () => signal.removeEventListener("abort", cancel));
}

/** The error that a gRPC peer sent, its details unpacked. */
export function fromServiceError(thrown: unknown): DragomanError {
  if (thrown instanceof DragomanError) return thrown;
  const error = thrown as Partial<grpc.ServiceError>;
  const packed = error.metadata?.get(DETAILS)[0];
  if (packed instanceof Buffer) {
    for (const any of fromBinary(StatusSchema, packed).details) {
      const detail = anyUnpack(any, ErrorSchema);
      if (detail) return DragomanError.fromDetail(detail);
    }
  }
  if (error.code === grpc.status.CANCELLED)
    return DragomanError.of("CANCELLED", "The call was ended by its caller.", {
      hint: "No job was cancelled by it; CancelJob is what does that.",
      cause: thrown,
    });
  if (error.code === grpc.status.DEADLINE_EXCEEDED)
    return DragomanError.of("DEADLINE_EXCEEDED", "The call took too long.", { cause: thrown });
  if (error.code === grpc.status.UNAVAILABLE) return DragomanError.of("UNAVAILABLE", "The service cannot be reached.", { cause: thrown });
  if (error.code === grpc.status.UNIMPLEMENTED)
    return DragomanError.of("ROUTE_NOT_FOUND", "The service has no such call: it is of another version.", { cause: thrown });
  return DragomanError.of("INTERNAL", "The call failed.", { cause: thrown });
}
