import type { Inline } from "../../document/model.ts";
import { type Edit, edited, type Range } from "../edits.ts";
import { escapeAttribute, escapeText } from "../xml/write.ts";
import { runPropertiesIn, type TargetLanguage } from "./language.ts";
import { IN_TEXT, type InlineAnchor, type Kept, type LeafAnchor, type NodePlace, type Place, type RunsPlace } from "./places.ts";
import { encodeXstring } from "./xstring.ts";

/** An edit whose new text may have parts of the source in it, with what is edited in those. */
export interface PartEdit {
  readonly from: number;
  readonly to: number;
  text(sliceOf: (range: Range) => string): string;
}

/** The edits, by part, that set each leaf in all its places. */
export function partEdits(leaves: readonly { readonly content: readonly Inline[]; readonly anchor?: unknown }[], target: TargetLanguage) {
  const parts = new Map<string, PartEdit[]>();
  for (const { content, anchor } of leaves)
    for (const place of (anchor as LeafAnchor).places) {
      const edits = parts.get(place.part) ?? [];
      parts.set(place.part, edits);
      if (place.as === "runs" && place.cap) {
        const { cap, rest } = capped(content);
        edits.push(editOf(place.cap, [{ kind: "text", text: cap }], target), editOf(place, rest, target));
      } else edits.push(editOf(place, content, target));
    }
  return parts;
}

function editOf(place: Place, content: readonly Inline[], target: TargetLanguage): PartEdit {
  const [from, to] = place.range;
  if (place.as === "runs") return { from, to, text: (sliceOf) => runsXml(content, { place, target, sliceOf }) };
  const text = wordsOf(content);
  return { from, to, text: () => (place.as === "attribute" ? escapeAttribute(text) : escapeText(text)) };
}

/** Scripts whose letters change with their neighbours begin with a whole word. */
const CAP = /^\s*[^\p{L}\p{N}]{0,2}(?:[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Devanagari}\p{Script=Bengali}]+\s*|[\p{L}\p{N}]\p{M}*)/u;

/** The first letter of a text, with what is before it, and the rest. */
function capped(content: readonly Inline[]): { readonly cap: string; readonly rest: readonly Inline[] } {
  const [first, ...others] = content;
  if (!first || first.kind === "atom") return { cap: "", rest: content };
  if (first.kind === "span") {
    const { cap, rest } = capped(first.content);
    return { cap, rest: [{ ...first, content: rest }, ...others] };
  }
  const cap = CAP.exec(first.text)?.[0] ?? "";
  return { cap: cap.trim(), rest: [{ ...first, text: first.text.slice(cap.length) }, ...others] };
}

function wordsOf(content: readonly Inline[]): string {
  return content
    .map((inline) => {
      if (inline.kind === "span") return wordsOf(inline.content);
      return inline.kind === "atom" && inline.as === "break" ? inline.text || "\n" : inline.text.replace(/[\r\n]+/g, " ");
    })
    .join("");
}

/**
 * Edits within what another edit keeps are made there. Of two that would change the same place the outer one is asked for its
 * text with the inner ones made. No two may cross.
 */
export function settled(source: string, edits: readonly PartEdit[]): Edit[] {
  const done: Edit[] = [];
  for (const { from, to, text } of edits.toSorted(
    (a, b) => a.to - b.to || Number(a.from === a.to) - Number(b.from === b.to) || b.from - a.from,
  )) {
    let first = done.length;
    const isWithin = (edit: Edit | undefined) => edit !== undefined && edit.from >= from && edit.to > from;
    while (isWithin(done[first - 1])) first--;
    const inner = done.splice(first);
    done.push({ from, to, text: text((range) => edited(source, inner, ...range)) });
  }
  return done;
}

interface Writing {
  readonly place: RunsPlace;
  readonly target: TargetLanguage;
  readonly sliceOf: (range: Range) => string;
}

/** `content` as the runs of a paragraph. */
export function runsXml(content: readonly Inline[], writing: Writing): string {
  const { place } = writing;
  const runs = new Runs(writing, lettersOf(content));
  const left = occurrences(content, new Map());
  const begun = new Set<number>();
  const walk = (inlines: readonly Inline[], properties: Range | null | undefined) => {
    for (const inline of inlines) {
      if (inline.kind === "text") {
        runs.text(inline.text, properties);
        continue;
      }
      const { n } = inline.anchor as InlineAnchor;
      const node = place.nodes[n];
      if (!node) {
        if (inline.kind === "span") walk(inline.content, properties);
        else if (n === IN_TEXT.n) runs.text(inline.text, properties);
        continue;
      }
      const isFirst = !begun.has(n);
      begun.add(n);
      left.set(n, (left.get(n) ?? 1) - 1);
      if (isFirst) runs.kept(node.before ?? []);
      if (inline.kind === "atom") runs.atom(node, properties);
      else if (!node.open) walk(inline.content, node.run);
      else {
        const isElement = isFirst || !node.once;
        if (isElement) runs.kept(node.open);
        walk(inline.content, node.base);
        if (isElement) runs.kept(node.close ?? []);
      }
      if (left.get(n) === 0) runs.kept(node.after ?? []);
    }
  };
  walk(content, place.base);
  return runs.done();
}

