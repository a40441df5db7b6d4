const NOTE_MARK = /\{\^([^}]*)\}/g;
const EDGES = /^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu;

/**
 * The words of `text` as two readings of one document are compared: compatibility forms (ligatures, wide letters) and kinds of
 * hyphens and quotes are one, punctuation around words is left out, and so are leaders of dots. The mark of a note is a word of its own.
 */
export function wordsOf(text: string): string[] {
  return text
    .replace(NOTE_MARK, " $1 ")
    .replace(/(?:[.·…_]\s?){3,}/g, " ")
    .normalize("NFKC")
    .replace(/\u00ad/g, "")
    .replace(/[\u2010\u2011]/g, "-")
    .replace(/[\u2018\u2019\u02bc]/g, "'")
    .split(/[\s\u2013\u2014]+/)
    .map((word) => word.replace(EDGES, ""))
    .filter((word) => word !== "");
}

/** The marks of notes in `text`, in their order. */
export function noteMarksOf(text: string): string[] {
  return [...text.matchAll(NOTE_MARK)].map(([, mark = ""]) => mark.trim());
}

/** What holds a digit: figures, dates, codes. */
export function numbersOf(words: readonly string[]): string[] {
  return words.filter((word) => /\p{Nd}/u.test(word));
}

/** The words of `wanted` that `got` has, each as often as both have it; and what is left of either. */
export function compareBags(wanted: readonly string[], got: readonly string[]): { both: string[]; missing: string[]; extra: string[] } {
  const counts = new Map<string, number>();
  for (const word of got) counts.set(word, (counts.get(word) ?? 0) + 1);
  const [both, missing, extra]: [string[], string[], string[]] = [[], [], []];
  for (const word of wanted) {
    const count = counts.get(word) ?? 0;
    counts.set(word, count - 1);
    (count > 0 ? both : missing).push(word);
  }
  for (const [word, count] of counts) for (let left = count; left > 0; left--) extra.push(word);
  return { both, missing, extra };
}

/** The length of the longest sequence that is in both, in its order, not necessarily without gaps. */
export function longestCommon<T>(a: readonly T[], b: readonly T[]): number {
  let above = new Uint32Array(b.length + 1);
  for (const one of a) {
    const row = new Uint32Array(b.length + 1);
    for (const [index, other] of b.entries())
      row[index + 1] = one === other ? (above[index] ?? 0) + 1 : Math.max(above[index + 1] ?? 0, row[index] ?? 0);
    above = row;
  }
  return above[b.length] ?? 0;
}

/** For each of `a` its place in `b` in the longest sequence that is in both; undefined for what is not in that. */
export function alignment<T>(a: readonly T[], b: readonly T[]): (number | undefined)[] {
  const lengths = [new Uint32Array(b.length + 1)];
  for (const one of a) {
    const above = lengths.at(-1) as Uint32Array;
    const row = new Uint32Array(b.length + 1);
    for (const [index, other] of b.entries())
      row[index + 1] = one === other ? (above[index] ?? 0) + 1 : Math.max(above[index + 1] ?? 0, row[index] ?? 0);
    lengths.push(row);
  }
  const places = new Array<number | undefined>(a.length).fill(undefined);
  let [at, place] = [a.length, b.length];
  while (at > 0 && place > 0) {
    if (a[at - 1] === b[place - 1]) places[--at] = --place;
    else if ((lengths[at - 1]?.[place] ?? 0) >= (lengths[at]?.[place - 1] ?? 0)) at--;
    else place--;
  }
  return places;
}

/** 1 for the same, 0 for nothing in common: twice the longest common sequence by the length of both. */
export function similarity<T>(a: readonly T[], b: readonly T[]): number {
  return a.length + b.length === 0 ? 1 : (2 * longestCommon(a, b)) / (a.length + b.length);
}
