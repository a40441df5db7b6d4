import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the server does with the next requests, instead of translating as it should. */
export type OpenaiFault =
  | "429"
  | "500"
  | "hang"
  | "quota"
  | "key"
  | "too long"
  | "content filter"
  | "no JSON"
  | "no choices"
  | "cut"
  | "lost"
  | "merged"
  | "doubled"
  | "invented"
  | "reordered"
  | "echo"
  | "empty"
  | "runaway"
  | "obeys";

export interface OpenaiServerOptions {
  readonly key?: string;
  /** Fields, and values as `response_format.json_schema`, that it refuses by their names; `anything` is one that it does not name. */
  readonly refuses?: readonly string[];
  /** Answers with words about the JSON, as models do whose server takes a form and does not keep to it. */
  readonly talks?: boolean;
  /** Thinks aloud before it answers: in the answer, or with its thought begun by the template, or beside it. */
  readonly thinks?: "in content" | "begun before" | "aside";
  readonly translate?: (text: string) => string;
}

export interface OpenaiServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT/v1`. */
  readonly url: string;
  /** Bodies of the requests for a completion, refused ones too. */
  readonly asked: Completion[];
  fault?: OpenaiFault | undefined;
}

interface Completion {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly response_format?: { readonly type: string };
  readonly [field: string]: unknown;
}

interface Item {
  readonly id: number;
  readonly text: string;
}

/** What it makes of a text: other letters, marks as they were. */
const shouted = (text: string) => text.replace(/<[^<>]*>|[^<>]+/g, (piece) => (piece.startsWith("<") ? piece : piece.toUpperCase()));

/** A server of OpenAI's chat completions, as https://platform.openai.com/docs/api-reference/chat has them. */
export async function openaiServer(options: OpenaiServerOptions = {}): Promise<OpenaiServer> {
  const asked: Completion[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<unknown> => {
    const send = (status: number, body: unknown, headers: Record<string, string> = {}) =>
      response
        .writeHead(status, { "content-type": "application/json", ...headers })
        .end(typeof body === "string" ? body : JSON.stringify(body));
    const refuse = (status: number, error: Record<string, unknown>) => send(status, { error: { type: "invalid_request_error", ...error } });
    if (options.key && request.headers.authorization !== `Bearer ${options.key}`)
      return refuse(401, { code: "invalid_api_key", message: `Incorrect API key provided: ${request.headers.authorization}` });
    if (request.url === "/v1/models") return send(200, { object: "list", data: [{ id: "test-model", object: "model" }] });
    if (request.method !== "POST" || request.url !== "/v1/chat/completions") return refuse(404, { message: "Not found" });
    const body = JSON.parse(await textOf(request)) as Completion;
    asked.push(body);
    const refused = options.refuses?.find((name) => isAsked(body, name));
    if (refused)
      return refuse(400, refused === "anything" ? { message: "Bad request" } : { param: refused, message: `Unsupported: '${refused}'` });
    const { fault } = server;
    const status = fault && REFUSALS[fault];
    if (status) return send(status.status, { error: status.error }, status.headers);
    if (fault === "hang") return undefined;
    if (fault === "no JSON") return send(200, "<html>Welcome</html>");
    if (fault === "no choices") return send(200, { object: "chat.completion" });
    return send(200, completionOf(body, options, fault));
  };
  const http = createServer((request, response) => void answer(request, response).catch((error) => response.destroy(error)));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const server: OpenaiServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/v1`,
    asked,
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return server;
}

const REFUSALS: Partial<Record<OpenaiFault, { status: number; error: object; headers?: Record<string, string> }>> = {
  "429": { status: 429, error: { code: "rate_limit_exceeded", message: "Rate limit reached" }, headers: { "retry-after": "7" } },
  "500": { status: 500, error: { message: "The server had an error" } },
  quota: { status: 429, error: { type: "insufficient_quota", code: "insufficient_quota", message: "You exceeded your current quota" } },
  key: { status: 401, error: { code: "invalid_api_key", message: "Incorrect API key provided" } },
  "too long": { status: 400, error: { code: "context_length_exceeded", message: "This model's maximum context length is 4096 tokens." } },
  "content filter": { status: 400, error: { code: "content_filter", message: "The response was filtered" } },
};

function isAsked(body: Completion, name: string): boolean {
  if (name === "anything") return true;
  const [field = "", value] = name.split(".");
  if (field === "system") return body.messages.some(({ role }) => role === "system");
  return value === undefined ? field in body : body.response_format?.type === value;
}

function completionOf(body: Completion, { thinks, talks, translate = shouted }: OpenaiServerOptions, fault?: OpenaiFault) {
  const { content: data = "" } = body.messages.at(-1) ?? {};
  const { items } = JSON.parse(data.slice(data.indexOf("\n\n{") + 1)) as { items: Item[] };
  const said = JSON.stringify({
    items: faulty(
      items.map(({ id, text }) => ({ id, text: translate(text) })),
      items,
      fault,
    ),
  });
  const isQuiet = body["reasoning_effort"] === "none" && thinks === undefined;
  const whole = fault === "obeys" ? "HACKED" : talks ? `Here is the translation:\n\`\`\`json\n${said}\n\`\`\`\nI hope it helps.` : said;
  const content = `${thinks === "in content" ? "<think>What is {this}?</think>\n" : thinks === "begun before" ? "Hm.\n</think>\n" : ""}${whole}`;
  return {
    object: "chat.completion",
    model: body["model"],
    choices: [
      {
        index: 0,
        finish_reason: fault === "cut" ? "length" : "stop",
        message: {
          role: "assistant",
          content: fault === "cut" ? content.slice(0, content.length / 2) : content,
          ...(thinks === "aside" && { reasoning_content: "Hm." }),
        },
      },
    ],
    usage: { completion_tokens: 10, completion_tokens_details: { reasoning_tokens: isQuiet ? 0 : 5 } },
  };
}

function faulty(translated: readonly Item[], source: readonly Item[], fault?: OpenaiFault): unknown {
  const [first, second] = translated;
  switch (fault) {
    case "lost":
      return translated.slice(1);
    case "merged":
      return [{ id: 1, text: `${first?.text} ${second?.text}` }, ...translated.slice(2)];
    case "doubled":
      return [...translated.slice(0, -1), first];
    case "invented":
      return [...translated, { id: 99, text: "MORE" }];
    case "reordered":
      return translated.toReversed();
    case "echo":
      return source;
    case "empty":
      return translated.map(({ id }) => ({ id, text: "" }));
    case "runaway":
      return translated.map(({ id, text }) => ({ id, text: `${text} `.repeat(1_000) }));
    default:
      return translated;
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  return text;
}
