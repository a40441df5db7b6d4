import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import sirv from "sirv";

const DOCUMENT = readFileSync(fileURLToPath(new URL("../gen/openapi.json", import.meta.url)));
const MODEL = readFileSync(fileURLToPath(new URL("../docs/document.schema.json", import.meta.url)));
const VIEWER = path.dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Dragoman's REST interface</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="/docs/swagger-ui.css">
  </head>
  <body>
    <main id="reference"></main>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;
const START = `SwaggerUIBundle({ url: "/openapi.json", dom_id: "#reference", deepLinking: true, validatorUrl: null });\n`;
/** The viewer sets styles of its own and shows small pictures by data: addresses. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'";

/** Serves the OpenAPI document, and a page that shows it, where the request is for them; false where it is not. */
export function referenceServer(): (request: IncomingMessage, response: ServerResponse, pathname: string) => boolean {
  const files = sirv(VIEWER, { etag: true });
  const send = (response: ServerResponse, type: string, body: string | Buffer) => {
    response.writeHead(200, { "content-type": type, "cache-control": "no-cache", "content-security-policy": POLICY }).end(body);
    return true;
  };
  return (request, response, pathname) => {
    if (request.method !== "GET" && request.method !== "HEAD") return false;
    if (pathname === "/openapi.json") return send(response, "application/json", DOCUMENT);
    if (pathname === "/document.schema.json") return send(response, "application/schema+json", MODEL);
    if (pathname === "/docs") return send(response, "text/html; charset=utf-8", PAGE);
    if (pathname === "/docs/start.js") return send(response, "text/javascript", START);
    if (!/^\/docs\/swagger-ui(-bundle\.js|\.css)$/.test(pathname)) return false;
    request.url = pathname.slice("/docs".length);
    files(request, response, () => void response.writeHead(404).end());
    return true;
  };
}
