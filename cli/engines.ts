import { readFileSync } from "node:fs";
import { keyVariables, type NamedUrl } from "../platform/config/engines.ts";
import { type Env, read } from "../platform/config/read.ts";
import { UsageError } from "../platform/usage_error.ts";
import type { EngineConfig } from "../worker/translators/engine_config.ts";

const MAX_KEY_BYTES = 65_536;

/** The translation engines that the environment names, the deployment's own first. Throws UsageError, without any key. */
export function readEngines(env: Env): readonly EngineConfig[] {
  const [own, others] = [read(env, "DRAGOMAN_TRANSLATOR"), read(env, "DRAGOMAN_TRANSLATORS")];
  if (others.some(({ name }) => name === own.name))
    throw new UsageError(`DRAGOMAN_TRANSLATORS names ${own.name}, as DRAGOMAN_TRANSLATOR is called; call it otherwise.`);
  return [own, ...others].map((engine) => configOf(engine, env));
}

/** Where several say the key, the nearest to the engine does. */
function configOf({ name, url }: NamedUrl, env: Env): EngineConfig {
  const { key, file } = keyVariables(name);
  // A plus in a key is one; only forms mean a space by it.
  const inUrl = new URLSearchParams(url.search.replaceAll("+", "%2B")).get("key");
  const keyless = new URL(url);
  keyless.searchParams.delete("key");
  return { name, url: keyless, key: inUrl ?? env[key] ?? (env[file] ? keyIn(env[file], file) : "") };
}

function keyIn(path: string, variable: string): string {
  try {
    const text = readFileSync(path, "utf8").trim();
    if (text !== "" && text.length <= MAX_KEY_BYTES) return text;
  } catch (cause) {
    throw new UsageError(`${variable} takes a file that can be read and holds a key.`, { cause });
  }
  throw new UsageError(`${variable} takes a file that can be read and holds a key.`);
}
