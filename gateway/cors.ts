import type { IncomingMessage, ServerResponse } from "node:http";
import { cors as connectHeaders } from "@connectrpc/connect";

const METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
const TUS = ["tus-resumable", "upload-offset", "upload-length", "upload-metadata"];
const DIGESTS = ["content-digest", "content-md5", "repr-digest"];
const CONDITIONS = ["if-match", "if-none-match", "if-range", "last-event-id", "range"];
const REQUEST_HEADERS = ["authorization", "idempotency-key", "traceparent", "x-http-method-override", ...CONDITIONS, ...DIGESTS, ...TUS];
const RESPONSE_HEADERS = [
  ...["accept-ranges", "allow", "content-disposition", "content-range", "etag", "location", "ratelimit", "ratelimit-policy"],
  ...["repr-digest", "retry-after", "vary", "www-authenticate", "x-trace-id", "tus-extension", "tus-version", ...TUS],
];
const ALLOWED = [...connectHeaders.allowedHeaders, ...REQUEST_HEADERS].join(", ");
const EXPOSED = [...connectHeaders.exposedHeaders, ...RESPONSE_HEADERS].join(", ");
const PREFLIGHT_SECONDS = "7200";

/** Lets pages of `origins` call this server (the Fetch standard's CORS). True where a preflight was answered, and nothing is left to do. */
export function corsFor(origins: readonly string[]): (request: IncomingMessage, response: ServerResponse) => boolean {
  return ({ method, headers }, response) => {
    if (origins.length === 0 || !headers.origin) return false;
    response.setHeader("vary", "origin");
    if (!origins.includes(headers.origin)) return false;
    response.setHeader("access-control-allow-origin", headers.origin);
    response.setHeader("access-control-expose-headers", EXPOSED);
    if (method !== "OPTIONS" || !headers["access-control-request-method"]) return false;
    response.writeHead(204, {
      "access-control-allow-methods": METHODS,
      "access-control-allow-headers": ALLOWED,
      "access-control-max-age": PREFLIGHT_SECONDS,
    });
    response.end();
    return true;
  };
}
