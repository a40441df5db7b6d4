import { decodeHTMLStrict } from "entities";
import { charactersIn } from "../engine/document/characters.ts";
import type { Tag, Tagged } from "../engine/document/segment.ts";
import type { Translation } from "../engine/ports/translator.ts";
import { malformed } from "./http.ts";

/**
 * How an engine is given tags. `xml`: as elements named as XLIFF names them. `html`: as elements that HTML has, for engines
 * that know no others. `bergamot`: HTML with atoms as pictures, which that engine neither translates nor loses. `plain`: not at all, and nothing is escaped, for texts without any.
 */
export type Dialect = "xml" | "html" | "bergamot" | "plain";

/** What may be an element: nothing longer is ours, and no more is looked at. */
const ELEMENT = /<([^<>]{1,200})>/g;
/** An element's inside: an end's stroke, its name, its attributes, and the stroke of one without content. */
const INSIDE = /^(\/?)([a-z][\w:.-]*)((?:\s+[a-z][\w:.-]*=(?:"[^"]*"|'[^']*'|[^\s"'=]+?))*)(\/?)$/i;
/** It has no end, and engines that know HTML leave its stroke out. */
const VOID = /^img$/i;
const ID = /\sid=["']?(\d{1,6})\b/i;
/** What XML 1.0 has no way to say, but for whitespace. */
const UNSAYABLE = /[^\P{Cc}\t\n\r]|[\uFFFE\uFFFF]/gu;
const STAND_IN = /(?<![\p{L}\p{N}])x\d{1,6}(?!\p{N})/gu;
/** No document's styles nest so deep; what does costs a hostile one's reader time. */
const MAX_DEPTH = 32;
/** A translation is not so many times as long as its source, and a few words more: the engine has lost the thread. */
const MAX_GROWTH = 8;
const SHORT = 2_000;
/** Likewise of tags, of which some engines double one or two. */
const FEW_TAGS = 200;

/** The plainest dialect that can say all of `batch`. */
export function dialectOf(batch: readonly Tagged[], marked: Dialect): Dialect {
  return batch.some(({ tags }) => tags.length > 0) ? marked : "plain";
}

/**
 * A text as marked-up text: spans and atoms are elements with their tags' numbers, and signs of markup escaped. Spans that
 * cross are cut so that they nest.
 */
export function toMarkup({ text, tags }: Tagged, dialect: Dialect): string {
  if (dialect === "plain") return text.toWellFormed();
  const open: number[] = [];
  let [markup, from] = ["", 0];
  for (const { id, at, kind } of tags) {
    markup += escaped(text.slice(from, at));
    from = Math.max(from, at);
    if (kind === "atom") markup += atom(id, dialect);
    else if (kind === "open" && open.length < MAX_DEPTH) {
      open.push(id);
      markup += start(id, dialect);
    } else if (kind === "close" && open.includes(id)) {
      const crossing = open.splice(open.lastIndexOf(id)).slice(1);
      markup += end(dialect).repeat(crossing.length + 1) + crossing.map((each) => start(each, dialect)).join("");
      open.push(...crossing);
    }
  }
  return markup + escaped(text.slice(from)) + end(dialect).repeat(open.length);
}

/**
 * Reads an engine's answer to `source`. Tolerant: what is lost or comes twice does so in the result's tags as well, elements
 * that were not sent are left out, and whatever is no element is text. Whitespace at the ends is the source's.
 */
export function fromMarkup(markup: string, source: Tagged, dialect: Dialect): Tagged {
  if (dialect === "plain") return withEndsOf(source.text, { text: markup, tags: [] });
  const reading = new Reading(source);
  // The source's own signs of this kind, of which an engine may have undone the escapes.
  const literal = new Set([...source.text.matchAll(ELEMENT)].map(([whole]) => whole));
  let from = 0;
  for (const match of markup.matchAll(ELEMENT)) {
    const element = elementOf(match[1] ?? "");
    if (!element || (literal.has(match[0]) && !reading.knows(element))) continue;
    reading.text(decodeHTMLStrict(markup.slice(from, match.index)));
    reading.element(element);
    from = match.index + match[0].length;
  }
  reading.text(decodeHTMLStrict(markup.slice(from)));
  return withEndsOf(source.text, reading.result());
}

/** What an engine's answer to `source` comes to; failed if it is no text, empty, or endless. */
export function translationOf(answer: unknown, source: Tagged, dialect: Dialect): Translation {
  if (typeof answer !== "string") return { kind: "failed", why: "the translation engine gave no text" };
  if (answer.length > MAX_GROWTH * toMarkup(source, dialect).length + SHORT)
    return { kind: "failed", why: "the translation engine gave far more than it was asked for" };
  const target = fromMarkup(answer, source, dialect);
  if (target.tags.length > MAX_GROWTH * source.tags.length + FEW_TAGS)
    return { kind: "failed", why: "the translation engine gave far more marks than it was asked for" };
  if (target.text.trim() === "" && source.text.trim() !== "") return { kind: "failed", why: "the translation engine gave an empty text" };
  if (dialect === "html" && hasStandIn(target, source)) return { kind: "failed", why: "the translation engine took a mark for a word" };
  return { kind: "translated", target, unknown: [] };
}

/** Whether a word that stood for an atom is left in `target`, be it in small letters. */
function hasStandIn({ text }: Tagged, source: Tagged): boolean {
  const standsFor = new Set(source.tags.flatMap(({ id, kind }) => (kind === "atom" ? [standIn(id).toLowerCase()] : [])));
  if (standsFor.size === 0) return false;
  const own = new Set(source.text.toLowerCase().match(STAND_IN));
  return (
    text
      .toLowerCase()
      .match(STAND_IN)
      ?.some((word) => standsFor.has(word) && !own.has(word)) ?? false
  );
}

/** What an engine's answers to `batch` come to. Throws TRANSLATOR_UNAVAILABLE for another number of them. */
export function translationsOf(answers: readonly unknown[], batch: readonly Tagged[], { engine, dialect }: Written): Translation[] {
  if (answers.length !== batch.length) throw malformed(engine, charactersIn(batch.map((unit) => toMarkup(unit, dialect))));
  return batch.map((source, index) => translationOf(answers[index], source, dialect));
}

/** How a batch was sent. */
interface Written {
  readonly engine: string;
  readonly dialect: Dialect;
}

/** Characters of `batch` as it is sent, for engines that bill markup too. */
export function charactersSent(batch: readonly Tagged[], marked: Dialect): number {
  const dialect = dialectOf(batch, marked);
  return charactersIn(batch.map((unit) => toMarkup(unit, dialect)));
}

interface Element {
  readonly name: string;
  readonly id: number | undefined;
  readonly kind: "start" | "end" | "empty";
}

function elementOf(inside: string): Element | undefined {
  // Some engines put spaces around the signs of markup.
  const close = inside
    .trim()
    .replace(/^\/\s+/, "/")
    .replace(/\s+\/$/, "/")
    .replace(/\s*=\s*/g, "=");
  const match = INSIDE.exec(close);
  if (!match) return undefined;
  const [, stroke, name = "", attributes = "", empty] = match;
  const id = ID.exec(attributes)?.[1];
  return {
    name: name.toLowerCase(),
    id: id === undefined ? undefined : Number(id),
    kind: stroke ? "end" : empty || VOID.test(name) ? "empty" : "start",
  };
}

/** An answer, as far as it is read. */
class Reading {
  readonly #kinds: ReadonlyMap<number, "atom" | "span">;
  /** Elements that are open, foreign ones without an id; an atom's with the place where its own text begins. */
  readonly #open: { readonly name: string; readonly id: number | undefined; readonly atomAt?: number }[] = [];
  readonly #tags: Tag[] = [];
  #text = "";

  constructor(source: Tagged) {
    this.#kinds = new Map(source.tags.map(({ id, kind }) => [id, kind === "atom" ? "atom" : "span"]));
  }

  text(text: string): void {
    this.#text += text;
  }

  /** Whether it is one that was sent. */
  knows({ name, id, kind }: Element): boolean {
    if (kind === "end") return this.#open.some((each) => each.name === name && each.id !== undefined);
    return id !== undefined && this.#kinds.has(id);
  }

  element({ name, id: given, kind }: Element): void {
    if (kind === "end") return this.#end(name);
    const is = given === undefined ? undefined : this.#kinds.get(given);
    const id = is && given;
    if (id !== undefined) this.#tag(id, is === "atom" ? "atom" : "open");
    if (kind === "start" && this.#open.length <= MAX_DEPTH)
      this.#open.push({ name, id, ...(is === "atom" && { atomAt: this.#text.length }) });
    else if (id !== undefined && is === "span") this.#tag(id, "close");
  }

  result(): Tagged {
    for (const { id, atomAt } of this.#open.reverse()) if (id !== undefined && atomAt === undefined) this.#tag(id, "close");
    return { text: this.#text, tags: this.#tags };
  }

  /** Ends the innermost element of this name, and lets those that it crosses stay open. */
  #end(name: string): void {
    const index = this.#open.findLastIndex((each) => each.name === name);
    const [ended] = index < 0 ? [] : this.#open.splice(index, 1);
    if (ended?.id === undefined) return;
    if (ended.atomAt === undefined) this.#tag(ended.id, "close");
    else if (this.#text.slice(ended.atomAt).trim() === standIn(ended.id) && (this.#tags.at(-1)?.at ?? 0) <= ended.atomAt)
      this.#text = this.#text.slice(0, ended.atomAt);
  }

  #tag(id: number, kind: Tag["kind"]): void {
    this.#tags.push({ id, at: this.#text.length, kind });
  }
}

function start(id: number, dialect: Dialect): string {
  return dialect === "xml" ? `<g id="${id}">` : `<span id="${id}">`;
}

function end(dialect: Dialect): string {
  return dialect === "xml" ? "</g>" : "</span>";
}

/** In HTML it has a word that stands for it: engines move what has none away from its neighbours. */
function atom(id: number, dialect: Dialect): string {
  if (dialect === "xml") return `<x id="${id}"/>`;
  if (dialect === "bergamot") return `<img id="${id}"/>`;
  return `<span id="${id}" class="notranslate" translate="no">${standIn(id)}</span>`;
}

function standIn(id: number): string {
  return `X${id}`;
}

function escaped(text: string): string {
  return text.toWellFormed().replace(UNSAYABLE, " ").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** `tagged` with the whitespace at its ends that `source` has. */
export function withEndsOf(source: string, { text, tags }: Tagged): Tagged {
  const words = text.trim();
  const [from, to] = [text.length - text.trimStart().length, text.trimEnd().length];
  const before = source.slice(0, source.length - source.trimStart().length);
  const after = source.trim() === "" ? "" : source.slice(source.trimEnd().length);
  const start = before.length;
  const end = start + words.length;
  const place = (at: number) => {
    if (at < from) return Math.min(at, start);
    return at > to ? Math.min(end + at - to, end + after.length) : start + Math.max(0, at - from);
  };
  return { text: before + words + after, tags: tags.map((tag) => ({ ...tag, at: place(tag.at) })) };
}
