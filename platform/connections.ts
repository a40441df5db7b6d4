import type { Http2Server, Http2Session } from "node:http2";
import type { Server, Socket } from "node:net";

/** Calls and watches that one HTTP/2 connection of a client may have open at once. */
export const MAX_STREAMS = 1_000;
/** The same between a gateway and an orchestrator, where one connection carries many clients' calls. */
export const MAX_INNER_STREAMS = 10_000;
/** Of one process. Whoever holds them without a key is gone after ten seconds. */
const MAX_CONNECTIONS = 2_000;
const FIRST_BYTES_MS = 10_000;
/** HTTP/2's preface; no request over HTTP/1.1 that gets an answer is shorter. */
const PREFACE_BYTES = 24;
/** How long a connection of HTTP/2 may be without a call; also how often one with calls is asked whether it lives. */
export const IDLE_MS = 60_000;
const PING_MS = 10_000;
/** A reader of a stream that takes nothing for so long is dropped. */
export const SLOW_MS = 60_000;

/**
 * How many connections the ports of one process take together. Half of them is shared out among the ports, so that no
 * flood at one shuts another; the other half is whoever's comes first.
 */
export class ConnectionBudget {
  readonly #most: number;
  /** How many each port has. */
  readonly #open = new Map<Server, number>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Until it is closed. */
  add(server: Server): void {
    this.#set(server, 0);
    server.on("connection", (socket: Socket) => {
      this.#set(server, (this.#open.get(server) ?? 0) + 1);
      socket.once("close", () => this.#set(server, (this.#open.get(server) ?? 1) - 1));
    });
    server.once("close", () => {
      this.#open.delete(server);
      this.#shareOut();
    });
  }

  #set(server: Server, open: number): void {
    this.#open.set(server, open);
    this.#shareOut();
  }

  #shareOut(): void {
    const share = Math.floor(this.#most / 2 / this.#open.size);
    const taken = (open: number) => Math.max(open, share);
    const all = [...this.#open.values()].reduce((sum, open) => sum + taken(open), 0);
    // Node drops what is more before anybody hears of it.
    for (const [server, open] of this.#open) server.maxConnections = this.#most - (all - taken(open));
  }
}

const PROCESS = new ConnectionBudget(MAX_CONNECTIONS);

/** Takes a bounded number of connections, with all other ports of the process, and keeps none that says nothing. */
export function boundConnections(server: Server): void {
  PROCESS.add(server);
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
