import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerResponse } from "node:http2";
import { create } from "@bufbuild/protobuf";
import { JobService, ListLanguagePairsRequestSchema } from "../gen/dragoman/v1/job_service_pb.ts";
import { GetCallerRequestSchema, KeyService } from "../gen/dragoman/v1/key_service_pb.ts";
import { parseApiKey } from "../platform/api_key.ts";
import { FreshMap } from "../platform/async/fresh_map.ts";
import { asDragomanError, DragomanError } from "../platform/errors.ts";
import { parseJobToken } from "../platform/job_token.ts";
import type { CallProxy } from "./proxy.ts";

/** Less than the second after which a key that was taken back is refused. */
const FRESH_MS = 900;
const MAX_REMEMBERED = 1_000;
/** The body of a call, which is at most 1 MiB, is whole after so long. */
const BODY_MS = 10_000;
const SMALL_BYTES = 64 * 1024;
const LINGER_MS = 2_000;

/** Whether a caller's body is read at all. Throws UNAUTHENTICATED, PERMISSION_DENIED, or why nobody could tell. */
export type Admit = (authorization: string) => Promise<void>;

/**
 * Looks at keys before bodies: at their form, and then at what the orchestrator says of them. Its answer is remembered
 * for less than a second; every call is authenticated there all the same.
 */
export function admission(proxy: CallProxy): Admit {
  const ask = async (authorization: string) => {
    try {
      await proxy(KeyService.method.getCaller, create(GetCallerRequestSchema), { authorization });
    } catch (error) {
      if (asDragomanError(error).code !== "ROUTE_NOT_FOUND") throw error;
      // An orchestrator of an older version has no such call; keys that may not read come in once it is replaced.
      await proxy(JobService.method.listLanguagePairs, create(ListLanguagePairsRequestSchema), { authorization });
    }
  };
  const keeps = (error: unknown) => ["UNAUTHENTICATED", "PERMISSION_DENIED"].includes(asDragomanError(error).code);
  const answers = new FreshMap(ask, { freshMs: FRESH_MS, most: MAX_REMEMBERED, keeps });
  return async (authorization) => {
    if (!parseApiKey(authorization) && !parseJobToken(authorization))
      throw DragomanError.of("UNAUTHENTICATED", "The API key is missing or not valid.");
    return answers.get(authorization);
  };
}

/** The bytes, as long as they come in time. Throws REQUEST_TIMEOUT. */
export async function* promptly(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const late = Promise.withResolvers<never>();
  late.promise.catch(() => undefined);
  const timer = setTimeout(() => {
    late.reject(DragomanError.of("REQUEST_TIMEOUT", `The request's body was not whole after ${BODY_MS / 1000} s.`));
  }, BODY_MS);
  // What is left is not read, and the stream not ended, so that an answer still gets out.
  const source = bytes[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await Promise.race([source.next(), late.promise]);
      if (done) return;
      yield value;
    }
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Once a request is answered, the rest of its body is awaited for two seconds more: then its connection ends, or over
 * HTTP/2 its stream. Ended at once it would be reset, and the answer lost with it.
 */
export function boundRest(request: IncomingMessage, response: ServerResponse): void {
  // Asked for now, because whoever stops reading a request in its middle takes its socket from it.
  const { socket } = request;
  const { stream } = response as unknown as Partial<Http2ServerResponse>;
  (stream ?? response).once("finish", () => {
    if (request.complete) return;
    setTimeout(() => {
      if (request.complete) return;
      if (stream) stream.close();
      else socket.destroy();
    }, LINGER_MS).unref();
  });
}

/** A refused request that is large is not awaited even so long: its connection ends with the answer. */
export function refuseRest(request: IncomingMessage, response: ServerResponse): void {
  const isLarge = Number(request.headers["content-length"] ?? 0) > SMALL_BYTES;
  if (isLarge && request.httpVersionMajor === 1 && !request.complete && !response.headersSent) response.setHeader("connection", "close");
}
