import type { IncomingMessage, ServerResponse } from "node:http";
import type { CallOptions } from "../../platform/grpc/client.ts";
import type { Logger } from "../../platform/log.ts";
import type { Admit } from "../admission.ts";
import type { UploadParts } from "../uploads.ts";
import type { TextsParts } from "./texts.ts";

/** What APIs of other services are answered with. */
export interface CompatibleParts extends UploadParts {
  readonly admit: Admit;
  readonly log: Logger;
  /** Whether it is reached by TLS. */
  readonly secure: boolean;
}

/** One request to an API of another service. */
export interface Asked {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Without `prefix`, behind which the API is served. */
  readonly pathname: string;
  readonly prefix: string;
  readonly query: URLSearchParams;
  /** Of the request itself, with the client's own header. */
  readonly options: CallOptions;
  readonly parts: CompatibleParts & TextsParts;
  /** Aborts when the client goes away. */
  readonly gone: AbortSignal;
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { "content-type": "application/json", "content-length": bytes.length, "cache-control": "no-store" });
  response.end(response.req.method === "HEAD" ? undefined : bytes);
}
