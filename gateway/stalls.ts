import type { IncomingMessage, ServerResponse } from "node:http";

/** An upload on which nothing moves for so long is dropped; putting 2 GiB of chunks together takes less. */
const STALLED_MS = 300_000;

/** Ends an upload on which nothing moves. Behind it the connection is as any other: Node limits how long it may be idle. */
export function limitStalls(request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request;
  request.setTimeout(STALLED_MS, () => request.destroy());
  // Before Node's own listener, which sets the limit for idle connections.
  if (request.httpVersionMajor === 1) response.prependListener("finish", () => void socket.setTimeout(0));
}
