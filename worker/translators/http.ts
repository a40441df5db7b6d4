import { DragomanError, type ErrorCode } from "../../platform/errors.ts";
import { UsageError } from "../../platform/usage_error.ts";
import type { EngineConfig } from "./engine_config.ts";

const DEADLINE_MS = 60_000;
/** Many times what the largest batch of any engine comes to. */
const MAX_ANSWER_BYTES = 4 << 20;
/** Of an answer that refuses: enough for a code. */
const MAX_REFUSAL_BYTES = 64 << 10;
const MAX_RETRY_AFTER_MS = 24 * 3_600_000;

/** One call of a translation engine's server. */
export interface Call {
  /** As the deployment calls the engine: all that errors say of it. */
  readonly engine: string;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** What is sent, one of them; GET without either. */
  readonly json?: unknown;
  readonly form?: URLSearchParams;
  /** POST with what is sent, else GET. */
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  /** Until the answer is read whole. */
  readonly deadlineMs?: number;
  readonly maxAnswerBytes?: number;
  /** What a status above 399 means where this server has rules of its own; `answer` is its JSON, if it was any. */
  readonly refusal?: (status: number, answer: unknown) => ErrorCode | undefined;
}

/**
 * The JSON that a server answers, undefined for no content. One request: nothing is tried again, no redirection followed, for
 * it would take the key along. Throws DragomanError: TRANSLATOR_UNAVAILABLE (no answer, none that is JSON, 408, 429, 5xx),
 * TRANSLATOR_QUOTA_EXCEEDED (402, 456), TRANSLATOR_REFUSED (other 4xx), REQUEST_TOO_LARGE (413, 414); or `signal`'s reason.
 * No message holds anything that was sent or answered but the status.
 */
export async function askJson(call: Call, signal: AbortSignal): Promise<unknown> {
  signal.throwIfAborted();
  const deadlineMs = call.deadlineMs ?? DEADLINE_MS;
  const deadline = AbortSignal.timeout(deadlineMs);
  try {
    const response = await fetch(call.url, { ...requestOf(call), redirect: "manual", signal: AbortSignal.any([signal, deadline]) });
    if (!response.ok) throw await refused(call, response);
    const text = await textOf(response, call.maxAnswerBytes ?? MAX_ANSWER_BYTES);
    if (text === undefined) throw unavailable(call, "answered with more than it was asked for");
    if (text === "") return undefined;
    const answer = parsed(text);
    if (answer === undefined) throw unavailable(call, "answered with something that is not JSON");
    return answer;
  } catch (thrown) {
    if (signal.aborted) throw signal.reason;
    if (thrown instanceof DragomanError) throw thrown;
    if (deadline.aborted) throw unavailable(call, `did not answer within ${deadlineMs / 1000} s`);
    throw unavailable(call, `cannot be reached${reasonOf(thrown)}`);
  }
}

/** Calls one server: `path` of it, with what `more` says. */
export type Ask = (path: string, more: Partial<Call>, signal: AbortSignal) => Promise<unknown>;

/** Where an engine's server is: `deepl+http://HOST/path` says it itself, ending with a stroke, and `deepl:` means `usual`. Throws UsageError. */
export function serverOf({ name, url }: EngineConfig, usual: string): URL {
  const [, protocol] = url.protocol.split("+");
  if (protocol === undefined) return new URL(usual);
  const server = url.host === "" ? null : URL.parse(`${protocol}//${url.host}${url.pathname.replace(/\/*$/, "/")}`);
  if (server && /^https?:$/.test(protocol)) return server;
  throw new UsageError(`The address of the translation engine ${name} is no address of a server over HTTP.`);
}

/** A property of an answer, whatever that is. */
export function field(answer: unknown, name: string): unknown {
  return typeof answer === "object" && answer !== null && Object.hasOwn(answer, name)
    ? (answer as Record<string, unknown>)[name]
    : undefined;
}

/** The cause of a refusal that is of what was sent (400, 422), not of who sent it: the next request may be a good one. */
export class RequestRefused extends Error {
  constructor() {
    super("the request is refused");
  }
}

/** The cause of an error where an engine answered, and bills it, but nothing can be made of its answer. */
export class UselessAnswer extends Error {
  /** Characters. */
  readonly billed: number;

  constructor(billed: number) {
    super("the answer is of no use");
    this.billed = billed;
  }
}

/** An answer of another form than its engine's contract has; `billed` all the same. */
export function malformed(engine: string, billed = 0): DragomanError {
  return DragomanError.of("TRANSLATOR_UNAVAILABLE", `The translation engine ${engine} answered with something that is not a translation.`, {
    cause: new UselessAnswer(billed),
  });
}

function requestOf({ method, headers, json, form }: Call): RequestInit {
  const accept = { accept: "application/json", ...headers };
  if (form) return { method: method ?? "POST", headers: accept, body: form };
  if (json === undefined) return { method: method ?? "GET", headers: accept };
  return { method: method ?? "POST", headers: { "content-type": "application/json", ...accept }, body: JSON.stringify(json) };
}

async function refused(call: Call, response: Response): Promise<DragomanError> {
  const { status } = response;
  const text = await textOf(response, MAX_REFUSAL_BYTES);
  const code = call.refusal?.(status, parsed(text ?? "")) ?? codeOf(status);
  const retryAfterMs = code === "TRANSLATOR_UNAVAILABLE" ? retryAfterOf(response.headers) : undefined;
  return DragomanError.of(code, `The translation engine ${call.engine} answered with status ${status}.`, {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(code === "TRANSLATOR_REFUSED" && (status === 400 || status === 422) && { cause: new RequestRefused() }),
  });
}

function codeOf(status: number): ErrorCode {
  if (status === 402 || status === 456) return "TRANSLATOR_QUOTA_EXCEEDED";
  if (status === 413 || status === 414) return "REQUEST_TOO_LARGE";
  if (status === 408 || status === 429 || status >= 500) return "TRANSLATOR_UNAVAILABLE";
  return "TRANSLATOR_REFUSED";
}

/** Seconds or a date, as HTTP has it (RFC 9110, 10.2.3), or milliseconds, as OpenAI and Azure say beside it. */
function retryAfterOf(headers: Headers): number | undefined {
  const precise = headers.get("retry-after-ms") ?? headers.get("x-ms-retry-after-ms");
  const plain = headers.get("retry-after");
  const given = precise ?? plain;
  if (given === null) return undefined;
  const milliseconds = /^\s*\d+(?:\.\d+)?\s*$/.test(given) ? Number(given) * (precise === null ? 1000 : 1) : Date.parse(given) - Date.now();
  return Number.isNaN(milliseconds) ? undefined : Math.round(Math.min(Math.max(0, milliseconds), MAX_RETRY_AFTER_MS));
}

/** What was answered; undefined if it is more than `maxBytes`. */
async function textOf(response: Response, maxBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop ends the connection.
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unavailable({ engine }: Call, what: string): DragomanError {
  return DragomanError.of("TRANSLATOR_UNAVAILABLE", `The translation engine ${engine} ${what}.`);
}

/** The system's word for what happened (ECONNREFUSED, CERT_HAS_EXPIRED); its message may hold the address. */
function reasonOf(thrown: unknown): string {
  const code = field(field(thrown, "cause"), "code");
  return typeof code === "string" && /^[A-Z][A-Z0-9_]{2,60}$/.test(code) ? ` (${code})` : "";
}
