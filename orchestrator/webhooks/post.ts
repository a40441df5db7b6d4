import dns from "node:dns";
import http, { type ClientRequest, type IncomingMessage } from "node:http";
import https from "node:https";
import { isIP, type LookupFunction, type Socket } from "node:net";
import type { Posted, TryError } from "../deliveries/delivery.ts";
import { hostOf } from "./addresses.ts";

const DEADLINE_MS = 15_000;
/** Once the status is known the rest of an answer is for people only. */
const ANSWER_MS = 1_000;
const MAX_ANSWER_BYTES = 64 * 1024;
const MAX_KEPT_LETTERS = 1_000;
const MAX_RETRY_AFTER_MS = 24 * 3600_000;
const USER_AGENT = "Dragoman-Webhooks/1";

export interface PostParts {
  /** Whether an address may be connected to. */
  readonly mayReach: (address: string) => boolean;
  /** All addresses of a name; the system's if not given. */
  readonly resolve?: (name: string) => Promise<readonly dns.LookupAddress[]>;
  /** Certificates that are trusted besides Node's. */
  readonly ca?: string;
  readonly deadlineMs?: number;
}

export type Post = (to: string, headers: Readonly<Record<string, string>>, body: Uint8Array, signal: AbortSignal) => Promise<Posted>;

/** No address of the name may be connected to. */
class AddressRefused extends Error {}
/** The connection ended with neither an answer nor an error, as Node ends it after an answer that changes the protocol. */
class NoAnswer extends Error {}

/**
 * Posts JSON to other people's servers, each over a connection of its own. The address is looked at where it is used: a name's
 * addresses are vetted within the lookup whose outcome is connected to, so that a second answer of a hostile name server has no say.
 * Never follows a redirect, and takes no more of an answer than 64 KiB. Throws nothing but `signal`'s reason.
 */
export function poster({ mayReach, resolve = resolveAll, ca, deadlineMs = DEADLINE_MS }: PostParts): Post {
  const lookup = vettingLookup(mayReach, resolve);
  return async (to, headers, body, signal) => {
    const at = Date.now();
    const started = performance.now();
    const ended = (rest: Pick<Posted, "status" | "error" | "answer" | "retryAfterMs">): Posted => {
      return { at, durationMs: Math.round(performance.now() - started), ...rest };
    };
    const deadline = AbortSignal.timeout(deadlineMs);
    try {
      const url = new URL(to);
      const literal = hostOf(url);
      if (isIP(literal) !== 0 && !mayReach(literal)) throw new AddressRefused();
      const request = (url.protocol === "https:" ? https : http).request(url, {
        ...{ method: "POST", lookup, agent: false, signal: AbortSignal.any([deadline, signal]), ...(ca && { ca }) },
        headers: { ...headers, "content-type": "application/json", "content-length": body.length, "user-agent": USER_AGENT },
      });
      request.once("socket", (socket) => vetConnected(socket, request, mayReach));
      return ended(await exchange(request, body));
    } catch (error) {
      signal.throwIfAborted();
      return ended({ status: 0, error: deadline.aborted ? "TIMEOUT" : reasonOf(error) });
    }
  };
}

async function resolveAll(name: string): Promise<dns.LookupAddress[]> {
  return dns.promises.lookup(name, { all: true, verbatim: true });
}

function vettingLookup(mayReach: PostParts["mayReach"], resolve: NonNullable<PostParts["resolve"]>): LookupFunction {
  return (name, options, callback) => {
    resolve(name).then(
      (found) => {
        const wanted = found.filter(({ address, family }) => mayReach(address) && (!options.family || options.family === family));
        const [first] = wanted;
        if (!first) callback(new AddressRefused(), "", 0);
        else if (options.all) callback(null, [...wanted]);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, "", 0),
    );
  };
}

/** Before a byte is sent: whatever way the connection came about. */
function vetConnected(socket: Socket, request: ClientRequest, mayReach: PostParts["mayReach"]): void {
  socket.once("connect", () => {
    if (!mayReach(socket.remoteAddress ?? "")) request.destroy(new AddressRefused());
  });
}

async function exchange(request: ClientRequest, body: Uint8Array): Promise<Pick<Posted, "status" | "answer" | "retryAfterMs">> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request.once("response", resolve);
  // Later ones are of a connection that was cut off here, once enough was read.
  request.on("error", reject);
  request.once("close", () => reject(new NoAnswer()));
  request.end(body);
  const response = await promise;
  const status = response.statusCode ?? 0;
  const retryAfterMs = waitOf(response.headers["retry-after"]);
  const answer = await beginningOf(response);
  request.destroy();
  return { status, ...(answer && { answer }), ...(retryAfterMs > 0 && { retryAfterMs }) };
}

async function beginningOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const enough = setTimeout(() => response.destroy(), ANSWER_MS);
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk.subarray(0, MAX_ANSWER_BYTES - bytes));
      bytes += chunk.length;
      if (bytes >= MAX_ANSWER_BYTES) break;
    }
  } catch {
    // The status is the answer; what was heard of the rest is kept.
  } finally {
    clearTimeout(enough);
  }
  const text = Buffer.concat(chunks)
    .subarray(0, MAX_KEPT_LETTERS * 4)
    .toString("utf8");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal would act on is somebody else's text here.
  return text.slice(0, MAX_KEPT_LETTERS).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "\ufffd");
}

/** What Retry-After asks for (RFC 9110, 10.2.3), in seconds or as a date; 0 for nothing that can be read. */
function waitOf(header = ""): number {
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? 0 : Math.min(MAX_RETRY_AFTER_MS, Math.max(0, ms));
}

function reasonOf(error: unknown): TryError {
  if (error instanceof AddressRefused) return "ADDRESS_REFUSED";
  const { code = "", message = "" } = error as NodeJS.ErrnoException;
  if (/^(ENOTFOUND|EAI_|ENODATA|ESERVFAIL|EREFUSED$|ETIMEOUT)/.test(code)) return "NAME_UNKNOWN";
  if (error instanceof NoAnswer || /^HPE_/.test(code)) return "BAD_ANSWER";
  if (/^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|EPROTO)/.test(code) || /certificate/.test(message))
    return "TLS_FAILED";
  return "CONNECTION_FAILED";
}
