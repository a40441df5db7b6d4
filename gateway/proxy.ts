import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type DescMethod, type DescService, isMessage, type Message } from "@bufbuild/protobuf";
import { Code, ConnectError, type ConnectRouter, type HandlerContext } from "@connectrpc/connect";
import { ErrorSchema } from "../gen/dragoman/v1/error_pb.ts";
import type { Job } from "../gen/dragoman/v1/job_pb.ts";
import {
  CorrectJobRequestSchema,
  type CreateJobRequest,
  CreateJobRequestSchema,
  GetJobRequestSchema,
  ImportXliffRequestSchema,
  type JobChange,
  type RetryJobRequest,
  RetryJobRequestSchema,
  WatchJobRequestSchema,
  WatchJobsRequestSchema,
} from "../gen/dragoman/v1/job_service_pb.ts";
import { MAX_INNER_STREAMS } from "../platform/connections.ts";
import { asDragomanError, DragomanError, errorKind } from "../platform/errors.ts";
import type { CallOptions, GrpcClient } from "../platform/grpc/client.ts";
import { CHALLENGE } from "./problem.ts";

/** Longer than the last orchestrator of several takes to be found again once it is back (its connection is tried each 3 s). */
const WATCH_PATIENCE_MS = 30_000;
const WATCH_AGAIN_MS = 200;
const MAX_WATCH_AGAIN_MS = 1_000;
/** How long the files of a large document may take to be written again. The connection to a client may end sooner: it calls again. */
const CORRECTION_PATIENCE_MS = 3600_000;
/** Watches, downloads and waits that one gateway proxies at once; the rest of a connection is for calls that are answered at once. */
const MAX_LASTING = 0.8 * MAX_INNER_STREAMS;
const MAYBE_MADE = "The job may have been made: send the same call again with the given request_id, and it makes no second one.";

/** A client's service, and the way to the orchestrator that answers it. */
export interface ProxiedService {
  readonly service: DescService;
  readonly client: GrpcClient<DescService>;
}

/** Calls the orchestrator's method; streams come as they are sent. */
export type CallProxy = (method: DescMethod, request: Message, options: CallOptions) => Promise<Message> | AsyncIterable<Message>;

export function proxyTo(services: readonly ProxiedService[]): CallProxy {
  const clients = new Map(
    services.map(({ service, client }) => [
      service.typeName,
      client as unknown as Record<string, (request: Message, options: CallOptions) => Promise<Message> & AsyncIterable<Message>>,
    ]),
  );
  let lasting = 0;
  const hold = (): Disposable => {
    if (lasting >= MAX_LASTING)
      throw DragomanError.of("OVERLOADED", "More watches, waits and downloads are open than this gateway takes.", { retryAfterMs: 5_000 });
    lasting += 1;
    return {
      [Symbol.dispose]() {
        lasting -= 1;
      },
    };
  };
  async function* streamed(begin: () => AsyncIterable<Message>): AsyncGenerator<Message> {
    using _ = hold();
    yield* begin();
  }
  async function waited(call: () => Promise<Message>): Promise<Message> {
    using _ = hold();
    return await call();
  }
  return (method, request, options) => {
    const call = clients.get(method.parent.typeName)?.[method.localName];
    if (!call) throw new Error(`no client for ${method.parent.typeName}`);
    if (isMessage(request, CreateJobRequestSchema) || isMessage(request, RetryJobRequestSchema)) return repeatably(call, request, options);
    if (isMessage(request, CorrectJobRequestSchema) || isMessage(request, ImportXliffRequestSchema))
      return waited(() => call(request, { ...options, patienceMs: CORRECTION_PATIENCE_MS }));
    if (isMessage(request, GetJobRequestSchema) && request.waitSeconds > 0)
      return waited(() => call(request, { ...options, patienceMs: request.waitSeconds * 1000 }));
    if (isMessage(request, WatchJobRequestSchema)) {
      const watch = (afterVersion: bigint) => call({ ...request, afterVersion } as Message, options) as AsyncIterable<Message & Job>;
      return streamed(() => watchOn(watch, request.afterVersion, ({ version }) => version, options.signal));
    }
    if (isMessage(request, WatchJobsRequestSchema)) {
      const watch = (cursor: string) => call({ ...request, cursor } as Message, options) as AsyncIterable<Message & JobChange>;
      return streamed(() => watchOn(watch, request.cursor, ({ cursor }) => cursor, options.signal));
    }
    return method.methodKind === "server_streaming" ? streamed(() => call(request, options)) : call(request, options);
  };
}

