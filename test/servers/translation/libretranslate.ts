import { type Answer, type Asked, type Contract, type FakeServer, isTextList, startFake } from "./fake.ts";

const CODES = ["en", "es", "de", "pb", "zt"];
const BATCH_LIMIT = 100;
const CHAR_LIMIT = 10_000;

/** A server of LibreTranslate's public API: https://docs.libretranslate.com/api. */
export function fakeLibreTranslate(key: string): Promise<FakeServer> {
  return startFake(libreTranslate(key));
}

function libreTranslate(key: string): Contract {
  const says = (status: number, error: string): Answer => ({ status, body: { error } });
  const translation = ({ body, headers }: Asked, translate: (texts: readonly string[]) => string[]): Answer => {
    const { q, source, target, format, api_key, ...others } = body as Record<string, unknown>;
    if (headers["content-type"] !== "application/json" || Object.keys(others).length > 0) return says(400, "Invalid request");
    if (api_key !== key) return says(403, "Invalid API key");
    if (!isTextList(q) || (format !== "text" && format !== "html")) return says(400, "Invalid request: missing q parameter");
    for (const code of [source, target]) if (!CODES.includes(String(code))) return says(400, `${code} is not supported`);
    if (q.length > BATCH_LIMIT) return says(400, `Batch request exceeds limit (${q.length} of ${BATCH_LIMIT})`);
    if (q.some((text) => text.length > CHAR_LIMIT)) return says(400, `Invalid request: request exceeds text limit (${CHAR_LIMIT})`);
    return { status: 200, body: { translatedText: translate(q) } };
  };
  return {
    isTexts: ({ url }) => url.pathname === "/translate",
    answer: (asked, translate) => {
      if (asked.url.pathname === "/languages")
        return { status: 200, body: CODES.map((code) => ({ code, name: code, targets: CODES.filter((other) => other !== code) })) };
      return asked.method === "POST" && asked.url.pathname === "/translate" ? translation(asked, translate) : says(404, "Not found");
    },
    refusals: {
      "429": { ...says(429, "Slowdown: 80 per 1 minute"), headers: { "retry-after": "7" } },
      "500": says(500, "Cannot translate text"),
      // Its only word for accounts without credit.
      quota: { status: 402, body: { error: "Payment required" } },
      key: says(403, "Please contact the server operator to get an API key"),
      "too long": says(400, "Batch request exceeds limit (16 of 8)"),
      pair: says(400, "en to xx is not supported"),
    },
  };
}
