import type http from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "minio";

/** A connection on which nothing moves for so long is given up. */
const IDLE_MS = 30_000;
const AGAIN_AFTER_MS = 200;
/** What passes: the server was slow, busy, or being restarted. */
const PASSING = new Set([408, 429, 499, 500, 502, 503, 504, 520]);

/** The server answered with a status that passes. */
class Busy extends Error {
  constructor(status: number | undefined) {
    super(`the server answered ${status}`);
    this.name = "Busy";
  }
}

/** minio's client. It asks a busy server once more as that one would, but does not write of it to the console. */
export class S3Client extends Client {
  override async makeRequestStreamAsync(...request: Parameters<Client["makeRequestStreamAsync"]>): Promise<http.IncomingMessage> {
    try {
      return await super.makeRequestStreamAsync(...request);
    } catch (error) {
      const [, body] = request;
      const sendable = typeof body === "string" || Buffer.isBuffer(body);
      if (!(error instanceof Busy && sendable)) throw error;
      await sleep(AGAIN_AFTER_MS * (1 + Math.random()));
      return super.makeRequestStreamAsync(...request);
    }
  }
}

/** How the client is to send its requests: bounded in time, and failing where the server is busy. */
export function transport(request: typeof http.request): typeof http {
  const send = (options: http.RequestOptions, onResponse: (response: http.IncomingMessage) => void): http.ClientRequest => {
    const sent = request(options, (response) => {
      if (!PASSING.has(response.statusCode ?? 0)) return onResponse(response);
      response.resume();
      sent.emit("error", new Busy(response.statusCode));
    });
    return sent.setTimeout(IDLE_MS, () => sent.destroy(new Error("nothing moved on the connection")));
  };
  return { request: send } as typeof http;
}
