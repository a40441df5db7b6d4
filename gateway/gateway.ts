import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createHttp2Server, createSecureServer, type Http2Server, type Http2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { isMessage, type Message } from "@bufbuild/protobuf";
import { AdminService } from "../gen/dragoman/v1/admin_service_pb.ts";
import { GlossaryService } from "../gen/dragoman/v1/glossary_service_pb.ts";
import {
  CorrectJobRequestSchema,
  DeleteJobRequestSchema,
  ImportXliffRequestSchema,
  JobService,
} from "../gen/dragoman/v1/job_service_pb.ts";
import { KeyService } from "../gen/dragoman/v1/key_service_pb.ts";
import { MemoryService } from "../gen/dragoman/v1/memory_service_pb.ts";
import { SettingsService } from "../gen/dragoman/v1/settings_service_pb.ts";
import { UploadService } from "../gen/dragoman/v1/upload_service_pb.ts";
import { WebhookService } from "../gen/dragoman/v1/webhook_service_pb.ts";
import type { ArtefactStore } from "../platform/artefacts/artefacts.ts";
import { boundConnections, boundSessions, MAX_STREAMS } from "../platform/connections.ts";
import { type GrpcClient, grpcClient } from "../platform/grpc/client.ts";
import type { Logger } from "../platform/log.ts";
import { admission, boundRest } from "./admission.ts";
import { connectListener } from "./connect.ts";
import { FinishedJobCache } from "./finished_job_cache.ts";
import { GatewayHealth } from "./health.ts";
import { httpHandler, routes } from "./http.ts";
import { answerVerbs, originForm } from "./methods.ts";
import { answerParserErrors } from "./parser_errors.ts";
import { type CallProxy, proxyRoutes, proxyTo } from "./proxy.ts";
import { addReflection } from "./reflection.ts";
import { restRoutes } from "./routes.ts";
import { observed } from "./telemetry.ts";

const SERVICES = [JobService, UploadService, MemoryService, GlossaryService, SettingsService, KeyService, AdminService, WebhookService];
/** Long enough for 2 GiB at 5 Mbit/s. */
const REQUEST_MS = 3600_000;
const HEADERS_MS = 10_000;
const HTTP2 = { settings: { maxConcurrentStreams: MAX_STREAMS } };
/** A request without it is refused where all are, with a problem. */
const HTTP1 = { requireHostHeader: false };
const TLS_HANDSHAKE_MS = 10_000;
const CHECK_MS = 1_000;
/** Of each connection, so that a thousand of them hold little. */
const BUFFERED_BYTES = 16 * 1024;

export interface GatewayParts {
  /** The orchestrator's `host:port`. */
  readonly orchestrator: string;
  readonly artefacts: ArtefactStore;
  readonly uploadSecret: string;
  readonly host: string;
  /** For Connect, gRPC-Web and REST over HTTP/1.1; 0 for a free one. */
  readonly httpPort: number;
  /** For gRPC over HTTP/2 in clear; 0 for a free one. */
  readonly grpcPort: number;
  /** How long requests have to end when it is told to stop, in milliseconds. */
  readonly graceMs: number;
  /** Origins of other hosts' pages that may call. */
  readonly corsOrigins: readonly string[];
  /** With it one port serves everything, each client by the protocol it asks for in the handshake (ALPN). */
  readonly tls: Tls | undefined;
  readonly log: Logger;
}

