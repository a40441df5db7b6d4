import { existsSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";
import sirv from "sirv";

const BUILT = fileURLToPath(new URL("./web/dist", import.meta.url));
const VIEW = /^\/(view\/[0-9A-Za-z]+)?$/;
/** The page needs nothing but its own files and this server; pictures of results are made of bytes it fetched. */
const policy = (storeOrigin: string) =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob:",
    `connect-src 'self' ${storeOrigin}`.trim(),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

/**
 * Serves the page and its files where the request is for them; false where it is not. `storeOrigin` is where browsers
 * reach the artefact store themselves; empty if they do not.
 */
export function pageServer(storeOrigin: string): (request: IncomingMessage, response: ServerResponse, pathname: string) => boolean {
  const files = existsSync(BUILT)
    ? sirv(BUILT, {
        etag: true,
        brotli: true,
        gzip: true,
        setHeaders: (response, pathname) => {
          // Names of assets change with what is in them.
          response.setHeader("cache-control", pathname.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache");
          response.setHeader("content-security-policy", policy(storeOrigin));
          response.setHeader("referrer-policy", "no-referrer");
        },
      })
    : undefined;
  return (request, response, pathname) => {
    if (request.method !== "GET" && request.method !== "HEAD") return false;
    const view = VIEW.test(pathname);
    if (!view && !pathname.startsWith("/assets/")) return false;
    if (view) request.url = "/";
    if (files) files(request, response, () => void response.writeHead(404).end());
    else response.writeHead(503, { "content-type": "text/plain" }).end("The page was not built: run `npm run build`.\n");
    return true;
  };
}
