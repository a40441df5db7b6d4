import type { Tagged } from "../../worker/engine/document/segment.ts";
import type { LanguagePair } from "../../worker/engine/ports/translator.ts";
import type { Asking } from "../../worker/engine/services/translation/asking.ts";

/** A text and its right translation. */
export interface Right {
  readonly source: Tagged;
  readonly target: Tagged;
  readonly unknown: readonly string[];
  /** The same in a third language, where it is known. */
  readonly foreign?: string;
}

interface Given extends Right {
  readonly foreign: string;
  /** Of the text behind it. */
  readonly next: Tagged;
}

/** What a wrong answer is to, and the answer; undefined where a text can't be wrong in this way. */
type Fault = (given: Given, random: () => number) => { readonly source: Tagged; readonly target: Tagged } | undefined;

const CHATTER: readonly ((text: string) => string)[] = [
  (text) => `Here is the translation:\n\n${text}`,
  (text) => `<think>The user wants a translation.</think>${text}`,
  (text) => `\`\`\`\n${text}\n\`\`\``,
  (text) => `Translation: ${text}`,
  (text) => `Sure! Here's the translated text: ${text}`,
  () => "I'm sorry, but I cannot translate this text.",
];

/** Of other languages, for what is not known in one. */
const FOREIGN: readonly string[] = [
  "Les ouvriers ont fermé la porte du jardin avant la nuit.",
  "Il a demandé à sa voisine combien de temps dure le voyage.",
  "Nous avons trouvé la clé sous une pierre près de la rivière.",
  "Gli operai hanno chiuso il cancello prima che facesse buio.",
  "La chiave era sotto una pietra vicino al vecchio mulino.",
  "Die alten Bücher stehen noch immer hinter der großen Tür.",
  "Wir haben den ganzen Abend auf den letzten Zug gewartet.",
  "Ele perguntou à vizinha quanto tempo demora a viagem.",
];

/** In which ways engines are wrong. */
const FAULTS: Readonly<Record<string, Fault>> = {
  "a digit is another": ({ source, target }, random) => {
    const digits = [...target.text.matchAll(/\d/g)];
    const at = chosen(digits, random)?.index;
    if (at === undefined) return undefined;
    const other = (Number(target.text[at]) + 1 + Math.floor(random() * 8)) % 10;
    return { source, target: { ...target, text: `${target.text.slice(0, at)}${other}${target.text.slice(at + 1)}` } };
  },
  "a tag is lost": ({ source, target }, random) => {
    const lost = chosen(target.tags, random)?.id;
    return lost === undefined ? undefined : { source, target: { ...target, tags: target.tags.filter(({ id }) => id !== lost) } };
  },
  "a placeholder or an address is translated": ({ source, target }, random) => {
    const [before, after] = chosen(
      [
        ["{name}", "{nombre}"],
        ["%1$s", "% 1 $s"],
        ["https://a.example/help", "https://a.example/ayuda"],
        ["help@a.example", "ayuda@a.example"],
      ],
      random,
    ) ?? ["", ""];
    return { source: behind(source, before), target: behind(target, after) };
  },
  "nothing comes back": ({ source, target }) => ({ source, target: { text: "", tags: target.tags.map((tag) => ({ ...tag, at: 0 })) } }),
  "the source comes back": ({ source }) => ({ source, target: source }),
  "it is in a third language": ({ source, foreign }) => ({ source, target: { text: foreign, tags: clamped(source, foreign) } }),
  "it is cut off": ({ source, target }) => {
    const words = target.text.split(" ");
    const text = words.slice(0, Math.floor(words.length / 2)).join(" ");
    return words.length < 6 ? undefined : { source, target: { text, tags: clamped(target, text) } };
  },
  "it goes round in circles": ({ source, target }) => {
    const last = target.text.split(" ").slice(-4).join(" ");
    return { source, target: { ...target, text: `${target.text}${` ${last}`.repeat(8)}` } };
  },
  "it says something beside": ({ source, target }, random) => {
    const text = chosen(CHATTER, random)?.(target.text) ?? "";
    return { source, target: { text, tags: clamped(target, text) } };
  },
  "two texts are in one": ({ source, target, next }) => ({ source, target: { ...target, text: `${target.text} ${next.text}` } }),
};

/** Those that nothing in a short text tells of. */
export const HARD_FAULTS: Readonly<Record<string, Fault>> = {
  "it is of another text": ({ source, next }) => ({ source, target: next }),
  "a half is not translated": ({ source, target }) => {
    const [words, said] = [source.text.split(" "), target.text.split(" ")];
    const text = [...said.slice(0, said.length / 2), ...words.slice(words.length / 2)].join(" ");
    return words.length < 6 ? undefined : { source, target: { text, tags: clamped(target, text) } };
  },
};

function chosen<T>(from: readonly T[], random: () => number): T | undefined {
  return from[Math.floor(random() * from.length)];
}

function behind(tagged: Tagged, added: string): Tagged {
  return { ...tagged, text: `${tagged.text} ${added}` };
}

function clamped({ tags }: Tagged, text: string): Tagged["tags"] {
  return tags.map((tag) => ({ ...tag, at: Math.min(tag.at, text.length) }));
}

/** How often a way of being wrong was tried, and found. */
export interface Way {
  readonly name: string;
  readonly made: number;
  readonly found: number;
}

export interface Seeded {
  readonly ways: readonly Way[];
  /** Reasons against right translations. */
  readonly doubted: readonly (readonly string[])[];
}

interface Seeding {
  readonly judge: Asking["judge"];
  readonly pair: LanguagePair;
  /** Of all texts, how many are answered wrongly before they are answered right. What is not found is learned from, as what is right. */
  readonly share: number;
  readonly faults?: typeof FAULTS;
  readonly seed?: number;
}

/** Has all of `rights` judged in order, some of them with a fault as well. */
export function seed(rights: readonly Right[], { judge, pair, share, faults = FAULTS, seed: start = 1 }: Seeding): Seeded {
  const random = seeded(start);
  const names = Object.keys(faults);
  const ways = new Map(names.map((name) => [name, { name, made: 0, found: 0 }]));
  const doubted: (readonly string[])[] = [];
  let next = start;
  for (const [at, right] of rights.entries()) {
    const { source, target, unknown } = right;
    if (random() < share) {
      const behind = rights[(at + 1) % rights.length] as Right;
      const foreign = right.foreign ?? chosen(FOREIGN, random) ?? "";
      const name = names[next++ % names.length] ?? "";
      const wrong = faults[name]?.({ ...right, foreign, next: behind.target }, random);
      const way = ways.get(name);
      if (wrong && way) {
        way.made++;
        if (judge(wrong.source, { kind: "translated", target: wrong.target, unknown }, pair).verdict !== "ok") way.found++;
      }
    }
    const { verdict, reasons } = judge(source, { kind: "translated", target, unknown }, pair);
    if (verdict !== "ok") doubted.push(reasons);
  }
  return { ways: [...ways.values()], doubted };
}

/** Always the same numbers, 0 to 1: a linear congruential generator by Numerical Recipes. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
