import { type Answer, type Asked, type Contract, characters, type FakeServer, isTextList, startFake } from "./fake.ts";

const SOURCES = ["EN", "ES", "DE", "ZH"];
const TARGETS = ["EN-GB", "EN-US", "ES", "DE", "PT-BR", "ZH-HANT"];
const FORMAL = ["ES", "DE", "PT-BR"];
const FORMALITIES = [undefined, "default", "more", "less", "prefer_more", "prefer_less"];
const FIELDS = [
  ...["text", "source_lang", "target_lang", "context", "formality", "glossary_id", "tag_handling", "split_sentences"],
  ...["preserve_formatting", "show_billed_characters"],
];
const MAX_TEXTS = 50;
const MAX_BODY_BYTES = 128 << 10;

export interface Glossary {
  readonly glossary_id: string;
  readonly name: string;
  readonly creation_time: string;
  readonly dictionaries: readonly { readonly source_lang: string; readonly target_lang: string; readonly entries: string }[];
}

export interface FakeDeepL extends FakeServer {
  readonly glossaries: Map<string, Glossary>;
}

/** A server of DeepL's API (https://developers.deepl.com): texts of version 2, glossaries and languages of version 3, or without `v3` languages of version 2 and no glossaries. */
export async function fakeDeepL(key: string, v3 = true): Promise<FakeDeepL> {
  const glossaries = new Map<string, Glossary>();
  return Object.assign(await startFake(deepL(key, v3, glossaries)), { glossaries });
}

const says = (status: number, message: string): Answer => ({ status, body: { message } });

function deepL(key: string, v3: boolean, glossaries: Map<string, Glossary>): Contract {
  return {
    isTexts: ({ url }) => url.pathname === "/v2/translate",
    answer: (asked, translate) => {
      const { url, headers } = asked;
      if (headers.authorization !== `DeepL-Auth-Key ${key}`) return says(403, "Authorization failure, check auth_key");
      if (url.pathname === "/v2/translate" && asked.method === "POST") return translation(asked, translate, glossaries);
      if (v3 && url.pathname.startsWith("/v3/glossaries")) return glossaryCall(asked, glossaries);
      if (v3 && url.pathname === "/v3/languages" && url.searchParams.get("resource") === "translate_text")
        return { status: 200, body: languages() };
      if (url.pathname !== "/v2/languages") return says(404, "Not found");
      const codes = url.searchParams.get("type") === "target" ? TARGETS : SOURCES;
      return { status: 200, body: codes.map((language) => ({ language, name: language, supports_formality: FORMAL.includes(language) })) };
    },
    refusals: {
      "429": { ...says(429, "Too many requests"), headers: { "retry-after": "7" } },
      "500": says(503, "Resource currently unavailable"),
      quota: says(456, "Quota for this billing period has been exceeded"),
      key: says(403, "Authorization failure, check auth_key"),
      "too long": says(413, "Request size exceeded the limit"),
      pair: says(400, "Value for 'target_lang' not supported."),
    },
  };
}

function languages() {
  const all = [...new Set([...SOURCES, ...TARGETS])];
  const feature = { status: "stable" };
  return all.map((code) => ({
    lang: Intl.getCanonicalLocales(code)[0],
    name: code,
    usable_as_source: SOURCES.includes(code),
    usable_as_target: TARGETS.includes(code),
    status: "stable",
    features: { tag_handling: feature, glossary: feature, ...(FORMAL.includes(code) && { formality: feature }) },
  }));
}

function translation(
  { body }: Asked,
  translate: (texts: readonly string[]) => string[],
  glossaries: ReadonlyMap<string, Glossary>,
): Answer {
  const { text, source_lang, target_lang, formality, glossary_id, tag_handling, ...others } = body as Record<string, unknown>;
  const unknown = Object.keys(others).find((name) => !FIELDS.includes(name));
  if (unknown) return says(400, `Unknown field ${unknown}`);
  if (Buffer.byteLength(JSON.stringify(body)) > MAX_BODY_BYTES) return says(413, "Request size exceeded the limit");
  if (!isTextList(text) || text.length > MAX_TEXTS) return says(400, "Value for 'text' not supported.");
  if (!SOURCES.includes(String(source_lang))) return says(400, "Value for 'source_lang' not supported.");
  if (!TARGETS.includes(String(target_lang))) return says(400, "Value for 'target_lang' not supported.");
  if (!FORMALITIES.includes(formality as string)) return says(400, "Value for 'formality' not supported.");
  if (/^(?:more|less)$/.test(String(formality)) && !FORMAL.includes(String(target_lang)))
    return says(400, "'formality' is not supported for given 'target_lang'.");
  const glossary = glossaries.get(String(glossary_id));
  if (glossary_id !== undefined && !glossary) return says(404, "Glossary not found");
  if (tag_handling === "xml" && text.some((each) => !isWellFormed(each)))
    return says(400, "Tag handling parsing failed, please check input.");
  const translations = translate(text.map((each) => withTerms(each, glossary))).map((made, index) => ({
    detected_source_language: source_lang,
    text: made,
    // Markup is not billed.
    billed_characters: characters([(text[index] ?? "").replace(/<[^<>]*>/g, "")]),
  }));
  return { status: 200, body: { translations } };
}

/** What a real one does with more skill: words that the glossary has are those of the other side. */
function withTerms(text: string, glossary: Glossary | undefined): string {
  const lines = glossary?.dictionaries[0]?.entries.split("\n").map((line) => line.split("\t")) ?? [];
  return lines.reduce((made, [source = "", target = ""]) => made.replaceAll(source, target), text);
}

function isWellFormed(text: string): boolean {
  const open: string[] = [];
  for (const [, stroke, name = "", empty] of text.matchAll(/<(\/?)([\w:-]+)[^<>]*?(\/?)>/g)) {
    if (stroke && open.pop() !== name) return false;
    if (!stroke && !empty) open.push(name);
  }
  return open.length === 0 && !/&(?!\w+;|#\d+;)/.test(text);
}

function glossaryCall({ method, url, body }: Asked, glossaries: Map<string, Glossary>): Answer {
  const id = decodeURIComponent(url.pathname.split("/")[3] ?? "");
  if (method === "GET" && !id) return { status: 200, body: { glossaries: [...glossaries.values()] } };
  if (method === "DELETE" && id) return glossaries.delete(id) ? { status: 204 } : says(404, "Glossary not found");
  const { name, dictionaries } = body as Glossary;
  const lines = dictionaries.flatMap(({ entries }) => entries.split("\n").map((line) => line.split("\t")));
  if (lines.some((line) => line.length !== 2 || line.includes(""))) return says(400, "Invalid glossary entries");
  if (new Set(lines.map(([source]) => source)).size !== lines.length) return says(400, "Duplicate entries");
  const glossary = { glossary_id: crypto.randomUUID(), name, dictionaries, creation_time: new Date().toISOString() };
  glossaries.set(glossary.glossary_id, glossary);
  return { status: 201, body: { ...glossary, ready: true } };
}
