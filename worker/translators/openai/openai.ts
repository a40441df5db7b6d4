import { DragomanError } from "../../../platform/errors.ts";
import { UsageError } from "../../../platform/usage_error.ts";
import { charactersIn } from "../../engine/document/characters.ts";
import type { Tagged } from "../../engine/document/segment.ts";
import type { Translation } from "../../engine/ports/translator.ts";
import { configured } from "../configured.ts";
import type { EngineConfig } from "../engine_config.ts";
import { serverOf, UselessAnswer } from "../http.ts";
import { withEndsOf } from "../markup.ts";
import type { EngineAnswer, EngineRequest, TranslationEngine } from "../translation_engine.ts";
import { type Accepted, EVERYTHING, fieldsOf, lowered } from "./accepted.ts";
import { complete, NOTHING_SAID, type Reply, reachable } from "./completions.ts";
import { languagesOf } from "./languages.ts";
import { type Markers, markersFor } from "./markers.ts";
import { promptFor } from "./prompt.ts";
import { isRunaway, textsOf, withoutThought } from "./reply.ts";

/** Some 1,500 tokens of what Latin letters say: longer answers are less often whole. */
const TRAITS = {
  unit: "paragraph",
  limits: { texts: 32, characters: 4_000 },
  concurrency: 4,
  follows: new Set(["formality", "tone", "domain", "context", "instructions", "glossary", "examples"] as const),
} as const;
/** For an answer's form, for one text's, and for each byte of it in UTF-8: tokenizers need a third of it for what they know well. */
const TOKENS = { answer: 128, text: 64, byte: 1 };
/** For thoughts that a model cannot be kept from. */
const THOUGHT_TOKENS = 8_192;

/**
 * Any server of OpenAI's chat completions (https://platform.openai.com/docs/api-reference/chat): OpenAI, vLLM, Ollama,
 * llama.cpp. `openai:?model=M`, or `openai+https://HOST/v1?model=M`; and as an operator wishes `reasoning=` (how much it is to think, `none` if not
 * said) and `languages=` (codes with commas between). Throws UsageError for an address without a model.
 */
export function openai(config: EngineConfig): TranslationEngine {
  const { name, url, key } = config;
  const model = url.searchParams.get("model");
  if (!model)
    throw new UsageError(
      `The translation engine ${name} needs to know its model: openai:?model=NAME, or openai+https://HOST/v1?model=NAME.`,
    );
  const effort = url.searchParams.get("reasoning") ?? "none";
  const groups = languagesOf(url.searchParams.get("languages") ?? "");
  const server = { name, base: serverOf(config, "https://api.openai.com/v1/"), headers: key ? { authorization: `Bearer ${key}` } : {} };
  let accepted = EVERYTHING;
  /** Whether it has taken a request in that form. */
  let isKnown = false;
  let thinks = effort !== "none";

  /** Asks, and finds out meanwhile what the server takes: what it refuses for its form costs nothing, and is asked in another. */
  const ask = async (texts: readonly string[], request: EngineRequest, signal: AbortSignal): Promise<Reply> => {
    let trying: Accepted | undefined = accepted;
    const isTaken = isKnown;
    const prompt = promptFor(texts, request);
    while (trying) {
      const fields = fieldsOf(trying, prompt, { tokens: tokensFor(texts) + (thinks ? THOUGHT_TOKENS : 0), effort });
      const said = await complete(server, { model, ...fields }, signal);
      if (said.kind === "answered") {
        if (said.content !== "") [accepted, isKnown] = [trying, true];
        const isNews = said.thought && !thinks;
        thinks ||= said.thought;
        // It was given no room for its thoughts.
        if (!isNews || !said.isCut) return said;
      } else trying = lowered(trying, said.words, isTaken);
    }
    // Who took others does not take these texts.
    if (isKnown) return NOTHING_SAID;
    throw DragomanError.of("TRANSLATOR_REFUSED", `The translation engine ${name} takes no request in any form.`);
  };

  return {
    name,
    // Who asks for no key sends no bill.
    traits: configured({ ...TRAITS, billed: key !== "", model }, config),
    billable: (batch) => charactersIn(writtenOf(batch).written),
    async languages(signal) {
      await reachable(server, signal);
      return groups;
    },
    async translate(batch, request, signal): Promise<EngineAnswer> {
      const { markers, written } = writtenOf(batch);
      const { content, isCut } = await ask(written, request, signal).catch((error: unknown) => {
        // What stands about a text grows no shorter with the batch.
        if (batch.length > 1 || !(error instanceof DragomanError) || error.code !== "REQUEST_TOO_LARGE") throw error;
        return ask(written, { ...request, before: [], examples: [] }, signal);
      });
      const texts = isCut ? undefined : textsOf(content, batch.length);
      const billed = key ? charactersIn(written) : 0;
      if (texts) return { translations: batch.map((source, index) => translationOf(texts[index] ?? "", source, markers)), billed };
      // A shorter batch is more likely to come back whole; of one text nothing can be made shorter.
      if (batch.length > 1) {
        const cause = new UselessAnswer(billed);
        throw DragomanError.of("REQUEST_TOO_LARGE", `The translation engine ${name} lost texts of a batch.`, { cause });
      }
      const why = isCut
        ? "the translation engine did not come to an end"
        : "the translation engine's answer was not the one text asked for";
      return { translations: [{ kind: "failed", why }], billed };
    },
    async [Symbol.asyncDispose]() {},
  };
}

/** As texts are sent. */
function writtenOf(batch: readonly Tagged[]) {
  const markers = markersFor(batch.map(({ text }) => text));
  return { markers, written: batch.map((each) => markers.write(each)) };
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