/**
 * Calls with a request_id, so that a call that is tried again on another orchestrator makes one job; and so does one
 * that its caller tries again, who is told the id with every error that may pass.
 */
async function repeatably(
  call: (request: Message, options: CallOptions) => Promise<Message>,
  request: CreateJobRequest | RetryJobRequest,
  options: CallOptions,
): Promise<Message> {
  const requestId = request.requestId || randomUUID();
  try {
    return await call(Object.assign({}, request, { requestId }), options);
  } catch (thrown) {
    const error = asDragomanError(thrown);
    // After a defect the job may be there as well.
    if (!error.detail.retryable && error.code !== "INTERNAL") throw error;
    const hint = error.code === "DEADLINE_EXCEEDED" ? MAYBE_MADE : error.detail.hint;
    throw DragomanError.fromDetail({ ...error.detail, requestId, hint }, error.cause);
  }
}

/** Goes on watching through another orchestrator when one goes away, from the last place that was seen, as `placeOf` tells it. */
async function* watchOn<M extends Message, P>(
  watch: (after: P) => AsyncIterable<M>,
  after: P,
  placeOf: (message: M) => P,
  signal: AbortSignal | undefined,
): AsyncGenerator<M> {
  let seen = after;
  let awaySince: number | undefined;
  for (let failures = 0; ; ) {
    try {
      for await (const message of watch(seen)) {
        failures = 0;
        awaySince = undefined;
        seen = placeOf(message);
        yield message;
      }
      return;
    } catch (error) {
      // CANCELLED, but not by the client: by an orchestrator that stops.
      const gone = ["UNAVAILABLE", "CANCELLED"].includes(asDragomanError(error).code);
      awaySince ??= performance.now();
      if (signal?.aborted || !gone || performance.now() - awaySince > WATCH_PATIENCE_MS) throw error;
      await sleep(Math.min(MAX_WATCH_AGAIN_MS, WATCH_AGAIN_MS * ++failures), undefined, { signal });
    }
  }
}

/** Connect, gRPC-Web and gRPC, each method handed on as it is. */
export function proxyRoutes(router: ConnectRouter, services: readonly DescService[], proxy: CallProxy): void {
  for (const service of services) {
    for (const method of service.methods) router.rpc(method as never, handler(method, proxy) as never);
  }
}

function handler(method: DescMethod, proxy: CallProxy): unknown {
  if (method.methodKind === "unary") {
    return async (request: Message, context: HandlerContext) => {
      try {
        const options = { ...optionsOf(context), onHeader: (name: string, value: string) => context.responseHeader.set(name, value) };
        return await (proxy(method, request, options) as Promise<Message>);
      } catch (error) {
        throw toConnectError(error, context.signal);
      }
    };
  }
  return async function* (request: Message, context: HandlerContext) {
    try {
      yield* proxy(method, request, optionsOf(context)) as AsyncIterable<Message>;
    } catch (error) {
      throw toConnectError(error, context.signal);
    }
  };
}

function optionsOf({ requestHeader, signal }: HandlerContext): CallOptions {
  return { authorization: requestHeader.get("authorization") ?? "", traceparent: requestHeader.get("traceparent") ?? "", signal };
}

/** `signal`: of the call that failed, if it had one. */
export function toConnectError(thrown: unknown, signal?: AbortSignal): ConnectError {
  const { detail } = (signal && deadlineOf(signal)) ?? asDragomanError(thrown);
  const code = errorKind(detail.code).grpc as Code;
  const headers = code === Code.Unauthenticated ? { "www-authenticate": CHALLENGE } : undefined;
  return new ConnectError(detail.message, code, headers, [{ desc: ErrorSchema, value: detail }]);
}

/** Where the caller's own deadline ended the call, and so cancelled it on its way. */
function deadlineOf({ reason }: AbortSignal): DragomanError | undefined {
  if (!(reason instanceof ConnectError) || reason.code !== Code.DeadlineExceeded) return undefined;
  return DragomanError.of("DEADLINE_EXCEEDED", "The call ended at its deadline, before its answer.");
}
