/** What a text takes of a line. */
export type Measure = (text: string) => number;

/**
 * Parts `text` into lines of at most `width`, at its spaces or, where a word is wider than a line, within it. Each word
 * is measured once: a text may be a megabyte of signs that take no room, and then is one line.
 */
export function* wrap(text: string, measure: Measure, width: number): Generator<string> {
  const space = measure(" ");
  let line = "";
  let filled = 0;
  for (const long of text.split(" ")) {
    for (const [word, wordWidth] of breakWord(long, measure, width)) {
      const fits = filled + space + wordWidth <= width;
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
  const whole = measure(word);
  if (whole <= width) return yield [word, whole];
  const known = new Map<string, number>();
  let part = "";
  let filled = 0;
  for (const sign of word) {
    const signWidth = known.get(sign) ?? measure(sign);
    known.set(sign, signWidth);
    if (part && filled + signWidth > width) {
      yield [part, filled];
      part = "";
      filled = 0;
    }
    part += sign;
    filled += signWidth;
  }
  yield [part, filled];
}