export interface Tls {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

export interface Gateway extends AsyncDisposable {
  readonly httpPort: number;
  readonly grpcPort: number;
}

/** Starts the edge. It decides nothing: every call goes to the orchestrator with the caller's own credential. */
export async function openGateway(parts: GatewayParts): Promise<Gateway> {
  await using stack = new AsyncDisposableStack();
  const clients = SERVICES.map((service) => ({
    service,
    client: stack.use(grpcClient(service, parts.orchestrator)) as unknown as GrpcClient<typeof service>,
  }));
  const finished = new FinishedJobCache();
  const proxy = forgetting(proxyTo(clients as never), finished);
  const admit = admission(proxy);
  const stopping = new AbortController();
  const health = new GatewayHealth(SERVICES, stopping.signal);
  const connect = connectListener(
    (router) => {
      proxyRoutes(router, SERVICES, proxy);
      health.addTo(router);
      addReflection(router, SERVICES);
    },
    admit,
    parts.log,
  );
  const rest = restRoutes(SERVICES);
  const routeOf = routes(SERVICES, rest);
  const listener = httpHandler(
    { ...parts, admit, secure: parts.tls !== undefined },
    rest,
    answerVerbs(SERVICES, rest),
    proxy,
    connect,
    finished,
  );
  const handler = bounded(inOriginForm(observed(routeOf, listener)));
  // Without a listener Node sends a bare status; whoever answers says more.
  const listenOn = (server: Server | Http2Server, port: number) => listen(server.on("checkExpectation", handler), port, parts, stack);
  let httpPort: number;
  let grpcPort: number;
  if (parts.tls) {
    const options = { ...parts.tls, ...HTTP2, allowHTTP1: true, handshakeTimeout: TLS_HANDSHAKE_MS, ...HTTP1 };
    httpPort = await listenOn(createSecureServer(options, handler as never), parts.httpPort);
    grpcPort = httpPort;
  } else {
    httpPort = await listenOn(createServer({ highWaterMark: BUFFERED_BYTES, ...HTTP1 }, handler), parts.httpPort);
    grpcPort = await listenOn(createHttp2Server(HTTP2, bounded(observed(routeOf, connect)) as never), parts.grpcPort);
  }
  stack.defer(() => stopping.abort());
  const owned = stack.move();
  return { httpPort, grpcPort, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** No request goes on once it is answered. */
function bounded(handler: RequestListener): RequestListener {
  return (request, response) => {
    boundRest(request, response);
    handler(request, response);
  };
}

function inOriginForm(handler: RequestListener): RequestListener {
  return (request, response) => {
    request.url = originForm(request.url ?? "/");
    handler(request, response);
  };
}

/** What changes jobs that have ended. */
const CHANGING = [DeleteJobRequestSchema, CorrectJobRequestSchema, ImportXliffRequestSchema] as const;

/** A job that was deleted or corrected here is not answered from memory. */
function forgetting(proxy: CallProxy, finished: FinishedJobCache): CallProxy {
  return (method, request, options) => {
    const answer = proxy(method, request, options);
    if (!CHANGING.some((schema) => isMessage(request, schema))) return answer;
    return (answer as Promise<Message>).then((done) => {
      finished.forget((request as Message & { readonly id: string }).id);
      return done;
    });
  };
}

/** Serves on `port`. Closing takes no new request, lets those that run end within the grace period, and then breaks them off. */
async function listen(
  server: Server | Http2Server,
  port: number,
  { host, graceMs }: GatewayParts,
  stack: AsyncDisposableStack,
): Promise<number> {
  // HTTP/1.1's, of a server for HTTP/2 with TLS as well.
  Object.assign(server, { requestTimeout: REQUEST_MS, headersTimeout: HEADERS_MS, connectionsCheckingInterval: CHECK_MS });
  answerParserErrors(server as Server);
  boundConnections(server);
  boundSessions(server as Http2Server);
  const sessions = new Set<Http2Session>();
  server.on("session", (session: Http2Session) => {
    sessions.add(session);
    session.on("close", () => sessions.delete(session));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  stack.defer(async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const session of sessions) session.close();
    await Promise.race([closed, sleep(graceMs, undefined, { ref: false })]);
    if ("closeAllConnections" in server) server.closeAllConnections();
    for (const session of sessions) session.destroy();
    await closed;
  });
  return (server.address() as AddressInfo).port;
}
