import type { Http2Server, Http2Session } from "node:http2";
import type { Server, Socket } from "node:net";

/** Calls and watches that one HTTP/2 connection of a client may have open at once. */
export const MAX_STREAMS = 1_000;
/** The same between a gateway and an orchestrator, where one connection carries many clients' calls. */
export const MAX_INNER_STREAMS = 10_000;
/** Of one port. Whoever holds them without a key is gone after ten seconds. */
const MAX_CONNECTIONS = 2_000;
const FIRST_BYTES_MS = 10_000;
/** HTTP/2's preface; no request over HTTP/1.1 that gets an answer is shorter. */
const PREFACE_BYTES = 24;
/** How long a connection of HTTP/2 may be without a call; also how often one with calls is asked whether it lives. */
export const IDLE_MS = 60_000;
const PING_MS = 10_000;
/** A reader of a stream that takes nothing for so long is dropped. */
export const SLOW_MS = 60_000;

/** Takes a bounded number of connections, and keeps none that says nothing. */
export function boundConnections(server: Server): void {
  server.maxConnections = MAX_CONNECTIONS;
  server.on("connection", (socket: Socket) => {
    const timer = setTimeout(() => void (socket.bytesRead < PREFACE_BYTES && socket.destroy()), FIRST_BYTES_MS).unref();
    socket.once("close", () => clearTimeout(timer));
  });
}

/** Closes connections of HTTP/2 that have had no call for a minute, and those with calls whose other end is gone. */
export function boundSessions(server: Http2Server): void {
  server.on("session", (session: Http2Session) => {
    let open = 0;
    let begun = 0;
    session.on("stream", (stream) => {
      open++;
      begun++;
      stream.once("close", () => open--);
    });
    let seen = 0;
    const timer = setInterval(() => {
      if (open > 0) return isAlive(session);
      if (begun === seen) return void session.destroy();
      seen = begun;
    }, IDLE_MS).unref();
    session.once("close", () => clearInterval(timer));
  });
}

function isAlive(session: Http2Session): void {
  const silent = setTimeout(() => session.destroy(), PING_MS).unref();
  const sent = session.ping((error) => {
    clearTimeout(silent);
    if (error) session.destroy();
  });
  if (!sent) clearTimeout(silent);
}
