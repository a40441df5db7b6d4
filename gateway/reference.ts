import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { sendBody } from "./bodies.ts";

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

const PAGES: Readonly<Record<string, { readonly type: string; readonly bytes: Buffer }>> = {
  "/openapi.json": { type: "application/json", bytes: DOCUMENT },
  "/document.schema.json": { type: "application/schema+json", bytes: MODEL },
  "/docs": { type: "text/html; charset=utf-8", bytes: Buffer.from(PAGE) },
  "/docs/start.js": { type: "text/javascript", bytes: Buffer.from(START) },
  "/docs/swagger-ui.css": { type: "text/css", bytes: readFileSync(path.join(VIEWER, "swagger-ui.css")) },
  "/docs/swagger-ui-bundle.js": { type: "text/javascript", bytes: readFileSync(path.join(VIEWER, "swagger-ui-bundle.js")) },
};

/** Serves the OpenAPI document, and a page that shows it, where the request is for them; false where it is not. */
export function referenceServer(): (request: IncomingMessage, response: ServerResponse, pathname: string) => boolean {
  const tags = new Map(Object.entries(PAGES).map(([name, { bytes }]) => [name, createHash("sha256").update(bytes).digest("base64url")]));
  return (request, response, pathname) => {
    const page = Object.hasOwn(PAGES, pathname) ? PAGES[pathname] : undefined;
    if (!page || (request.method !== "GET" && request.method !== "HEAD")) return false;
    response.setHeader("cache-control", "no-cache");
    response.setHeader("content-security-policy", POLICY);
    sendBody(request, response, { ...page, tag: tags.get(pathname) ?? "" }).catch(() => response.destroy());
    return true;
  };
}
