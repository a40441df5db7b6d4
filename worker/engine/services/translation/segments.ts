/** Apertium took 29 minutes over 35,000 words without a stop; nothing longer than this reaches it. */
const MAX_SEGMENT_LETTERS = 600;

/** The sentences of `text`, each with the white space behind it; joined they give the text. Long ones are cut between words. */
export function segmentsOf(text: string, language: string): string[] {
  const sentences = [...new Intl.Segmenter(language, { granularity: "sentence" }).segment(text)].map(({ segment }) => segment);
  return whole(sentences).flatMap(cut);
}

/** A sentence ends before white space; the segmenter also ends one at the question mark of an address. */
function whole(sentences: readonly string[]): string[] {
  const joined: string[] = [];
  for (const sentence of sentences) {
    const last = joined.at(-1);
    if (last !== undefined && !/\s$/.test(last)) joined[joined.length - 1] = last + sentence;
    else joined.push(sentence);
  }
  return joined;
}

function cut(sentence: string): string[] {
  const pieces: string[] = [];
  let rest = sentence;
  while (rest.length > MAX_SEGMENT_LETTERS) {
    const space = rest.lastIndexOf(" ", MAX_SEGMENT_LETTERS);
    const halved = /[\uD800-\uDBFF]/.test(rest.charAt(MAX_SEGMENT_LETTERS - 1));
    const end = space > 0 ? space + 1 : halved ? MAX_SEGMENT_LETTERS - 1 : MAX_SEGMENT_LETTERS;
    pieces.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  return rest ? [...pieces, rest] : pieces;
}

const ADDRESS = /^(https?:\/\/\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.-]+)$/i;

/** Why a segment is kept as it is, or undefined if it is to be translated. */
export function keepRule(segment: string): string | undefined {
  const text = segment.trim();
  if (!/\p{L}/u.test(text)) return "no letters";
  if (ADDRESS.test(text)) return "an address";
  if (/^`[^`]*`$/.test(text)) return "code";
  if (/^\p{L}$/u.test(text)) return "a single letter";
  return undefined;
}

/** What speaks against a translation, or undefined. A doubtful one is never passed off as done. */
export function defectOf(source: string, text: string, unknown: readonly string[]): string | undefined {
  const words = source.match(/\p{L}+/gu)?.length ?? 0;
  if (text.trim() === "") return "the translator gave nothing back";
  if (numbers(source) !== numbers(text)) return "the numbers differ";
  if (words > 3 && unknown.length > words / 2) return "most words are unknown to the translator";
  const ratio = text.length / source.length;
  if (source.length > 20 && (ratio < 0.4 || ratio > 3)) return "its length does not fit the source";
  return undefined;
}

function numbers(text: string): string {
  return (text.match(/\d+/g) ?? []).sort().join(" ");
}
