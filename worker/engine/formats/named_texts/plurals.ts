import type { Remark } from "../../document/remarks.ts";

/** Whole numbers beyond these take no form that none of these takes, but the millions of Romance languages. */
const MOST = 200;
const CATEGORIES: ReadonlySet<string> = new Set(["zero", "one", "two", "few", "many", "other"]);

export type PluralType = "cardinal" | "ordinal";

/** The categories of plurals that numbers of things have in `language`, by the Unicode CLDR. */
export function categoriesOf(language: string, type: PluralType): ReadonlySet<string> {
  const rules = new Intl.PluralRules(language, { type });
  return new Set(Array.from({ length: MOST + 1 }, (_, number) => rules.select(number)));
}

/** What the texts of a file say of numbers, gathered to tell what the target's language has besides. */
export class PluralForms {
  readonly #language: string;
  readonly #lacking = new Map<string, number>();
  readonly #known = new Map<PluralType, ReadonlySet<string>>();

  constructor(language: string) {
    this.#language = language;
  }

  /** `forms` are those that one text has: "one", "=0", "other". */
  add(forms: Iterable<string>, type: PluralType): void {
    const has = new Set([...forms].filter((form) => CATEGORIES.has(form)));
    if (!has.has("other")) return;
    const known = this.#known.get(type) ?? categoriesOf(this.#language, type);
    this.#known.set(type, known);
    const lacks = [...known].filter((category) => !has.has(category)).toSorted();
    if (lacks.length > 0) this.#lacking.set(lacks.join(", "), (this.#lacking.get(lacks.join(", ")) ?? 0) + 1);
  }

  /** Forms under keys of their own: `item_one` and `item_other` of i18next, or `one` and `other` of Rails. */
  addKeys(paths: readonly (readonly string[])[]): void {
    const groups = new Map<string, string[]>();
    for (const path of paths) {
      const [, stem, ordinal, form] = /^(?:(.*)_)?(ordinal_)?(zero|one|two|few|many|other)$/.exec(path.at(-1) ?? "") ?? [];
      if (form === undefined) continue;
      const group = JSON.stringify([ordinal ? "ordinal" : "cardinal", stem ?? null, ...path.slice(0, -1)]);
      const found = groups.get(group);
      if (found) found.push(form);
      else groups.set(group, [form]);
    }
    for (const [group, forms] of groups) if (forms.length > 1) this.add(forms, JSON.parse(group)[0] as PluralType);
  }

  remarks(): Remark[] {
    return [...this.#lacking].map(([forms, count]) => ({
      page: 0,
      code: "PLURALS_MISSING",
      message: `${count === 1 ? "A text" : `${count} texts`} for numbers ${count === 1 ? "lacks" : "lack"} a form that the target language has (${forms}): "other" stands for it.`,
    }));
  }
}
