import type { LedgerEntry } from "../../gen/dragoman/v1/job_pb.ts";

/** Of the whole document in a ledger; here it is said of each text. */
const UNKNOWN = "WORDS_UNKNOWN";
/** The code of a sentence that stands in the translation as in its source. */
export const FAILED = "SEGMENT_FAILED";

const MAX_WORDS = 10;
const MAX_WORD_LETTERS = 40;

/** Something to know of a text's translation, as the ledger has it. */
export interface Remark {
  readonly code: string;
  readonly message: string;
}

/** What is read of the model of a list of texts: the n-th is an item that is marked "n:". */
interface Model {
  readonly pages: readonly { readonly blocks: readonly { readonly items?: readonly Item[] }[] }[];
}

interface Item {
  readonly mark: string;
  readonly blocks: readonly {
    readonly id: string;
    readonly segments?: readonly { readonly outcome: string; readonly why?: string; readonly unknown?: readonly string[] }[];
  }[];
}

/**
 * What is to be known of each of `count` texts: what its model tells of all of them, where a ledger has only the first ones, and the ledger's other `entries`.
 * What is about none of the texts is about all.
 */
export function remarksByText(json: string, entries: readonly LedgerEntry[], count: number): readonly (readonly Remark[])[] {
  const remarks: Remark[][] = Array.from({ length: count }, () => []);
  const texts = new Map<string, number>();
  const { pages } = JSON.parse(json) as Model;
  for (const { mark, blocks } of pages.flatMap(({ blocks }) => blocks.flatMap(({ items = [] }) => items)))
    for (const { id, segments = [] } of blocks) {
      const text = Number.parseInt(mark, 10);
      texts.set(id, text);
      for (const { outcome, why = "it was not translated" } of segments)
        if (outcome === "failed") remarks[text]?.push({ code: FAILED, message: why });
      const words = new Set(segments.flatMap(({ unknown = [] }) => unknown));
      if (words.size > 0) remarks[text]?.push({ code: UNKNOWN, message: `Words that the translator does not know: ${quoted(words)}` });
    }
  for (const { block, code, message } of entries) {
    if (code === FAILED || code === UNKNOWN) continue;
    const text = texts.get(block);
    for (const told of text === undefined ? remarks : [remarks[text]]) told?.push({ code, message });
  }
  return remarks;
}

function quoted(words: ReadonlySet<string>): string {
  const some = [...words].slice(0, MAX_WORDS).map((word) => word.slice(0, MAX_WORD_LETTERS));
  return some.join(", ") + (words.size > MAX_WORDS ? ", …" : "");
}
