/** Signs that begin or end a mark somewhere within a line. `|` parts the cells of a table. */
const INSIDE = /[\\`*_[\]<>&~|$]/g;
/** What makes a list, a heading, a rule or a quotation of a line that begins with it. */
const AT_START = /^(\s*)(?:([#+\-=>:])|(\d{1,9})(?=[.)]))/;
/** What is linked without a mark. */
const ADDRESS = /:(?=\/\/)|(?<=www)\.|@/gi;

/** `text` so that it stays text, wherever in a paragraph it stands. */
export function escaped(text: string, atLineStart: boolean): string {
  const inside = text
    .replace(INSIDE, "\\$&")
    .replace(ADDRESS, "\\$&")
    .replace(/!(?=$|\\\[)/g, "\\!");
  if (!atLineStart) return inside;
  return inside.replace(AT_START, (_, space: string, sign: string | undefined, number: string | undefined) =>
    number === undefined ? `${space}\\${sign}` : `${space}${number}\\`,
  );
}

/** Whether `text` alone in a line is text by CommonMark and its extensions, whatever stands around it. */
export function isPlain(text: string): boolean {
  return /^\p{L}[^\\`*_[\]<>&~|$#@]*$/u.test(text) && !/www\.|:\/\//i.test(text);
}

/** `text` between the brackets of an image. */
export function escapedAlt(text: string): string {
  return text.replace(/[\\`*_[\]<&~]/g, "\\$&");
}

/** `text` as a link's title between such quotes: `"`, `'` or `(`. */
export function escapedTitle(text: string, quote: string): string {
  return text.replace(quote === "(" ? /[\\()&]/g : quote === "'" ? /[\\'&]/g : /[\\"&]/g, "\\$&");
}
