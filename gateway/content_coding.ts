import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { constants, createBrotliCompress, createGzip } from "node:zlib";

/** A way to send a body (RFC 9110, 8.4.1). */
export type Coding = "br" | "gzip" | "identity";

/** What is shorter gains nothing. */
const MIN_BYTES = 1024;
/** As small as gzip's default in a tenth of the time that brotli's takes. */
const BROTLI_QUALITY = 4;
const OFFERED = ["br", "gzip"] as const;

/** How to send `sizeBytes` of text to this client; says in Vary that it depends on who asks. */
export function chooseCoding({ headers }: IncomingMessage, response: ServerResponse, sizeBytes: number | bigint): Coding {
  if (sizeBytes < MIN_BYTES) return "identity";
  response.appendHeader("vary", "accept-encoding");
  return accepted(String(headers["accept-encoding"] ?? ""));
}

/** The best that is accepted: by the client's weights, then by ours. */
export function accepted(header: string): Coding {
  const weights = new Map(
    header.split(",").map((part) => {
      const [name = "", ...parameters] = part.split(";").map((text) => text.trim().toLowerCase());
      const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
      return [name, weight === undefined ? 1 : Number(weight) || 0];
    }),
  );
  const weightOf = (coding: string) => weights.get(coding) ?? weights.get("*") ?? 0;
  const [best] = OFFERED.filter((coding) => weightOf(coding) > 0).sort((one, other) => weightOf(other) - weightOf(one));
  return best && weightOf(best) >= (weights.get("identity") ?? 0) ? best : "identity";
}

/** The bytes in that coding, as they come. */
export async function* encoded(bytes: AsyncIterable<Uint8Array>, coding: Coding): AsyncGenerator<Uint8Array> {
  if (coding === "identity") return yield* bytes;
  const encoder = coding === "gzip" ? createGzip() : createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } });
  // A failure on the way destroys the encoder, and so ends the loop below with it.
  const done = pipeline(bytes, encoder).catch(() => undefined);
  yield* encoder as AsyncIterable<Buffer>;
  await done;
}

export function encodedWhole(body: Buffer, coding: Coding): Promise<Buffer> {
  return coding === "identity" ? Promise.resolve(body) : buffer(encoded(Readable.from([body]), coding));
}
