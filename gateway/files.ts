import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { create } from "@bufbuild/protobuf";
import { type Artefact, ResultFormat } from "../gen/dragoman/v1/job_pb.ts";
import { type GetResultRequest, GetResultRequestSchema, type ResultChunk } from "../gen/dragoman/v1/job_service_pb.ts";
import { SLOW_MS } from "../platform/connections.ts";
import { disposition } from "../platform/disposition.ts";
import { DragomanError } from "../platform/errors.ts";
import { type Coding, chooseCoding, encoded } from "./content_coding.ts";
import { etagOf, isKnown } from "./etags.ts";
import { type Range, rangeOf, within } from "./ranges.ts";

/** What compression makes smaller: the others are compressed already. */
const TEXT = /^(text\/|application\/json)/;

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
  if (isHead || byFields || request.headers.range !== undefined) {
    const first = await look(byFields ? { ...asked, preferUrl: false } : asked, get);
    if (first?.url) return redirect(response, first.url);
    if (first?.artefact && (isHead || has(request, first.artefact))) {
      if (begin(first.artefact, request, response)) response.end();
      return;
    }
    const range = first?.artefact && partOf(first.artefact, asked, request);
    if (first?.artefact && range === "none") throw beyond(first.artefact, response);
    if (first?.artefact && range && range !== "none")
      return sendPart(first.artefact, range, response, get(create(GetResultRequestSchema, { ...asked, ...range })));
  }
  await sendWhole(request, response, get(asked));
}

async function sendPart(artefact: Artefact, range: Range, response: ServerResponse, chunks: AsyncIterable<ResultChunk>): Promise<void> {
  response.strictContentLength = true;
  response.writeHead(206, {
    ...aboutFile(artefact),
    "content-length": String(range.length),
    "content-range": `bytes ${range.offset}-${range.offset + range.length - 1n}/${artefact.sizeBytes}`,
  });
  for await (const { data } of chunks) await write(response, data);
  response.end();
}

async function sendWhole(request: IncomingMessage, response: ServerResponse, chunks: AsyncIterable<ResultChunk>): Promise<void> {
  const source = chunks[Symbol.asyncIterator]();
  try {
    const first = (await source.next()).value as ResultChunk | undefined;
    if (first?.url) return redirect(response, first.url);
    if (!first?.artefact) throw new Error("a result without a file");
    const coding = begin(first.artefact, request, response);
    if (!coding) return;
    const bytes = async function* () {
      yield first.data;
      for await (const { data } of { [Symbol.asyncIterator]: () => source }) yield data;
    };
    // The last bytes end the answer: its reader goes with them, and nothing else that comes of the file is for it.
    let left = coding === "identity" && first.artefact.sha256 ? first.artefact.sizeBytes : -1n;
    for await (const piece of encoded(bytes(), coding)) {
      left -= BigInt(piece.length);
      if (left === 0n) return void response.end(piece);
      await write(response, piece);
    }
    response.end();
  } finally {
    await source.return?.();
  }
}

/** Writes, and waits where the client reads slowly. Throws DEADLINE_EXCEEDED for one that takes nothing for too long, or is gone. */
export async function write(response: ServerResponse, data: Uint8Array | string): Promise<void> {
  if (response.write(data)) return;
  const over = new AbortController();
  const stop = () => over.abort();
  const timer = setTimeout(stop, SLOW_MS);
  response.once("close", stop);
  try {
    if (response.destroyed) stop();
    await once(response, "drain", { signal: over.signal });
  } catch (cause) {
    throw DragomanError.of("DEADLINE_EXCEEDED", `The client took nothing for ${SLOW_MS / 1000} s, or is gone.`, { cause });
  } finally {
    clearTimeout(timer);
    response.off("close", stop);
  }
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(307, { location, "cache-control": "no-store" }).end();
}

/** Sends the headers of the whole file, and tells how its body goes; undefined where none follows, because the client has it. */
function begin(artefact: Artefact, request: IncomingMessage, response: ServerResponse): Coding | undefined {
  const coding = TEXT.test(artefact.mediaType) && artefact.sha256 ? chooseCoding(request, response, artefact.sizeBytes) : "identity";
  if (has(request, artefact)) {
    response.writeHead(304, { etag: etagOf(artefact.sha256, coding) }).end();
    return undefined;
  }
  // A file that ends before its length breaks the connection: the next answer would be read as the rest of this one.
  response.strictContentLength = request.method !== "HEAD";
  const { "repr-digest": digest, ...about } = aboutFile(artefact);
  // Of the bytes as they are coded (RFC 9530, 3), the digest is not known before they were sent.
  const coded = { "content-encoding": coding, etag: etagOf(artefact.sha256, coding) };
  const plain = { ...(digest && { "repr-digest": digest }), ...(artefact.sha256 && { "content-length": String(artefact.sizeBytes) }) };
  response.writeHead(200, { ...about, ...(coding === "identity" ? plain : coded) });
  return coding;
}

function has({ headers }: IncomingMessage, { sha256 }: Artefact): boolean {
  return sha256 !== "" && isKnown(headers["if-none-match"], sha256);
}

function beyond({ sizeBytes }: Artefact, response: ServerResponse): DragomanError {
  response.setHeader("content-range", `bytes */${sizeBytes}`);
  return DragomanError.of("RANGE_NOT_SATISFIABLE", `The file has ${sizeBytes} bytes.`);
}

function aboutFile({ sha256, mediaType, fileName }: Artefact): Record<string, string> {
  return {
    "content-type": mediaType,
    "content-disposition": disposition(fileName),
    // A bundle is made as it is sent: nothing more is known of it.
    ...(sha256 && {
      "accept-ranges": "bytes",
      etag: etagOf(sha256),
      // Of the whole file, whatever part of it is sent.
      "repr-digest": `sha-256=:${Buffer.from(sha256, "hex").toString("base64")}:`,
    }),
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
