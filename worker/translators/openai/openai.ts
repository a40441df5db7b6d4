import { DragomanError, type ErrorCode } from "../../../platform/errors.ts";
import type { Tagged } from "../../engine/document/segment.ts";
import type { Translation } from "../../engine/ports/translator.ts";
import type { EngineConfig } from "../engine_config.ts";
import { askJson, field, malformed } from "../http.ts";
import { withEndsOf } from "../markup.ts";
import type { EngineAnswer, EngineRequest, EngineTraits, TranslationEngine } from "../translation_engine.ts";
import { type Accepted, EVERYTHING, fieldsOf, lowered } from "./accepted.ts";
import { languagesOf } from "./languages.ts";
import { type Markers, markersFor } from "./markers.ts";
import { promptFor } from "./prompt.ts";
import { isRunaway, textsOf, withoutThought } from "./reply.ts";

/** A slow model on a processor needs minutes for a long batch. */
const DEADLINE_MS = 300_000;
const MAX_ANSWER_BYTES = 1 << 20;
/** Some 1,500 tokens of what Latin letters say: longer answers are less often whole. */
const LIMITS = { texts: 32, characters: 4_000 } as const;
const CONCURRENCY = 4;
/** For an answer's form, for one text's, and for each byte of it in UTF-8: tokenizers need a third of it for what they know well. */
const TOKENS = { answer: 128, text: 64, byte: 1 };
/** For thoughts that a model cannot be kept from. */
const THOUGHT_TOKENS = 8_192;

/**
 * Any server of OpenAI's chat completions (https://platform.openai.com/docs/api-reference/chat): OpenAI, vLLM, Ollama,
 * llama.cpp. `openai+https://HOST/v1?model=M`, and as an operator wishes `reasoning=` (how much it is to think, `none` if not
 * said), `languages=` (codes with commas between) and `concurrency=`.
 */
export function openai({ name, url, key }: EngineConfig): TranslationEngine {
  const model = url.searchParams.get("model") ?? "";
  const effort = url.searchParams.get("reasoning") ?? "none";
  const groups = languagesOf(url.searchParams.get("languages") ?? "");
  const server = { name, base: baseOf(url), headers: key ? { authorization: `Bearer ${key}` } : {} };
  /** As far as is known. */
  let accepted = EVERYTHING;
  let thinks = effort !== "none";

  /** Asks, and finds out meanwhile what the server takes: what it refuses for its form costs nothing, and is asked in another. */
  const ask = async (texts: readonly string[], request: EngineRequest, signal: AbortSignal): Promise<Reply> => {
    let trying: Accepted | undefined = accepted;
    const prompt = promptFor(texts, request);
    while (trying) {
      const fields = fieldsOf(trying, prompt, { tokens: tokensFor(texts) + (thinks ? THOUGHT_TOKENS : 0), effort });
      const said = await complete(server, { model, ...fields }, signal);
      if (said.kind === "answered") {
        accepted = trying;
        const isNews = said.thought && !thinks;
        thinks ||= said.thought;
        // It was given no room for its thoughts.
        if (!isNews || !said.isCut) return said;
      } else trying = lowered(trying, said.words);
    }
    throw DragomanError.of("TRANSLATOR_REFUSED", `The translation engine ${name} takes no request in any form.`);
  };

  return {
    name,
    traits: traitsOf(model, key !== "", Number(url.searchParams.get("concurrency")) || CONCURRENCY),
    async languages(signal) {
      await reachable(server, signal);
      return groups;
    },
    async translate(batch, request, signal): Promise<EngineAnswer> {
      const markers = markersFor(batch.map(({ text }) => text));
      const written = batch.map((each) => markers.write(each));
      const { content, isCut } = await ask(written, request, signal);
      const texts = isCut ? undefined : textsOf(content, batch.length);
      const billed = batch.reduce((sum, { text }) => sum + lettersOf(text), 0);
      if (texts) return { translations: batch.map((source, index) => translationOf(texts[index] ?? "", source, markers)), billed };
      // A shorter batch is more likely to come back whole; of one text nothing can be made shorter.
      if (batch.length > 1) throw DragomanError.of("REQUEST_TOO_LARGE", `The translation engine ${name} lost texts of a batch.`);
      const why = isCut
        ? "the translation engine did not come to an end"
        : "the translation engine's answer was not the one text asked for";
      return { translations: [{ kind: "failed", why }], billed };
    },
    async [Symbol.asyncDispose]() {},
  };
}

