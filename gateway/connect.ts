import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { Code, ConnectError, createConnectRouter } from "@connectrpc/connect";
import {
  compressionBrotli,
  compressionGzip,
  universalRequestFromNodeRequest,
  universalResponseToNodeResponse,
} from "@connectrpc/connect-node";
import { SLOW_MS } from "../platform/connections.ts";
import { DragomanError } from "../platform/errors.ts";
import type { Logger } from "../platform/log.ts";
import { traceIdOf } from "../platform/trace.ts";
import { type Admit, promptly, refuseRest } from "./admission.ts";
import { boundDeadline } from "./deadlines.ts";
import { refuseUnknown, spellMessage } from "./grpc_status.ts";
import { toConnectError } from "./proxy.ts";
import { writeProblem } from "./rest.ts";
import { traceparentOf } from "./telemetry.ts";

const MAX_MESSAGE_BYTES = 1024 * 1024;

type Router = ReturnType<typeof createConnectRouter>;
type Request = Parameters<typeof universalRequestFromNodeRequest>[0];
type Response = Parameters<typeof universalResponseToNodeResponse>[1];

/**
 * Connect, gRPC-Web and gRPC, of what `addRoutes` registers; all else is a problem. Not `connectNodeAdapter`, which throws
 * at an authority that is none, waits for ever for a slow reader, and writes to the console.
 */
export function connectListener(addRoutes: (router: Router) => void, admit: Admit, log: Logger, slowMs = SLOW_MS): RequestListener {
  const router = createConnectRouter({
    acceptCompression: [compressionGzip, compressionBrotli],
    readMaxBytes: MAX_MESSAGE_BYTES,
    writeMaxBytes: MAX_MESSAGE_BYTES,
  });
  addRoutes(router);
  const handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));

  async function* admitted(request: IncomingMessage, isOpen: boolean) {
    try {
      if (!isOpen) await admit(request.headers.authorization ?? "");
      yield* promptly(request);
    } catch (error) {
      throw toConnectError(error);
    }
  }

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const handler = handlers.get(request.url?.split("?", 1)[0] ?? "");
    if (!handler && refuseUnknown(request, response)) return;
    if (!handler) throw DragomanError.of("ROUTE_NOT_FOUND", "There is nothing at this address.");
    const call = readRequest(request, response);
    boundDeadline(call.header);
    const answered = await handler({ ...call, body: admitted(request, handler.service.typeName.startsWith("grpc.")) });
    if (answered.status >= 400) refuseRest(request, response);
    if (!answered.body) spellMessage(answered.trailer);
    const body = answered.body && droppingSlow(answered.body, response, answered.trailer, slowMs);
    await universalResponseToNodeResponse({ ...answered, ...(body && { body }) }, response as unknown as Response);
  };
  return (request, response) => {
    const traceId = traceIdOf(traceparentOf(request));
    request.on("error", () => undefined);
    response.on("error", () => undefined);
    answer(request, response).catch((error: unknown) => {
      // The client went, or was dropped.
      if (response.destroyed || ConnectError.from(error).code === Code.Aborted) return;
      if (!(error instanceof DragomanError)) log.error({ err: error, traceId }, "call failed");
      refuseRest(request, response);
      writeProblem(response, error, traceId);
    });
  };
}

function readRequest(request: IncomingMessage, response: ServerResponse) {
  try {
    return universalRequestFromNodeRequest(request as unknown as Request, response as unknown as Response, undefined, undefined);
  } catch (cause) {
    throw DragomanError.of("INVALID_REQUEST", "The request names no host.", { cause });
  }
}

async function* droppingSlow(
  body: AsyncIterable<Uint8Array>,
  response: ServerResponse,
  trailers: Headers | undefined,
  slowMs: number,
): AsyncGenerator<Uint8Array> {
  for await (const message of body) {
    const timer = setTimeout(() => response.destroy(), slowMs);
    try {
      yield message;
    } finally {
      clearTimeout(timer);
    }
  }
  // It is known when all was sent.
  spellMessage(trailers);
}
