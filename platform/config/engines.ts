import type { Kind } from "./kinds.ts";

/** A translation engine as a variable names it: what it takes besides is in the URL, which may hold its key. */
export interface NamedUrl {
  readonly name: string;
  readonly url: URL;
}

/** How the URLs of translation engines begin. */
const SCHEMES: ReadonlySet<string> = new Set([
  ...["apertium:", "bergamot:", "deepl:", "openai:", "google:", "azure:"],
  ...["libretranslate", "deepl", "openai", "google", "azure"].flatMap((family) => [`${family}+http:`, `${family}+https:`]),
]);

const NAME = /^[a-z][a-z0-9-]{0,31}$/;
/** Variables of their own end like the keys of engines of these names. */
const TAKEN: ReadonlySet<string> = new Set(["worker", "api", "tls"]);

/** "deepl" of "deepl+http:". */
function familyOf({ protocol }: URL): string {
  return protocol.replace(/[+:].*$/, "");
}

function engineUrl(text: string): URL | undefined {
  const url = /\s/.test(text) ? null : URL.parse(text);
  return url && SCHEMES.has(url.protocol) ? url : undefined;
}

/** The one that translates where a job names none; it is called as its scheme is. */
export const ownEngine: Kind<NamedUrl> = {
  takes: "apertium:, bergamot:FOLDER, libretranslate+http(s)://HOST, deepl:, openai+http(s)://HOST/v1?model=MODEL, google: or azure:",
  parse(text) {
    const url = engineUrl(text);
    return url && { name: familyOf(url), url };
  },
};

/** Further ones. */
export const namedEngines: Kind<readonly NamedUrl[]> = {
  takes: "NAME=URL, several after spaces or commas; a name has a to z, 0 to 9 and -, and no two are the same",
  parse(text) {
    const engines = text
      .split(/[\s,]+(?=[\w-]+=[a-z+]+:)/)
      .filter(Boolean)
      .map((each) => /^([^=]+)=(.+)$/s.exec(each.trim()) ?? [])
      .map(([, name = "", url = ""]) => ({ name, url: NAME.test(name) && !TAKEN.has(name) ? engineUrl(url) : undefined }));
    const isWhole = engines.every((each): each is NamedUrl => each.url !== undefined);
    return isWhole && new Set(engines.map(({ name }) => name)).size === engines.length ? engines : undefined;
  },
};

/** The variables that the key of an engine comes by: itself, or a file that holds it. */
export function keyVariables(name: string): { readonly key: string; readonly file: string } {
  const key = `DRAGOMAN_${name.toUpperCase().replaceAll("-", "_")}_KEY`;
  return { key, file: `${key}_FILE` };
}

/** Those that `env` may have besides the table's, by the engines that it names. */
export function engineVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  const own = ownEngine.parse(env["DRAGOMAN_TRANSLATOR"] ?? "");
  const others = namedEngines.parse(env["DRAGOMAN_TRANSLATORS"] ?? "") ?? [];
  return [...(own ? [own] : []), ...others].flatMap(({ name }) => Object.values(keyVariables(name)));
}
