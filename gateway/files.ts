import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { create } from "@bufbuild/protobuf";
import type { Artefact } from "../gen/dragoman/v1/job_pb.ts";
import { type GetResultRequest, GetResultRequestSchema, type ResultChunk } from "../gen/dragoman/v1/job_service_pb.ts";
import { DragomanError } from "../platform/errors.ts";

/** A reader that takes nothing for so long is dropped. */
const SLOW_MS = 60_000;
/** One range (RFC 9110, 14.1.2): several in one request are answered with the whole file, as the RFC permits. */
const RANGE = /^bytes=(\d*)-(\d*)$/;

type GetResult = (request: GetResultRequest) => AsyncIterable<ResultChunk>;

/** One file of a result: whole, or a range of it, or 304 where the client has it already. */
export async function answerFile(
  asked: GetResultRequest,
  { headers }: IncomingMessage,
  response: ServerResponse,
  get: GetResult,
): Promise<void> {
  const range = await rangeOf(asked, headers, get);
  const request = range ? create(GetResultRequestSchema, { ...asked, ...range }) : asked;
  for await (const { artefact, data, url } of get(request)) {
    if (url) return void response.writeHead(307, { location: url, "cache-control": "no-store" }).end();
    if (artefact) {
      if (artefact.sha256 && headers["if-none-match"] === etagOf(artefact))
        return void response.writeHead(304, { etag: etagOf(artefact) }).end();
      writeHead(response, artefact, range);
    }
    await write(response, data);
  }
  response.end();
}

/** Writes, and waits where the client reads slowly. */
export async function write(response: ServerResponse, data: Uint8Array | string): Promise<void> {
  if (!response.write(data)) await once(response, "drain", { signal: AbortSignal.timeout(SLOW_MS) });
}

function writeHead(response: ServerResponse, artefact: Artefact, range: Range | undefined): void {
  // A bundle is made as it is sent: nothing more is known of it.
  const about = artefact.sha256 ? aboutFile(artefact, range) : {};
  response.writeHead(range ? 206 : 200, {
    "content-type": artefact.mediaType,
    "content-disposition": `attachment; filename="${artefact.fileName}"`,
    ...about,
  });
}

function aboutFile(artefact: Artefact, range: Range | undefined): Record<string, string> {
  const size = artefact.sizeBytes;
  const end = range ? (range.length > 0n && range.offset + range.length < size ? range.offset + range.length : size) : size;
  const offset = range?.offset ?? 0n;
  return {
    "content-length": String(end - offset),
    "accept-ranges": "bytes",
    etag: etagOf(artefact),
    // Of the whole file, whatever part of it is sent.
    "repr-digest": `sha-256=:${Buffer.from(artefact.sha256, "hex").toString("base64")}:`,
    ...(range && { "content-range": `bytes ${offset}-${end - 1n}/${size}` }),
  };
}

interface Range {
  readonly offset: bigint;
  /** 0 for all that follow. */
  readonly length: bigint;
}

/** Undefined for the whole file. Throws RANGE_NOT_SATISFIABLE. */
async function rangeOf(asked: GetResultRequest, headers: IncomingMessage["headers"], get: GetResult): Promise<Range | undefined> {
  const [, first = "", last = ""] = RANGE.exec(headers.range ?? "") ?? [];
  if (!first && !last) return undefined;
  const artefact = await look(asked, get);
  // A client that has another version of the file is given this one whole.
  if (!artefact?.sha256 || (headers["if-range"] && headers["if-range"] !== etagOf(artefact))) return undefined;
  const size = artefact.sizeBytes;
  const offset = first ? BigInt(first) : size > BigInt(last) ? size - BigInt(last) : 0n;
  const length = first && last ? BigInt(last) - offset + 1n : 0n;
  if (offset < size && length >= 0n && !(first && last && length === 0n) && !(!first && last === "0")) return { offset, length };
  throw DragomanError.of("RANGE_NOT_SATISFIABLE", `The file has ${size} bytes.`);
}

async function look(asked: GetResultRequest, get: GetResult): Promise<Artefact | undefined> {
  for await (const { artefact } of get(create(GetResultRequestSchema, { ...asked, offset: 0n, length: 1n }))) return artefact;
  return undefined;
}

function etagOf({ sha256 }: Artefact): string {
  return `"${sha256}"`;
}
