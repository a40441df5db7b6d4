import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createHttp2Server, type Http2Server, type Http2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import { JobSchema } from "../gen/dragoman/v1/job_pb.ts";
import { JobService } from "../gen/dragoman/v1/job_service_pb.ts";
import { UploadService } from "../gen/dragoman/v1/upload_service_pb.ts";
import type { ArtefactStore } from "../platform/artefacts/artefacts.ts";
import { asDragomanError, DragomanError } from "../platform/errors.ts";
import { type CallOptions, type Client, grpcClient } from "../platform/grpc/client.ts";
import type { Logger } from "../platform/log.ts";
import { traceIdOf } from "../platform/trace.ts";
import { type Forward, forwarder, forwardRoutes } from "./forward.ts";
import { GatewayHealth } from "./health.ts";
import { pageServer } from "./page.ts";
import { referenceServer } from "./reference.ts";
import { answerRest, type RestMatch, restRoutes, writeJson, writeProblem } from "./rest.ts";
import { RESUMABLE, resumableUploads } from "./resumable.ts";
import { observed, type RouteOf, traceparentOf } from "./telemetry.ts";
import { createJobFromForm, takeUpload } from "./uploads.ts";

const SERVICES = [JobService, UploadService];
const MAX_MESSAGE_BYTES = 1024 * 1024;

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
  readonly log: Logger;
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
    client: stack.use(grpcClient(service, parts.orchestrator)) as unknown as Client<typeof service>,
  }));
  const forward = forwarder(clients as never);
  const health = new GatewayHealth();
  const connect = connectNodeAdapter({
    routes: (router) => {
      forwardRoutes(router, SERVICES, forward);
      health.addTo(router);
    },
    readMaxBytes: MAX_MESSAGE_BYTES,
    writeMaxBytes: MAX_MESSAGE_BYTES,
    fallback: (request, response) =>
      writeProblem(
        response as ServerResponse,
        DragomanError.of("ROUTE_NOT_FOUND", "There is nothing at this address."),
        traceIdOf(traceparentOf(request as IncomingMessage)),
      ),
  }) as RequestListener;
  const match = restRoutes(SERVICES);
  const routeOf = routes(match);
  const http = createServer(
    { requestTimeout: 3600_000, headersTimeout: 10_000 },
    observed(routeOf, httpHandler(parts, match, forward, connect)),
  );
  const grpc = createHttp2Server({ settings: { maxConcurrentStreams: 100 } }, observed(routeOf, connect) as never);
  const httpPort = await listen(http, parts.httpPort, parts, stack);
  const grpcPort = await listen(grpc, parts.grpcPort, parts, stack);
  stack.defer(() => health.stopServing());
  const owned = stack.move();
  return { httpPort, grpcPort, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Every route by its pattern, so that there are as many as the contract has. */
function routes(match: RestMatch): RouteOf {
  const methods = new Set(SERVICES.flatMap(({ typeName, methods }) => methods.map(({ name }) => `/${typeName}/${name}`)));
  return ({ method, url = "" }) => {
    const [path = ""] = url.split("?");
    if (methods.has(path)) return path;
    if (path === "/openapi.json" || path === "/document.schema.json" || path.startsWith("/docs")) return "/docs";
    if (path === "/" || path.startsWith("/assets/") || path.startsWith("/view/")) return "/";
    if (path.startsWith(`${RESUMABLE}/`)) return `${RESUMABLE}/{grant}`;
    if (method === "PUT" && path.startsWith("/uploads/")) return "/uploads/{grant}";
    return match(method ?? "", path)?.route;
  };
}

function httpHandler(parts: GatewayParts, match: RestMatch, forward: Forward, connect: RequestListener): RequestListener {
  const page = pageServer();
  const reference = referenceServer();
  const resumable = resumableUploads(parts.artefacts, parts.uploadSecret);
  return (request, response) => {
    const traceparent = traceparentOf(request);
    const traceId = traceIdOf(traceparent);
    response.setHeader("x-content-type-options", "nosniff");
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    const options: CallOptions = {
      authorization: request.headers.authorization ?? "",
      traceparent,
      signal: gone.signal,
    };
    const answer = async () => {
      const { pathname, searchParams } = addressOf(request);
      const call = match(request.method ?? "", pathname);
      if (pathname.startsWith(`${RESUMABLE}/`)) {
        await resumable(request, response);
      } else if (request.method === "PUT" && pathname.startsWith("/uploads/")) {
        await takeUpload(pathname.slice("/uploads/".length), request, parts.artefacts, parts.uploadSecret);
        response.writeHead(204).end();
      } else if (!call) {
        if (!page(request, response, pathname) && !reference(request, response, pathname)) connect(request, response);
      } else if (call.method === JobService.method.createJob && isForm(request)) {
        const job = await createJobFromForm(request, options, forward, parts.artefacts, parts.uploadSecret);
        writeJson(response, 200, { output: JobSchema }, job);
      } else {
        await answerRest(call, request, searchParams, response, options, forward);
      }
    };
    answer().catch((error: unknown) => {
      if (gone.signal.aborted) return;
      const known = asDragomanError(error);
      if (known.code === "INTERNAL") parts.log.error({ err: known.cause, traceId }, "request failed");
      // What is left of a refused upload is not read: the connection ends with the answer.
      if (!request.complete && !response.headersSent) response.setHeader("connection", "close");
      writeProblem(response, known, traceId);
    });
  };
}

function addressOf(request: IncomingMessage): URL {
  const address = URL.parse(`http://gateway${request.url ?? "/"}`);
  if (!address) throw DragomanError.of("INVALID_REQUEST", "The request's target is not an address.");
  return address;
}

function isForm(request: IncomingMessage): boolean {
  return request.headers["content-type"]?.startsWith("multipart/form-data") === true;
}

/** Serves on `port`. Closing takes no new request, lets those that run end within the grace period, and then breaks them off. */
async function listen(
  server: Server | Http2Server,
  port: number,
  { host, graceMs }: GatewayParts,
  stack: AsyncDisposableStack,
): Promise<number> {
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
