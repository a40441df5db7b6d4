import { attributeOf, childOf, descendant, isOn, nameOf } from "../ooxml/names.ts";
import type { XmlElement } from "../xml/parse.ts";
import { elementsOf } from "../xml/walk.ts";
import { numberIn } from "./number_formats.ts";
import type { Styles } from "./styles.ts";
import { bulletOf } from "./symbols.ts";

const LEVELS = 9;

interface Level {
  readonly start: number;
  readonly format: string;
  /** "%1.%2)" */
  readonly text: string;
  readonly font: string;
  /** All its numbers are in figures. */
  readonly legal: boolean;
  /** After which level it begins anew; 0: never. */
  readonly restart: number | undefined;
}

interface Instance {
  readonly abstract: string;
  readonly levels: ReadonlyMap<number, Level>;
  readonly starts: ReadonlyMap<number, number>;
}

/** A paragraph's number or bullet, and what list it is of. */
export interface Numbered {
  readonly list: string;
  /** From 0. */
  readonly level: number;
  /** As it stands there: "2.1", "a)", "•". */
  readonly mark: string;
}

/** Counts the lists of a document: paragraphs are asked for in order. */
export class Numbering {
  readonly #styles: Styles;
  readonly #abstracts = new Map<string, XmlElement>();
  readonly #instances = new Map<string, Instance | undefined>();
  readonly #elements = new Map<string, XmlElement>();
  /** By the abstract list: those that share one go on counting. */
  readonly #counters = new Map<string, (number | undefined)[]>();
  readonly #begun = new Set<string>();

  constructor(root: XmlElement | undefined, styles: Styles) {
    this.#styles = styles;
    for (const element of root ? elementsOf(root) : []) {
      if (nameOf(element) === "w:abstractNum") this.#abstracts.set(attributeOf(element, "abstractNumId") ?? "", element);
      if (nameOf(element) === "w:num") this.#elements.set(attributeOf(element, "numId") ?? "", element);
    }
  }

  /** What `paragraph` is numbered with; undefined if it is not. */
  next(paragraph: XmlElement, style: string | undefined): Numbered | undefined {
    const own = descendant(paragraph, "w:pPr", "w:numPr");
    const styled = this.#styles.numbering(style);
    const list = attributeOf(childOf(own, "w:numId")) ?? attributeOf(childOf(styled?.properties, "w:numId"));
    const instance = list === undefined || list === "0" ? undefined : this.#instance(list);
    if (list === undefined || !instance) return undefined;
    const level = Number(attributeOf(childOf(own, "w:ilvl")) ?? this.#styledLevel(styled, instance));
    if (!Number.isInteger(level) || level < 0 || level >= LEVELS) return undefined;
    return { list, level, mark: this.#count(list, instance, level) };
  }

  #styledLevel(styled: ReturnType<Styles["numbering"]>, { abstract }: Instance): string {
    const given = attributeOf(childOf(styled?.properties, "w:ilvl"));
    if (given !== undefined || !styled) return given ?? "0";
    const levels = this.#abstracts.get(abstract);
    const linked = levels && elementsOf(levels).find((level) => attributeOf(childOf(level, "w:pStyle")) === styled.style);
    return attributeOf(linked, "ilvl") ?? "0";
  }

  #count(list: string, { abstract, levels, starts }: Instance, level: number): string {
    const counters = this.#counters.get(abstract) ?? [];
    this.#counters.set(abstract, counters);
    if (!this.#begun.has(list)) {
      this.#begun.add(list);
      for (const [index, start] of starts) counters[index] = start - 1;
    }
    const startOf = (index: number) => levels.get(index)?.start ?? 1;
    counters[level] = (counters[level] ?? startOf(level) - 1) + 1;
    for (let deeper = level + 1; deeper < LEVELS; deeper++) {
      const restart = levels.get(deeper)?.restart;
      if (restart === undefined || (restart > 0 && level < restart)) counters[deeper] = undefined;
    }
    for (let above = 0; above < level; above++) counters[above] ??= startOf(above);
    const own = levels.get(level);
    if (!own) return "•";
    if (own.format === "bullet") return bulletOf(own.text, own.font);
    return own.text.replace(/%([1-9])/g, (_, digit: string) => {
      const index = Number(digit) - 1;
      const format = own.legal ? "decimal" : (levels.get(index)?.format ?? "decimal");
      return numberIn(format, counters[index] ?? startOf(index));
    });
  }

  #instance(list: string): Instance | undefined {
    if (this.#instances.has(list)) return this.#instances.get(list);
    const element = this.#elements.get(list);
    const made = element && this.#made(element);
    this.#instances.set(list, made);
    return made;
  }

  #made(element: XmlElement): Instance | undefined {
    let abstract = attributeOf(childOf(element, "w:abstractNumId")) ?? "";
    // A list may be a style's, whose own list has the levels.
    const linked = attributeOf(childOf(this.#abstracts.get(abstract), "w:numStyleLink"));
    const source = linked === undefined ? undefined : this.#elements.get(this.#styles.numberingOf(linked) ?? "");
    abstract = attributeOf(childOf(source, "w:abstractNumId")) ?? abstract;
    const levels = new Map<number, Level>();
    for (const child of elementsOf(this.#abstracts.get(abstract) ?? element)) addLevel(levels, child);
    const starts = new Map<number, number>();
    for (const override of elementsOf(element)) {
      if (nameOf(override) !== "w:lvlOverride") continue;
      for (const child of elementsOf(override)) addLevel(levels, child);
      const start = attributeOf(childOf(override, "w:startOverride"));
      if (start !== undefined) starts.set(Number(attributeOf(override, "ilvl")), Number(start));
    }
    return { abstract, levels, starts };
  }
}

function addLevel(levels: Map<number, Level>, element: XmlElement): void {
  if (nameOf(element) !== "w:lvl") return;
  const value = (name: string) => attributeOf(childOf(element, name));
  const restart = value("w:lvlRestart");
  levels.set(Number(attributeOf(element, "ilvl")), {
    start: Number(value("w:start") ?? 1) || 0,
    format: value("w:numFmt") ?? "decimal",
    text: value("w:lvlText") ?? "",
    font: attributeOf(descendant(element, "w:rPr", "w:rFonts"), "ascii") ?? "",
    legal: isOn(childOf(element, "w:isLgl")) ?? false,
    restart: restart === undefined ? undefined : Number(restart),
  });
}
