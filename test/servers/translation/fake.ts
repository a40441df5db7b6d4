import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** What a server does with the next texts, instead of translating them as it should. */
export type Fault = "429" | "500" | "hang" | "hang up" | "quota" | "key" | "too long" | "pair" | "no JSON" | "lost" | "empty" | "echo";

/** A request as it was received. */
export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage["headers"];
  /** Of JSON or a form; undefined for none. */
  readonly body: unknown;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What one server's interface says. */
export interface Contract {
  /** Whether it is texts to translate; faults are of these. */
  isTexts(asked: Asked): boolean;
  /** `translate` gives the translations of texts, as the server's switches have it. */
  answer(asked: Asked, translate: (texts: readonly string[]) => string[]): Answer | Promise<Answer>;
  /** In its own words. */
  readonly refusals: Readonly<Record<"429" | "500" | "quota" | "key" | "too long" | "pair", Answer>>;
}

/** A server of a translation engine for tests and benchmarks, on a free port of 127.0.0.1. */
export interface FakeServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** Requests of all kinds, refused ones too. */
  readonly asked: Asked[];
  /** Requests for translations so far. */
  texts(): number;
  /** How many of them are open at once, at most, so far. */
  readonly mostAtOnce: number;
  fault?: Fault | undefined;
  /** Before it answers. */
  latencyMs: number;
  /** What it makes of the words of a text, markup and its signs left out. */
  translate: (words: string) => string;
}

export async function startFake(contract: Contract): Promise<FakeServer> {
  const asked: Asked[] = [];
  let [open, most] = [0, 0];
  const translated = (texts: readonly string[]) => {
    if (server.fault === "echo") return [...texts];
    const made = texts.map((text) => (server.fault === "empty" ? "" : inWords(text, server.translate)));
    return server.fault === "lost" ? made.slice(1) : made;
  };
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const received = await receivedOf(request);
    asked.push(received);
    const { fault, latencyMs } = server;
    const isTexts = contract.isTexts(received);
    if (isTexts && latencyMs > 0) await sleep(latencyMs);
    if (isTexts && fault === "hang") return;
    if (isTexts && fault === "hang up") return void request.socket.destroy();
    const refused = isTexts && fault ? refusalOf(contract, fault) : undefined;
    const { status, body, headers } = refused ?? (await contract.answer(received, translated));
    const text = body === undefined ? "" : JSON.stringify(body);
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(isTexts && fault === "no JSON" ? text.slice(0, text.length / 2) : text);
  };
  const http = createServer((request, response) => {
    open += 1;
    most = Math.max(most, open);
    response.once("close", () => {
      open -= 1;
    });
    handle(request, response).catch((error) => response.destroy(error));
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const server: FakeServer = {
    origin: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    asked,
    texts: () => asked.filter((each) => contract.isTexts(each)).length,
    get mostAtOnce() {
      return most;
    },
    latencyMs: 0,
    translate: (words) => words.toUpperCase(),
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      http.close();
      await once(http, "close");
    },
  };
  return server;
}

/** A text's characters as Unicode counts them. */
export function characters(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + [...text].length, 0);
}

export function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

function refusalOf({ refusals }: Contract, fault: Fault): Answer | undefined {
  return fault in refusals ? refusals[fault as keyof typeof refusals] : undefined;
}

/** Elements, entities and what stands in elements that are not to be translated stay; servers that take plain text have none. */
function inWords(text: string, translate: (words: string) => string): string {
  return text.replace(/<[^<>]*translate="no"[^<>]*>[^<>]*<\/[^<>]*>|<[^<>]*>|&\w+;|[^<>&]+/g, (piece) =>
    /^[<&]/.test(piece) ? piece : translate(piece),
  );
}

async function receivedOf(request: IncomingMessage): Promise<Asked> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  const isForm = request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded");
  const body: unknown = text === "" ? undefined : isForm ? Object.fromEntries(new URLSearchParams(text)) : JSON.parse(text);
  return { method: request.method ?? "", url: new URL(request.url ?? "/", "http://fake"), headers: request.headers, body };
}
