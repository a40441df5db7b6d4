import { FILE_TYPES } from "../../../platform/file_types.ts";
import { type Asked, sendJson } from "../asked.ts";
import { languageName } from "../language_codes.ts";
import { readCalled } from "./caller.ts";

/** `GET /languages`, with a key: each language with those that it is translated to. */
export async function languages(asked: Asked): Promise<void> {
  const { api } = await readCalled(asked);
  const targets = new Map<string, Set<string>>();
  for (const { source, target } of (await api.languages()).pairs) targets.set(source, (targets.get(source) ?? new Set()).add(target));
  const listed = [...targets].sort(([one], [other]) => one.localeCompare(other));
  sendJson(
    asked.response,
    200,
    listed.map(([code, to]) => ({ code, name: languageName(code), targets: [...to].sort() })),
  );
}

/** `GET /frontend/settings`: what a client's own page has to know. */
export async function settings({ response }: Asked): Promise<void> {
  sendJson(response, 200, {
    apiKeys: true,
    charLimit: -1,
    filesTranslation: true,
    frontendTimeout: 500,
    keyRequired: true,
    language: { source: { code: "auto", name: "Auto Detect" }, target: { code: "es", name: languageName("es") } },
    suggestions: false,
    supportedFilesFormat: [...new Set(FILE_TYPES.flatMap(({ extensions }) => extensions))].sort(),
  });
}

/** `GET /health`: of the gateway, as it answers. */
export async function health({ response }: Asked): Promise<void> {
  sendJson(response, 200, { status: "ok" });
}
