import type { Served } from "../../platform/languages.ts";
import type { Formality, TranslationOrder } from "./order.ts";
import type { EngineTraits } from "./translation_engine.ts";

/** What an order may say of the manner, and not every engine can follow. */
export type Wish = "formality" | "tone" | "domain" | "context" | "instructions";

const WISHES: readonly Wish[] = ["formality", "tone", "domain", "context", "instructions"];

/** What of an order one engine follows in one pair of languages, and what it cannot. */
export interface Followed {
  readonly wishes: Readonly<Record<Exclude<Wish, "formality">, string>> & { readonly formality: Formality };
  readonly ignored: readonly Wish[];
}

export function followed(order: TranslationOrder, traits: EngineTraits, { group }: Served): Followed {
  const isWished = (wish: Wish) => order[wish] !== "" && order[wish] !== "default";
  const isFollowed = (wish: Wish) => traits.follows.has(wish) && (wish !== "formality" || group.formality);
  const given = (wish: Exclude<Wish, "formality">) => (isFollowed(wish) ? order[wish] : "");
  return {
    wishes: {
      formality: isFollowed("formality") ? order.formality : "default",
      ...{ tone: given("tone"), domain: given("domain"), context: given("context"), instructions: given("instructions") },
    },
    ignored: WISHES.filter((wish) => isWished(wish) && !isFollowed(wish)),
  };
}

/** Whether an engine that cannot do it is not to be asked at all. */
export function isDemanded({ formality }: TranslationOrder): boolean {
  return formality === "more" || formality === "less";
}