function traitsOf(model: string, billed: boolean, concurrency: number): EngineTraits {
  const follows = new Set(["formality", "tone", "domain", "context", "instructions", "glossary", "examples"] as const);
  // Who asks for no key sends no bill.
  return { unit: "paragraph", limits: LIMITS, concurrency, follows, billed, model };
}

interface Server {
  readonly name: string;
  /** Ends with a stroke. */
  readonly base: URL;
  readonly headers: Readonly<Record<string, string>>;
}

function baseOf(url: URL): URL {
  return new URL(`${url.protocol.replace(/^openai\+/, "")}//${url.host}${url.pathname.replace(/\/*$/, "/")}`);
}

/** Not every server has this call: what there is to know is that something answers, and takes the key. */
async function reachable({ name, base, headers }: Server, signal: AbortSignal): Promise<void> {
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

interface Reply {
  readonly content: string;
  /** It ended at a limit of tokens. */
  readonly isCut: boolean;
  /** Whether the model thought before it answered. */
  readonly thought: boolean;
}

type Said = ({ readonly kind: "answered" } & Reply) | { readonly kind: "refused"; readonly words: string };

/** One request. It is refused if the server does not take its form. Throws as `translate` does. */
async function complete({ name, base, headers }: Server, json: unknown, signal: AbortSignal): Promise<Said> {
  let words: string | undefined;
  let isUnwilling = false;
  const refusal = (status: number, answer: unknown): ErrorCode | undefined => {
    const said = wordsOf(answer);
    if (status === 429 && /insufficient_quota/.test(said)) return "TRANSLATOR_QUOTA_EXCEEDED";
    if (status !== 400 && status !== 422) return undefined;
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
    if (isUnwilling) return { kind: "answered", content: "", isCut: false, thought: false };
    if (words === undefined) throw error;
    return { kind: "refused", words };
  }
}

/** In the words of OpenAI, vLLM and llama.cpp. */
const TOO_LONG = /context_length_exceeded|maximum context length|exceed_context_size|context size/i;
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
  const content = field(message, "content") ?? "";
  if (message === undefined || typeof content !== "string") throw malformed(engine);
  const spent = field(field(field(answer, "usage"), "completion_tokens_details"), "reasoning_tokens");
  const aside = field(message, "reasoning_content") ?? field(message, "reasoning");
  const thought = /^\s*<think/i.test(content) || (typeof aside === "string" && aside !== "") || (typeof spent === "number" && spent > 0);
  return { content, isCut: field(choice, "finish_reason") === "length", thought };
}

/** More would be a model that does not stop. */
function tokensFor(texts: readonly string[]): number {
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return TOKENS.answer + texts.length * TOKENS.text + bytes * TOKENS.byte;
}

function translationOf(answer: string, source: Tagged, markers: Markers): Translation {
  if (isRunaway(answer, markers.write(source)))
    return { kind: "failed", why: "the translation engine gave far more than it was asked for" };
  const target = withEndsOf(source.text, markers.read(withoutThought(answer, source.text), source));
  if (target.text.trim() === "" && source.text.trim() !== "") return { kind: "failed", why: "the translation engine gave an empty text" };
  return { kind: "translated", target, unknown: [] };
}

function lettersOf(text: string): number {
  return [...text].length;
}
