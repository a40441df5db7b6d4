import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { create } from "@bufbuild/protobuf";
import { type Artefact, ResultFormat } from "../gen/dragoman/v1/job_pb.ts";
import { type GetResultRequest, GetResultRequestSchema, type ResultChunk } from "../gen/dragoman/v1/job_service_pb.ts";
import { DragomanError } from "../platform/errors.ts";
import { etagOf, isKnown } from "./etags.ts";
import { type Range, rangeOf, within } from "./ranges.ts";

/** A reader that takes nothing for so long is dropped. */
const SLOW_MS = 60_000;

type GetResult = (request: GetResultRequest) => AsyncIterable<ResultChunk>;

/**
 * One file of a result: whole, or a range of it, or 304 where the client has it already. `offset` and `length` mean what
 * the header Range means, and go before it. Throws RANGE_NOT_SATISFIABLE, having told the file's size.
 */
export async function answerFile(
  asked: GetResultRequest,
  request: IncomingMessage,
  response: ServerResponse,
  get: GetResult,
): Promise<void> {
  const isHead = request.method === "HEAD";
  const byFields = asked.offset !== 0n || asked.length !== 0n;
  // What is asked of a file by its size needs the size first.
  const first =
    isHead || byFields || request.headers.range !== undefined
      ? await look(byFields ? { ...asked, preferUrl: false } : asked, get)
      : undefined;
  if (first?.url) return redirect(response, first.url);
  const range = first?.artefact && !isHead ? partOf(first.artefact, asked, request) : undefined;
  if (first?.artefact && (isHead || isKnown(request.headers["if-none-match"], first.artefact.sha256))) {
    begin(first.artefact, request, response);
    return void response.end();
  }
  if (range === "none") {
    response.setHeader("content-range", `bytes */${first?.artefact?.sizeBytes}`);
    throw DragomanError.of("RANGE_NOT_SATISFIABLE", `The file has ${first?.artefact?.sizeBytes} bytes.`);
  }
  for await (const { artefact, data, url } of get(range ? create(GetResultRequestSchema, { ...asked, ...range }) : asked)) {
    if (url) return redirect(response, url);
    if (artefact && !begin(artefact, request, response, range)) break;
    await write(response, data);
  }
  response.end();
}

/** Writes, and waits where the client reads slowly. */
export async function write(response: ServerResponse, data: Uint8Array | string): Promise<void> {
  if (!response.write(data)) await once(response, "drain", { signal: AbortSignal.timeout(SLOW_MS) });
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(307, { location, "cache-control": "no-store" }).end();
}

/** Sends the headers; false where no body follows, because the client has it. */
function begin(artefact: Artefact, { headers }: IncomingMessage, response: ServerResponse, range?: Range): boolean {
  if (artefact.sha256 && isKnown(headers["if-none-match"], artefact.sha256)) {
    response.writeHead(304, { etag: etagOf(artefact.sha256) });
    return false;
  }
  // A file that ends before its length breaks the connection: the next answer would be read as the rest of this one.
  response.strictContentLength = true;
  response.writeHead(range ? 206 : 200, {
    "content-type": artefact.mediaType,
    "content-disposition": disposition(artefact.fileName),
    // A bundle is made as it is sent: nothing more is known of it.
    ...(artefact.sha256 && aboutFile(artefact, range)),
  });
  return true;
}

/** RFC 6266: the name in UTF-8, and one in ASCII for those that do not read that. */
function disposition(fileName: string): string {
  const ascii = fileName.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  if (ascii === fileName) return `attachment; filename="${ascii}"`;
  const encoded = encodeURIComponent(fileName).replace(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

function aboutFile({ sha256, sizeBytes }: Artefact, range: Range | undefined): Record<string, string> {
  return {
    "content-length": String(range?.length ?? sizeBytes),
    "accept-ranges": "bytes",
    etag: etagOf(sha256),
    // Of the whole file, whatever part of it is sent.
    "repr-digest": `sha-256=:${Buffer.from(sha256, "hex").toString("base64")}:`,
    ...(range && { "content-range": `bytes ${range.offset}-${range.offset + range.length - 1n}/${sizeBytes}` }),
  };
}

function partOf(artefact: Artefact, { offset, length }: GetResultRequest, { headers }: IncomingMessage): Range | "none" | undefined {
  // Of a bundle no size is known, what is negative the orchestrator refuses, and an empty file has no parts.
  if (!artefact.sha256 || offset < 0n || length < 0n || (artefact.sizeBytes === 0n && offset === 0n)) return undefined;
  if (offset !== 0n || length !== 0n) return within(offset, length || artefact.sizeBytes, artefact.sizeBytes);
  // A client that has another version of the file is given this one whole.
  const other = headers["if-range"] !== undefined && headers["if-range"] !== etagOf(artefact.sha256);
  return other ? undefined : rangeOf(headers.range ?? "", artefact.sizeBytes);
}

/** What the file is, or where: the first of its answer. */
async function look(asked: GetResultRequest, get: GetResult): Promise<ResultChunk | undefined> {
  const length = asked.format === ResultFormat.BUNDLE || asked.preferUrl ? 0n : 1n;
  for await (const chunk of get(create(GetResultRequestSchema, { ...asked, offset: 0n, length }))) return chunk;
  return undefined;
}
