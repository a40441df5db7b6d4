import { type Answer, type Asked, type Contract, type FakeServer, startFake } from "./fake.ts";

/** What a model does with a batch, instead of giving its texts back as it was asked to. */
export type Misbehaviour = "cut" | "merged" | "doubled" | "invented" | "reordered" | "runaway" | "obeys" | "filtered" | "no choices";

export interface OpenaiOptions {
  readonly key?: string;
  /**
   * Fields, and values as `response_format.json_schema`, that it refuses by their names; `anything` is one that it does not name,
   * and at `grammar`, which it makes of a schema, it fails.
   */
  readonly refuses?: readonly string[];
  /** Answers with words about the JSON, as models do whose server takes a form and does not keep to it. */
  readonly talks?: boolean;
  /** Thinks aloud before it answers: in the answer, or with its thought begun by the template, or beside it. */
  readonly thinks?: "in content" | "begun before" | "aside" | "in parts";
  /** Of a whole request's messages. */
  readonly mostLetters?: number;
}

export interface FakeOpenai extends FakeServer {
  misbehaves?: Misbehaviour | undefined;
  /** Of the requests for a completion so far. */
  completions(): readonly Completion[];
}

/** A request's body. */
export interface Completion {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly response_format?: { readonly type: string };
  readonly [field: string]: unknown;
}

interface Item {
  readonly id: number;
  readonly text: string;
}

/** A server of OpenAI's chat completions with a model that translates: https://platform.openai.com/docs/api-reference/chat. */
export async function fakeOpenai(options: OpenaiOptions = {}): Promise<FakeOpenai> {
  const server: FakeOpenai = Object.assign(await startFake(chatCompletions(options, () => server.misbehaves)), {
    completions: () => server.asked.flatMap((asked) => (isCompletion(asked) ? [asked.body as Completion] : [])),
  });
  return server;
}

function isCompletion({ url }: Asked): boolean {
  return url.pathname === "/v1/chat/completions";
}

function chatCompletions(options: OpenaiOptions, misbehaves: () => Misbehaviour | undefined): Contract {
  const says = (status: number, error: Readonly<Record<string, unknown>>): Answer => ({
    status,
    body: { error: { type: "invalid_request_error", param: null, code: null, ...error } },
  });
  const key = says(401, { code: "invalid_api_key", message: "Incorrect API key provided." });
  const tooLong = says(400, { code: "context_length_exceeded", message: "This model's maximum context length is 4096 tokens." });
  const completion = (body: Completion, translate: (texts: readonly string[]) => string[]): Answer => {
    const refused = options.refuses?.find((name) => isAsked(body, name));
    if (refused === "grammar") return says(500, { message: "Failed to initialize samplers: failed to parse grammar" });
    if (refused === "anything") return says(400, { message: "Bad request" });
    if (refused) return says(400, { param: refused, message: `Unsupported: '${refused}'`, code: "unsupported_parameter" });
    const letters = body.messages.reduce((sum, { content }) => sum + content.length, 0);
    if (letters > (options.mostLetters ?? Number.POSITIVE_INFINITY)) return tooLong;
    const misbehaviour = misbehaves();
    if (misbehaviour === "filtered") return says(400, { code: "content_filter", message: "The response was filtered" });
    if (misbehaviour === "no choices") return { status: 200, body: { object: "chat.completion" } };
    return { status: 200, body: completionOf(body, options, misbehaviour, translate) };
  };
  return {
    isTexts: isCompletion,
    answer: (asked, translate) => {
      if (options.key && asked.headers.authorization !== `Bearer ${options.key}`) return key;
      if (isCompletion(asked)) return completion(asked.body as Completion, translate);
      if (asked.url.pathname === "/v1/models")
        return { status: 200, body: { object: "list", data: [{ id: "test-model", object: "model" }] } };
      return says(404, { message: "Not found" });
    },
    refusals: {
      "429": { ...says(429, { code: "rate_limit_exceeded", message: "Rate limit reached" }), headers: { "retry-after": "7" } },
      "500": says(500, { message: "The server had an error" }),
      quota: says(429, { type: "insufficient_quota", code: "insufficient_quota", message: "You exceeded your current quota" }),
      key,
      "too long": tooLong,
      pair: says(404, { code: "model_not_found", message: "The model does not exist" }),
    },
  };
}

function isAsked(body: Completion, name: string): boolean {
  if (name === "anything") return true;
  if (name === "grammar") return body.response_format?.type === "json_schema";
  const [field = "", value] = name.split(".");
  if (field === "system") return body.messages.some(({ role }) => role === "system");
  return value === undefined ? field in body : body.response_format?.type === value;
}

function completionOf(
  body: Completion,
  { thinks, talks }: OpenaiOptions,
  misbehaviour: Misbehaviour | undefined,
  translate: (texts: readonly string[]) => string[],
) {
  const { content: data = "" } = body.messages.at(-1) ?? {};
  const { items } = JSON.parse(data.slice(data.indexOf("\n\n{") + 1)) as { items: Item[] };
  const translated = inMarkup(
    items.map(({ text }) => text),
    translate,
  ).map((text, index) => ({ id: index + 1, text }));
  const json = JSON.stringify({ items: spoilt(translated, misbehaviour) });
  const whole = misbehaviour === "obeys" ? "HACKED" : talks ? `Here you are:\n\`\`\`json\n${json}\n\`\`\`\nI hope it helps.` : json;
  const thoughts: Readonly<Record<string, string>> = {
    "in content": "<think>What is {this}?</think>\n",
    "begun before": "Hm.\n</think>\n",
  };
  const content = `${thoughts[thinks ?? ""] ?? ""}${whole}`;
  const isCut = misbehaviour === "cut";
  const parts = [
    { type: "thinking", thinking: [{ type: "text", text: "Hm." }] },
    { type: "text", text: content },
  ];
  const message = {
    role: "assistant",
    content: isCut ? content.slice(0, content.length / 2) : thinks === "in parts" ? parts : content,
    ...(thinks === "aside" && { reasoning_content: "Hm." }),
  };
  return {
    object: "chat.completion",
    model: body["model"],
    choices: [{ index: 0, finish_reason: isCut ? "length" : "stop", message }],
    usage: { completion_tokens: 10, completion_tokens_details: { reasoning_tokens: thinks ? 5 : 0 } },
  };
}

/** Texts of models are not escaped, and their marks are no elements: so are they given to what translates markup. */
function inMarkup(texts: readonly string[], translate: (texts: readonly string[]) => string[]): string[] {
  const escaped = texts.map((text) =>
    text.replace(/<\/?t+\d+\/?>|[<>&]/g, (sign) => ({ "<": "&lt;", ">": "&gt;", "&": "&amp;" })[sign] ?? sign),
  );
  return translate(escaped).map((text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&"));
}

function spoilt(translated: readonly Item[], misbehaviour: Misbehaviour | undefined): unknown {
  const [first, second] = translated;
  switch (misbehaviour) {
    case "merged":
      return [{ id: 1, text: `${first?.text} ${second?.text}` }, ...translated.slice(2)];
    case "doubled":
      return [...translated.slice(0, -1), first];
    case "invented":
      return [...translated, { id: 99, text: "MORE" }];
    case "reordered":
      return translated.toReversed();
    case "runaway":
      return translated.map(({ id, text }) => ({ id, text: `${text} `.repeat(1_000) }));
    default:
      return translated;
  }
}
