import { type Asked, sendJson } from "../asked.ts";
import { queryFields, readFields } from "../fields.ts";
import { baseOf, languageName } from "../language_codes.ts";
import type { OwnApi } from "../own_api.ts";
import { refused } from "./options.ts";

/** Their clients do not send these without a region: what is served without one is offered with each of them. */
const REGIONS: Readonly<Record<string, readonly string[]>> = { en: ["en-GB", "en-US"], pt: ["pt-PT", "pt-BR"] };

/** `GET /v2/languages?type=source|target`. */
export async function languages({ request, response, query }: Asked, api: OwnApi): Promise<void> {
  const fields = request.method === "POST" ? await readFields(request, query) : queryFields(query);
  const type = fields.one("type") || "source";
  if (type !== "source" && type !== "target") throw refused("type", "is source or target");
  const pairs = await api.languagePairs();
  const codes = new Set(pairs.flatMap((pair) => (type === "source" ? [baseOf(pair.source)] : offered(pair.target))));
  const listed = [...codes].sort().map((code) => ({
    language: code.toUpperCase(),
    name: languageName(code),
    ...(type === "target" && { supports_formality: false }),
  }));
  sendJson(response, 200, listed);
}

function offered(code: string): readonly string[] {
  return REGIONS[code] ?? [code];
}
