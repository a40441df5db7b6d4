import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { DragomanError, errorKind } from "../platform/errors.ts";
import { problemOf } from "./problem.ts";

/**
 * Answers what Node's parser refuses of HTTP/1.1 as everything else is refused, with a problem; without a listener it
 * sends a bare status. The connection ends with the answer, since nobody knows where the next request would begin.
 */
export function answerParserErrors(server: Server): void {
  const answers = new WeakMap<Socket, ServerResponse>();
  server.on("request", (request, response) => void answers.set(request.socket, response));
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const answer = answers.get(socket as Socket);
    const isAnswering = answer?.headersSent && !answer.writableFinished;
    // What is written into an answer would be taken for a part of it.
    if (!socket.writable || isAnswering || error.code === "ECONNRESET") return void socket.destroy();
    socket.end(problemResponse(refusal(error.code)), () => socket.destroy());
  });
}

function refusal(code: string | undefined): DragomanError {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return DragomanError.of("REQUEST_TIMEOUT", "The request was not whole in time.");
    case "HPE_HEADER_OVERFLOW":
      return DragomanError.of("HEADERS_TOO_LARGE", "The request's headers are too large.");
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return DragomanError.of("REQUEST_TOO_LARGE", "The extensions of a chunk are too large.");
    default:
      return DragomanError.of("INVALID_REQUEST", "What was sent is not HTTP/1.1.");
  }
}

function problemResponse(error: DragomanError): string {
  const body = problemOf(error, "");
  const { http } = errorKind(error.code);
  return [
    `HTTP/1.1 ${http} ${error.code}`,
    "content-type: application/problem+json",
    `content-length: ${Buffer.byteLength(body)}`,
    `date: ${new Date().toUTCString()}`,
    "x-content-type-options: nosniff",
    "connection: close",
    "",
    body,
  ].join("\r\n");
}