function lettersOf(content: readonly Inline[]): number {
  return content.reduce((sum, inline) => {
    if (inline.kind === "span") return sum + lettersOf(inline.content);
    return inline.kind === "text" || (inline.anchor as InlineAnchor).n === IN_TEXT.n ? sum + inline.text.length : sum;
  }, 0);
}

function occurrences(content: readonly Inline[], counts: Map<number, number>): Map<number, number> {
  for (const inline of content) {
    if (inline.kind === "text") continue;
    const { n } = inline.anchor as InlineAnchor;
    counts.set(n, (counts.get(n) ?? 0) + 1);
    if (inline.kind === "span") occurrences(inline.content, counts);
  }
  return counts;
}

/** Runs as they are written, one after another: what has the same properties is one. */
class Runs {
  readonly #writing: Writing;
  readonly #letters: number;
  readonly #xml: string[] = [];
  #run: { readonly properties: Range | undefined; readonly parts: (string | { readonly xml: string })[] } | undefined;
  #written = 0;
  #points = 0;

  constructor(writing: Writing, letters: number) {
    this.#writing = writing;
    this.#letters = letters;
  }

  text(text: string, properties: Range | null | undefined): void {
    let rest = text;
    for (let cut = this.#nextPoint(rest); cut !== undefined; cut = this.#nextPoint(rest)) {
      this.#add(rest.slice(0, cut), properties);
      rest = rest.slice(cut);
      this.#written += cut;
      this.#point();
    }
    this.#add(rest, properties);
    this.#written += rest.length;
  }

  kept(kept: readonly Kept[]): void {
    for (const { range, run } of kept) {
      const xml = this.#writing.sliceOf(range);
      if (run !== undefined) this.#add({ xml }, run);
      else {
        this.#flush();
        this.#xml.push(xml);
      }
    }
  }

  atom({ kept = [], sign }: NodePlace, properties: Range | null | undefined): void {
    if (sign === undefined) this.kept(kept);
    else this.#add(sign, properties);
  }

  done(): string {
    while (this.#points < (this.#writing.place.points?.length ?? 0)) this.#point();
    this.#flush();
    return this.#xml.join("");
  }

  /** Where in `text`, between two words, what no reader sees comes next. */
  #nextPoint(text: string): number | undefined {
    const point = this.#writing.place.points?.[this.#points];
    if (!point) return undefined;
    const at = Math.max(0, Math.round(point.at * this.#letters) - this.#written);
    if (at >= text.length) return undefined;
    if (at === 0) return 0;
    const space = text.indexOf(" ", at - 1);
    return space < 0 ? undefined : space + 1;
  }

  #point(): void {
    const point = this.#writing.place.points?.[this.#points];
    this.#points += 1;
    if (point) this.kept(point.kept);
  }

  #add(part: string | { readonly xml: string }, properties: Range | null | undefined): void {
    if (part === "") return;
    const range = properties ?? undefined;
    if (!this.#run || this.#run.properties?.[0] !== range?.[0]) {
      this.#flush();
      this.#run = { properties: range, parts: [] };
    }
    const { parts } = this.#run;
    const last = parts.at(-1);
    if (typeof part === "string" && typeof last === "string") parts[parts.length - 1] = last + part;
    else parts.push(part);
  }

  #flush(): void {
    if (!this.#run) return;
    const { properties, parts } = this.#run;
    const { place, target, sliceOf } = this.#writing;
    const { dialect, prefix } = place;
    const text = parts.filter((part) => typeof part === "string").join("");
    const given = properties ? sliceOf(properties) : "";
    const made = text === "" ? given : runPropertiesIn(given, text, { target, dialect, prefix });
    const inner = parts.map((part) => (typeof part === "string" ? textXml(part, place) : part.xml)).join("");
    this.#run = undefined;
    // A string of a workbook without formats has no runs.
    const bare = dialect === "sheet" && !place.base && place.nodes.every(({ run }) => !run);
    this.#xml.push(bare ? inner : `<${prefix}r>${made}${inner}</${prefix}r>`);
  }
}

/** What no XML text shows as it is: a line's end is a space, but for a string in a cell. */
function textXml(text: string, { dialect, prefix }: RunsPlace): string {
  const element = (part: string) => {
    const space = dialect !== "drawing" && /^[ \t\n]|[ \t\n]$|[ \t\n]{2}/.test(part) ? ' xml:space="preserve"' : "";
    return `<${prefix}t${space}>${escapeText(part)}</${prefix}t>`;
  };
  if (dialect === "sheet") return element(encodeXstring(text.replace(/\r\n?/g, "\n")));
  const line = text.replace(/[\r\n\u2028\u2029]+/g, " ");
  if (dialect === "drawing") return element(line);
  return line
    .split(/(\u2011|\t)/)
    .map((part) => (part === "\u2011" ? `<${prefix}noBreakHyphen/>` : part === "\t" ? `<${prefix}tab/>` : part === "" ? "" : element(part)))
    .join("");
}
