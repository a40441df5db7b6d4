import type { IncomingMessage, ServerResponse } from "node:http";
import { chooseCoding, encodedWhole } from "./content_coding.ts";
import { etagOf, isKnown } from "./etags.ts";

interface Body {
  readonly type: string;
  readonly bytes: Buffer;
  /** What tells it from others at its address, for conditional requests; empty for none. */
  readonly tag: string;
}

/** 200 with the text, coded as the client likes it; 304 where it has it; no body for HEAD. */
export async function sendBody(request: IncomingMessage, response: ServerResponse, { type, bytes, tag }: Body): Promise<void> {
  const coding = chooseCoding(request, response, bytes.length);
  if (tag) response.setHeader("etag", etagOf(tag, coding));
  if (tag && isKnown(request.headers["if-none-match"], tag)) return void response.writeHead(304).end();
  const sent = await encodedWhole(bytes, coding);
  response.writeHead(200, {
    "content-type": type,
    "content-length": sent.length,
    ...(coding !== "identity" && { "content-encoding": coding }),
  });
  response.end(request.method === "HEAD" ? undefined : sent);
}
