import { type Answer, type Asked, type Contract, characters, type FakeServer, startFake } from "./fake.ts";

const CODES = ["en", "es", "de", "pt", "pt-PT", "zh-Hant"];
const MAX_TEXTS = 1_000;
const MAX_CHARACTERS = 50_000;
const TONES = [undefined, "formal", "informal", "neutral"];

/**
 * Azure's Translator in both versions: https://learn.microsoft.com/azure/ai-services/translator/text-translation/reference/v3/translate
 * and …/text-translation/2026-06-06/translate-api.
 */
export function fakeAzure(key: string): Promise<FakeServer> {
  return startFake(translator(key));
}

const says = (code: number, message: string): Answer => ({ status: Math.floor(code / 1000), body: { error: { code, message } } });

function translator(key: string): Contract {
  return {
    isTexts: ({ url }) => url.pathname === "/translate",
    answer: (asked, translate) => {
      const { url, method, headers } = asked;
      const version = url.searchParams.get("api-version");
      if (version !== "3.0" && version !== "2026-06-06") return says(400021, "The API version parameter is missing or invalid.");
      if (url.pathname === "/languages" && url.searchParams.get("scope") === "translation")
        return { status: 200, body: { translation: Object.fromEntries(CODES.map((code) => [code, { name: code, dir: "ltr" }])) } };
      if (headers["ocp-apim-subscription-key"] !== key || headers["ocp-apim-subscription-region"] !== "westeurope")
        return says(401000, "The request is not authorized because credentials are missing or invalid.");
      if (url.pathname !== "/translate" || method !== "POST") return says(404000, "The requested resource was not found.");
      return version === "3.0" ? older(asked, translate) : newer(asked, translate);
    },
    refusals: {
      "429": {
        ...says(429001, "The server rejected the request because the client has exceeded request limits."),
        headers: { "retry-after": "7" },
      },
      "500": says(503000, "Service is temporarily unavailable."),
      quota: says(403001, "The operation isn't allowed because the subscription has exceeded its free quota."),
      key: says(401000, "The request is not authorized because credentials are missing or invalid."),
      "too long": says(400077, "The maximum request size has been exceeded."),
      pair: says(400036, "The target language is not valid."),
    },
  };
}

type Translate = (texts: readonly string[]) => string[];

function older({ url, body }: Asked, translate: Translate): Answer {
  const items = body as { readonly Text: string }[];
  if (!Array.isArray(items) || items.some(({ Text }) => typeof Text !== "string"))
    return says(400074, "The body of the request is not valid JSON.");
  const of = (name: string) => url.searchParams.get(name) ?? "";
  const refused = limits(items.map(({ Text }) => Text)) ?? languages(of("from"), of("to"));
  if (refused) return refused;
  if (of("textType") !== "plain" && of("textType") !== "html") return says(400048, "The textType parameter is not valid.");
  const made = translate(items.map(({ Text }) => Text));
  return { status: 200, body: made.map((text) => ({ translations: [{ text, to: of("to") }] })) };
}

interface Input {
  readonly text: string;
  readonly language: string;
  readonly textType: string;
  readonly targets: readonly { readonly language: string; readonly tone?: string; readonly deploymentName?: string }[];
}

function newer({ body }: Asked, translate: Translate): Answer {
  const { inputs } = body as { readonly inputs: readonly Input[] };
  if (!Array.isArray(inputs)) return says(400074, "The body of the request is not valid JSON.");
  for (const { text, language, textType, targets } of inputs as Input[]) {
    const [target] = targets;
    if (typeof text !== "string" || targets.length !== 1 || !target) return says(400074, "The body of the request is not valid JSON.");
    if (textType !== "plain" && textType !== "html") return says(400048, "The textType parameter is not valid.");
    if (!TONES.includes(target.tone) || (target.tone && !target.deploymentName)) return says(400080, "The tone parameter is not valid.");
    const refused = languages(language, target.language);
    if (refused) return refused;
  }
  const texts = inputs.map(({ text }) => text);
  const made = limits(texts) ? [] : translate(texts);
  const translations = made.map((text, index) => [{ text, language: "es", sourceCharacters: characters([texts[index] ?? ""]) }]);
  return limits(texts) ?? { status: 200, body: { value: translations.map((each) => ({ translations: each })) } };
}

function limits(texts: readonly string[]): Answer | undefined {
  if (texts.length > MAX_TEXTS) return says(400072, "The number of array elements exceeds the maximum.");
  return characters(texts) > MAX_CHARACTERS ? says(400077, "The maximum request size has been exceeded.") : undefined;
}

function languages(from: string, to: string): Answer | undefined {
  if (!CODES.includes(from)) return says(400035, "The source language is not valid.");
  return CODES.includes(to) ? undefined : says(400036, "The target language is not valid.");
}
