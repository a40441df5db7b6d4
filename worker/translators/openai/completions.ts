import type { ErrorCode } from "../../../platform/errors.ts";
import { askJson, field, malformed } from "../http.ts";

/** A slow model on a processor needs minutes for a long batch. */
const DEADLINE_MS = 300_000;
const MAX_ANSWER_BYTES = 1 << 20;

/** A server of chat completions. */
export interface Server {
  /** As the deployment calls the engine. */
  readonly name: string;
  /** Ends with a stroke. */
  readonly base: URL;
  readonly headers: Readonly<Record<string, string>>;
}

/** Not every server has this call: what there is to know is that something answers, and takes the key. */
export async function reachable({ name, base, headers }: Server, signal: AbortSignal): Promise<void> {
  let isThere = false;
  const refusal = (status: number) => {
    isThere = status === 404 || status === 405 || status === 501;
    return undefined;
  };
  try {
    await askJson({ engine: name, url: new URL("models", base), headers, refusal }, signal);
  } catch (error) {
    if (!isThere || signal.aborted) throw error;
  }
}

/** What a model answered. */
export interface Reply {
  readonly content: string;
  /** It ended at a limit of tokens. */
  readonly isCut: boolean;
  /** Whether the model thought before it answered. */
  readonly thought: boolean;
}

/** Of a server that does not take what was said. */
export const NOTHING_SAID: Reply = { content: "", isCut: false, thought: false };

type Said = ({ readonly kind: "answered" } & Reply) | { readonly kind: "refused"; readonly words: string };

/** One request. It is refused if the server does not take its form. Throws as `translate` does. */
export async function complete({ name, base, headers }: Server, json: unknown, signal: AbortSignal): Promise<Said> {
  let words: string | undefined;
  let isUnwilling = false;
  const refusal = (status: number, answer: unknown): ErrorCode | undefined => {
    const said = wordsOf(answer);
    if (status === 429 && /insufficient_quota/.test(said)) return "TRANSLATOR_QUOTA_EXCEEDED";
    if (status !== 400 && status !== 422 && !(status === 500 && OF_FORM.test(said))) return undefined;
    if (TOO_LONG.test(said)) return "REQUEST_TOO_LARGE";
    if (UNWILLING.test(said)) isUnwilling = true;
    else words = said;
    return undefined;
  };
  try {
    const url = new URL("chat/completions", base);
    const answer = await askJson(
      { engine: name, url, headers, json, refusal, deadlineMs: DEADLINE_MS, maxAnswerBytes: MAX_ANSWER_BYTES },
      signal,
    );
    return { kind: "answered", ...replyOf(answer, name) };
  } catch (error) {
    if (signal.aborted) throw error;
    if (isUnwilling) return { kind: "answered", ...NOTHING_SAID };
    if (words === undefined) throw error;
    return { kind: "refused", words };
  }
}

/** In the words of OpenAI, vLLM and llama.cpp. */
const TOO_LONG = /context_length_exceeded|maximum context length|exceed_context_size|context size/i;
/** What some fail at instead of refusing it: llama.cpp makes a grammar of a schema. */
const OF_FORM = /grammar|json_schema|response_format/i;
/** Some servers judge what is said. */
const UNWILLING = /content_filter|content_policy|content management policy/i;

/** What a refusal says of itself, in the forms that servers have for it. It is looked at, and goes nowhere: it may quote the request. */
function wordsOf(answer: unknown): string {
  const error = field(answer, "error") ?? answer;
  if (typeof error === "string") return error;
  return ["code", "type", "param", "message", "detail"]
    .map((name) => field(error, name))
    .map((part) => (typeof part === "string" ? part : JSON.stringify(part ?? "")))
    .join(" ");
}

function replyOf(answer: unknown, engine: string): Reply {
  const choices = field(answer, "choices");
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  const message = field(choice, "message");
  const content = contentOf(field(message, "content") ?? "");
  if (message === undefined || content === undefined) throw malformed(engine);
  const spent = field(field(field(answer, "usage"), "completion_tokens_details"), "reasoning_tokens");
  const aside = field(message, "reasoning_content") ?? field(message, "reasoning");
  const thought = /^\s*<think/i.test(content) || (typeof aside === "string" && aside !== "") || (typeof spent === "number" && spent > 0);
  return { content, isCut: field(choice, "finish_reason") === "length", thought };
}

/** A text, or parts of it, with thoughts between them in some. */
function contentOf(content: unknown): string | undefined {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return undefined;
  return content.map((part) => (field(part, "type") === "text" ? textOf(field(part, "text")) : "")).join("");
}

function textOf(part: unknown): string {
  return typeof part === "string" ? part : "";
}
