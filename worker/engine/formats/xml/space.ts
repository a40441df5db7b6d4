const SPACE = " \t\r\n";

/** Without the white space of XML at its ends: a no-break space is none. */
export function xmlTrimmed(text: string): string {
  let [from, to] = [0, text.length];
  while (from < to && SPACE.includes(text.charAt(from))) from++;
  while (to > from && SPACE.includes(text.charAt(to - 1))) to--;
  return text.slice(from, to);
}
