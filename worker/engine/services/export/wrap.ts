/** Fonts are asked about no more letters at once: a word of a megabyte took a gigabyte of memory to measure. */
const MAX_MEASURED = 1_000;

/** What a text takes of a line. */
export type Measure = (text: string) => number;

/**
 * Parts `text` into lines of at most `width`, at its spaces or, where a word is wider than a line, within it. Each word
 * is measured once, and no part is longer than fonts are asked about, even of signs that take no room.
 */
export function* wrap(text: string, measure: Measure, width: number): Generator<string> {
  const space = measure(" ");
  let line = "";
  let filled = 0;
  for (const long of text.split(" ")) {
    // Between the parts of one word is no space: each but the first begins a line.
    let within = false;
    for (const [word, wordWidth] of breakWord(long, measure, width)) {
      const fits = !within && filled + space + wordWidth <= width;
      within = true;
      if (line && !fits) yield line;
      const goesOn = line !== "" && fits;
      line = goesOn ? `${line} ${word}` : word;
      filled = goesOn ? filled + space + wordWidth : wordWidth;
    }
  }
  yield line;
}

/** A word wider than the line is cut, so that nothing leaves the page; each part with its width. */
function* breakWord(word: string, measure: Measure, width: number): Generator<[string, number]> {
  const whole = word.length > MAX_MEASURED ? Number.POSITIVE_INFINITY : measure(word);
  if (whole <= width) return yield [word, whole];
  const known = new Map<string, number>();
  let part = "";
  let filled = 0;
  for (const sign of word) {
    const signWidth = known.get(sign) ?? measure(sign);
    known.set(sign, signWidth);
    if (part && (filled + signWidth > width || part.length >= MAX_MEASURED)) {
      yield [part, filled];
      part = "";
      filled = 0;
    }
    part += sign;
    filled += signWidth;
  }
  yield [part, filled];
}
