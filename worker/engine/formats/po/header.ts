import { baseOf } from "../../document/language_code.ts";
import type { Edit } from "../edits.ts";
import type { PoEntry } from "./read.ts";
import { type PoManner, poString } from "./write.ts";

/** How many forms a language has, and which of them is for one (gettext's manual, "Plural forms"; https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html). */
export interface PluralForms {
  readonly count: number;
  /** Undefined where all are the same. */
  readonly singular: number | undefined;
}

const SLAVIC = "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);";
const CZECH = "nplurals=3; plural=(n==1) ? 0 : (n>=2 && n<=4) ? 1 : 2;";
/** Where a language has others than "one, and all others". */
const FORMULAS: Readonly<Record<string, string>> = {
  ...Object.fromEntries("ja ko zh vi th id ms lo my".split(" ").map((language) => [language, "nplurals=1; plural=0;"])),
  ...Object.fromEntries("fr pt-BR oc".split(" ").map((language) => [language, "nplurals=2; plural=(n > 1);"])),
  ...Object.fromEntries("ru uk be hr sr bs sh".split(" ").map((language) => [language, SLAVIC])),
  ...{ cs: CZECH, sk: CZECH },
  pl: "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
  lt: "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && (n%100<10 || n%100>=20) ? 1 : 2);",
  lv: "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : 2);",
  ro: "nplurals=3; plural=(n==1 ? 0 : n==0 || (n%100 > 0 && n%100 < 20) ? 1 : 2);",
  sl: "nplurals=4; plural=(n%100==1 ? 0 : n%100==2 ? 1 : n%100==3 || n%100==4 ? 2 : 3);",
  ga: "nplurals=5; plural=n==1 ? 0 : n==2 ? 1 : n<7 ? 2 : n<11 ? 3 : 4;",
  ar: "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5;",
};
const USUAL = "nplurals=2; plural=(n != 1);";

/** What the head of a catalogue says. */
export interface PoHeader {
  readonly entry: PoEntry | undefined;
  readonly language: string;
  readonly forms: PluralForms;
  /** As the catalogue is to say them. */
  readonly formula: string;
}

/** That of the catalogue itself, else the target language's. */
export function headerOf(entries: readonly PoEntry[], targetLanguage: string): PoHeader {
  const [first] = entries;
  const entry = first?.id.value === "" && !first.context ? first : undefined;
  const text = entry?.translations[0]?.value ?? "";
  const [own] = /^Plural-Forms:.*nplurals=\s*\d.*$/im.exec(text) ?? [];
  const formula = own?.replace(/^Plural-Forms:\s*/i, "") ?? FORMULAS[targetLanguage] ?? FORMULAS[baseOf(targetLanguage)] ?? USUAL;
  const count = Math.min(10, Math.max(1, Number(/nplurals=\s*(\d{1,2})/.exec(formula)?.[1] ?? 2)));
  // "n==1 ? 1" is how Arabic and some catalogues of Slovenian have it.
  const isSecond = /n(?:%100)?\s*==\s*1\s*\?\s*1/.test(formula);
  const singular = count === 1 ? undefined : isSecond ? 1 : 0;
  return {
    entry,
    language: /^Language:[ \t]*([A-Za-z]{2,3})(?![A-Za-z])/im.exec(text)?.[1]?.toLowerCase() ?? "",
    forms: { count, singular },
    formula,
  };
}

/** What the head says once it is translated: its language, its plurals, its encoding. No flag says any more that it is to be filled in. */
export function headerEdits({ entry, formula }: PoHeader, targetLanguage: string, hasPlurals: boolean, manner: PoManner): Edit[] {
  const [string] = entry?.translations ?? [];
  if (!entry || !string) return [];
  const plurals = hasPlurals ? [["Plural-Forms", formula, /nplurals=\s*\d/] as const] : [];
  let text = string.value;
  // As gettext writes it: "pt_BR".
  const locale = targetLanguage.replaceAll("-", "_");
  for (const [name, value, isRight] of [["Language", locale, new RegExp(`:\\s*${locale}(?![a-z])`, "i")] as const, ...plurals]) {
    const line = new RegExp(`^${name}:.*$`, "im");
    const found = line.exec(text)?.[0];
    if (found === undefined) text += `${text === "" || text.endsWith("\n") ? "" : "\n"}${name}: ${value}\n`;
    else if (!isRight.test(found)) text = text.replace(line, () => `${name}: ${value}`);
  }
  text = text.replace(/(charset=)[\w-]+/i, (whole, before) => (/utf-?8/i.test(whole) ? whole : `${before}UTF-8`));
  const [from, to] = string.range;
  const edit = { from, to, text: poString(text, "msgstr", { ...manner, isUnwrapped: true }) };
  return text === string.value ? [] : [edit];
}
