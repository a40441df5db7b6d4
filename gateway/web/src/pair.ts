import type { LanguagePair } from "../../../gen/dragoman/v1/job_service_pb.ts";

/** Kept after the tab is closed: it says nothing about any document. */
const STORED = "dragoman.pair";

/** The languages that are chosen; an empty source is detected. */
export interface ChosenPair {
  readonly from: string;
  readonly to: string;
}

type Pair = Pick<LanguagePair, "source" | "target">;

/**
 * What a new visitor most likely wants of the pairs that can be served: from the page's language, best to another that
 * they read (`languages`, as the browser has them); where nothing begins there, to it. Empty where there is no pair.
 */
export function likelyTarget(pairs: readonly Pair[], from: string, language: string, languages: readonly string[]): string {
  const fitting = pairs.filter(({ source }) => !from || source === from).sort((one, other) => (one.target < other.target ? -1 : 1));
  const read = new Set(languages.map((tag) => tag.split("-")[0]));
  const begins = fitting.filter(({ source }) => source === language);
  const likely = begins.find(({ target }) => read.has(target)) ?? begins[0] ?? fitting.find(({ target }) => target === language);
  return (likely ?? fitting[0])?.target ?? "";
}

/** The pair of the last document that was sent from this browser. */
export function lastPair(): ChosenPair | undefined {
  try {
    const { from, to } = JSON.parse(localStorage.getItem(STORED) ?? "{}") as Partial<ChosenPair>;
    return typeof from === "string" && typeof to === "string" ? { from, to } : undefined;
  } catch {
    return undefined;
  }
}

export function rememberPair(pair: ChosenPair): void {
  try {
    localStorage.setItem(STORED, JSON.stringify(pair));
  } catch {
    // A browser that keeps nothing asks again.
  }
}
