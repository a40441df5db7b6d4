import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerResponse } from "node:http2";
import { create } from "@bufbuild/protobuf";
import { JobService, ListLanguagePairsRequestSchema } from "../gen/dragoman/v1/job_service_pb.ts";
import { parseApiKey } from "../platform/api_key.ts";
import { asDragomanError, DragomanError } from "../platform/errors.ts";
import type { Forward } from "./forward.ts";

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
export function admission(forward: Forward): Admit {
  const answers = new Map<string, { readonly until: number; readonly answer: Promise<void> }>();
  const ask = async (authorization: string) => {
    await (forward(JobService.method.listLanguagePairs, create(ListLanguagePairsRequestSchema), { authorization }) as Promise<unknown>);
  };
  return async (authorization) => {
    if (!parseApiKey(authorization)) throw DragomanError.of("UNAUTHENTICATED", "The API key is missing or not valid.");
    const known = answers.get(authorization);
    if (known && known.until > performance.now()) return known.answer;
    const answer = ask(authorization);
    answers.delete(authorization);
    answers.set(authorization, { until: performance.now() + FRESH_MS, answer });
    if (answers.size > MAX_REMEMBERED) answers.delete(answers.keys().next().value as string);
    return answer.catch((error: unknown) => {
      if (!["UNAUTHENTICATED", "PERMISSION_DENIED"].includes(asDragomanError(error).code)) answers.delete(authorization);
      throw error;
    });
  };
}

export function bodyTooSlow(): DragomanError {
  return DragomanError.of("REQUEST_TIMEOUT", `The request's body was not whole after ${BODY_MS / 1000} s.`);
}

/** Calls `refuse` if the body of `request` is not whole in time. */
export function limitBody(request: NodeJS.ReadableStream & { readonly complete: boolean }, refuse: () => void): void {
  const timer = setTimeout(() => request.complete || refuse(), BODY_MS).unref();
  for (const event of ["end", "close"]) request.once(event, () => clearTimeout(timer));
}

/** The bytes, once the caller is admitted and as long as they come in time. Throws REQUEST_TIMEOUT. */
export async function* promptly(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const late = Promise.withResolvers<never>();
  late.promise.catch(() => undefined);
  const timer = setTimeout(() => late.reject(bodyTooSlow()), BODY_MS);
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
 * What is left of a refused request is not read: its connection ends with the answer, or over HTTP/2 its stream. One
 * that may be small is on its way already; ended at once, the connection would be reset, and the answer lost with it.
 */
export function endUnread(request: IncomingMessage, response: ServerResponse): void {
  if (request.complete || response.headersSent) return;
  if (request.httpVersionMajor === 1 && Number(request.headers["content-length"] ?? 0) <= SMALL_BYTES)
    setTimeout(() => request.complete || request.socket.destroy(), LINGER_MS).unref();
  else if (request.httpVersionMajor === 1) response.setHeader("connection", "close");
  else response.once("finish", () => (response as unknown as Http2ServerResponse).stream.close());
}
