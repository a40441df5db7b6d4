import type { Block, ListItem } from "../../document/model.ts";
import { doubledLetters, romanNumeral } from "../numerals.ts";
import type { XmlElement } from "../xml/parse.ts";
import { elementsOf } from "../xml/walk.ts";
import { countOf, nameOf, stated } from "./names.ts";
import type { Styles } from "./styles.ts";

/** OpenDocument's lists have ten levels. */
const MAX_LEVELS = 10;
const MAX_NUMBER = 1_000_000;

/** The marks of a document's lists, whose numbers go on from one to the next where they say so. */
export class ListMarks {
  readonly #styles: Styles;
  /** The last number of each level, by the list's style and by its own id. */
  readonly #last = new Map<string, number[]>();

  constructor(styles: Styles) {
    this.#styles = styles;
  }

  /** Of a list that stands in `outer`, if in one. */
  begin(list: XmlElement, outer: OpenList | undefined): OpenList {
    const style = stated(list, "text:style-name") ?? outer?.style ?? "";
    const level = outer ? Math.min(outer.level + 1, MAX_LEVELS) : 1;
    if (outer) return { style, level, numbers: outer.numbers };
    const before = this.#last.get(stated(list, "text:continue-list") ?? `style ${style}`);
    const continues = stated(list, "text:continue-numbering") === "true" || stated(list, "text:continue-list") !== undefined;
    const numbers = continues && before ? before : [];
    this.#last.set(`style ${style}`, numbers);
    const id = stated(list, "xml:id");
    if (id !== undefined) this.#last.set(id, numbers);
    return { style, level, numbers };
  }

  /** The mark of the next item. */
  mark(item: XmlElement, { style, level, numbers }: OpenList): string {
    const described = this.#level(style, level);
    numbers.length = Math.min(numbers.length, level);
    const start = stated(item, "text:start-value");
    const first = described ? countOf(described, "text:start-value", MAX_NUMBER) : 1;
    const number = start === undefined ? (numbers[level - 1] ?? first - 1) + 1 : Number(start);
    numbers[level - 1] = Number.isSafeInteger(number) ? number : 1;
    if (!described) return "•";
    if (nameOf(described) !== "text:list-level-style-number") return bullet(described);
    return this.#numbered(described, style, level, numbers);
  }

  #numbered(described: XmlElement, style: string, level: number, numbers: readonly number[]): string {
    if ((stated(described, "style:num-format") ?? "") === "") return "";
    const shown = countOf(described, "text:display-levels", level);
    const parts: string[] = [];
    for (let at = level - shown + 1; at <= level; at++) {
      const format = stated(this.#level(style, at) ?? described, "style:num-format") ?? "1";
      if (format !== "") parts.push(figure(numbers[at - 1] ?? 1, format));
    }
    return `${stated(described, "style:num-prefix") ?? ""}${parts.join(".")}${stated(described, "style:num-suffix") ?? ""}`;
  }

  #level(style: string, level: number): XmlElement | undefined {
    const list = this.#styles.listStyle(style);
    return elementsOf(list).find((each) => stated(each, "text:level") === String(level));
  }
}

export interface OpenList {
  readonly style: string;
  /** From 1. */
  readonly level: number;
  readonly numbers: number[];
}

function bullet(described: XmlElement): string {
  const sign = stated(described, "text:bullet-char") ?? "";
  // Signs of symbol fonts, which have no meaning elsewhere.
  return /^[^\ue000-\uf8ff\s]/u.test(sign) ? sign : "•";
}

/** In a number format of OpenDocument (1.3 part 3, 19.507): its first letter tells. */
function figure(number: number, format: string): string {
  const isSmall = /^[ai]/.test(format);
  if (/^[aA]/.test(format)) return isSmall ? doubledLetters(number) : doubledLetters(number).toUpperCase();
  if (/^[iI]/.test(format)) return isSmall ? romanNumeral(number) : romanNumeral(number).toUpperCase();
  return String(number);
}

/** Headings are numbered as lists, and lists begin at any level: what is a list in name only is none to a reader. */
export function asBlocks(id: string, items: readonly ListItem[]): Block[] {
  const blocks = items.flatMap((item) => item.blocks);
  if (blocks.length === 0 || blocks.every(({ kind }) => kind === "heading")) return blocks;
  const [only] = blocks;
  if (items.length === 1 && blocks.length === 1 && only?.kind === "list") return [only];
  return [{ kind: "list", id, items }];
}
