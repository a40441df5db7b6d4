import { aborted } from "../../../platform/async/aborted.ts";
import { baseOf } from "../../engine/document/language_code.ts";
import { type Ask, type Call, field, malformed } from "../http.ts";
import type { Term } from "../order.ts";
import type { EngineRequest } from "../translation_engine.ts";

/** What each of them may be at most, in UTF-8 (https://developers.deepl.com/api-reference/multilingual-glossaries). */
const MAX_PHRASE_BYTES = 1024;
const MAX_ENTRIES_BYTES = 8 << 20;
/** An account may have a thousand, and its owner has others. The oldest of ours go. */
const MAX_OURS = 200;
const PREFIX = "dragoman ";
/** A pair of languages without glossaries, too many of them, or a server that has none. */
const UNABLE: readonly number[] = [400, 404, 405, 456, 501];

interface Making {
  readonly entries: string;
  readonly refusal: NonNullable<Call["refusal"]>;
}
const MAX_REMOVED = 10;

/** Glossaries at DeepL, one for each content and pair of languages, whichever worker made it. */
export class Glossaries {
  readonly #engine: string;
  readonly #ask: Ask;
  readonly #ids = new Map<string, Promise<string | undefined>>();

  constructor(engine: string, ask: Ask) {
    this.#engine = engine;
    this.#ask = ask;
  }

  /**
   * The id of the glossary that holds `request` to its terms; undefined where none of them stands in the batch, or where none
   * can be made: what is missed then is seen in the translation. Throws as engines do.
   */
  async idFor(request: EngineRequest, signal: AbortSignal): Promise<string | undefined> {
    const { terms, glossary } = request;
    if (terms.length === 0 || !glossary) return undefined;
    const name = nameOf(request);
    const entries = entriesOf(glossary.terms);
    if (entries === "") return undefined;
    const known = this.#ids.get(name) ?? this.#made(name, request, entries);
    // In order of their last use, of which the first are forgotten.
    this.#ids.delete(name);
    this.#ids.set(name, known);
    for (const oldest of this.#ids.keys()) if (this.#ids.size > MAX_OURS) this.#ids.delete(oldest);
    try {
      return await aborted(known, signal);
    } catch (error) {
      if (!signal.aborted) this.#ids.delete(name);
      throw error;
    }
  }

  /** It is not there any more. */
  forget(request: EngineRequest): void {
    this.#ids.delete(nameOf(request));
  }

  /** Others wait for it as well, so it ends with none of them, but each of its calls does by its deadline. */
  async #made(name: string, request: EngineRequest, entries: string): Promise<string | undefined> {
    let isUnable = false;
    const refusal = (status: number) => {
      isUnable = UNABLE.includes(status);
      return undefined;
    };
    try {
      return await this.#found(name, request, { entries, refusal });
    } catch (error) {
      if (isUnable) return undefined;
      throw error;
    }
  }

  async #found(name: string, { pair }: EngineRequest, { entries, refusal }: Making): Promise<string> {
    const { signal } = new AbortController();
    const ours = await this.#ours(refusal, signal);
    const there = ours.find((each) => each.name === name);
    if (there) return there.id;
    const tooMany = Math.min(MAX_REMOVED, Math.max(0, ours.length - MAX_OURS));
    for (const { id } of ours.slice(0, tooMany)) await this.#remove(id, signal);
    const dictionary = { source_lang: base(pair.source), target_lang: base(pair.target), entries, entries_format: "tsv" };
    const id = field(await this.#ask("v3/glossaries", { json: { name, dictionaries: [dictionary] }, refusal }, signal), "glossary_id");
    if (typeof id !== "string") throw malformed(this.#engine);
    return id;
  }

  /** The oldest first. */
  async #ours(
    refusal: Making["refusal"],
    signal: AbortSignal,
  ): Promise<{ readonly id: string; readonly name: string; readonly at: string }[]> {
    const listed = field(await this.#ask("v3/glossaries", { refusal }, signal), "glossaries");
    if (!Array.isArray(listed)) throw malformed(this.#engine);
    const textOf = (each: unknown, name: string) => {
      const text = field(each, name);
      return typeof text === "string" ? text : "";
    };
    return listed
      .map((each) => ({ id: textOf(each, "glossary_id"), name: textOf(each, "name"), at: textOf(each, "creation_time") }))
      .filter(({ id, name }) => id !== "" && name.startsWith(PREFIX))
      .toSorted((one, other) => (one.at < other.at ? -1 : 1));
  }

  async #remove(id: string, signal: AbortSignal): Promise<void> {
    let isGone = false;
    const refusal = (status: number) => {
      isGone = status === 404;
      return undefined;
    };
    try {
      await this.#ask(`v3/glossaries/${encodeURIComponent(id)}`, { method: "DELETE", refusal }, signal);
    } catch (error) {
      // Another worker was faster.
      if (!isGone) throw error;
    }
  }
}

function nameOf({ pair, glossary }: EngineRequest): string {
  return `${PREFIX}${base(pair.source)}-${base(pair.target)} ${glossary?.hash}`;
}

/** A glossary serves all varieties of a language. */
function base(code: string): string {
  return baseOf(code).toLowerCase();
}

/** As lines of source, tab, target. Of a phrase that stands twice the first counts; what DeepL could not take is left to the check of terms. */
function entriesOf(terms: readonly Term[]): string {
  const phrase = (text: string) =>
    text
      .replace(/[\p{Cc}\p{Z}]+/gu, " ")
      .trim()
      .toWellFormed();
  const lines = new Map<string, string>();
  let bytes = 0;
  for (const term of terms) {
    const [source, target] = [phrase(term.source), phrase(term.target || term.source)];
    if (source === "" || target === "" || lines.has(source)) continue;
    if (Math.max(Buffer.byteLength(source), Buffer.byteLength(target)) > MAX_PHRASE_BYTES) continue;
    bytes += Buffer.byteLength(source) + Buffer.byteLength(target) + 2;
    if (bytes > MAX_ENTRIES_BYTES) break;
    lines.set(source, target);
  }
  return [...lines].map((line) => line.join("\t")).join("\n");
}
