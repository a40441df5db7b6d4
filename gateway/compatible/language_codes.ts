/** What other services call languages that have another name here (BCP 47). */
const OTHER_NAMES: Readonly<Record<string, string>> = { zt: "zh-hant", pb: "pt-br", "zh-cn": "zh-hans", "zh-tw": "zh-hant" };

/** What of `served` a client means by `code`, in any case: itself, or the language without its region; undefined for none. */
export function servedCode(code: string, served: Iterable<string>): string | undefined {
  const codes = [...served];
  const wanted = code.toLowerCase().replaceAll("_", "-");
  const same = (one: string) => codes.find((other) => other.toLowerCase() === one);
  const known = OTHER_NAMES[wanted] ?? wanted;
  return same(wanted) ?? same(known) ?? same(baseOf(known));
}

/** "pt" of "pt-BR". */
export function baseOf(code: string): string {
  return code.split("-", 1)[0] ?? code;
}

/** "Portuguese (Brazil)"; the code itself where it has no name. */
export function languageName(code: string): string {
  try {
    return new Intl.DisplayNames("en", { type: "language", languageDisplay: "standard" }).of(code) ?? code;
  } catch {
    return code;
  }
}
