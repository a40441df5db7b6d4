import type { TextStyle } from "../../document/model.ts";

/** Names of HTML's elements by what they are to a reader (https://html.spec.whatwg.org, "The elements of HTML"). */

/** Elements that stand in a line of text; all others part it. */
const INLINE = new Set(
  (
    "a abbr acronym area b bdi bdo big blink br cite code data del dfn em embed font i iframe img input ins kbd label map mark math meter nobr " +
    "object output picture progress q rb rp rt rtc ruby s samp script slot small source span strike strong style sub sup svg template time tt " +
    "u var wbr"
  ).split(" "),
);
const VOID = new Set("area base basefont bgsound br col embed frame hr img input link meta param source track wbr".split(" "));
/** Code in a line of text: it goes along with its words. */
const CODE = new Set(["code", "kbd", "samp", "tt", "var"]);
/** Those that the parser opens again behind an end tag that crosses theirs ("Parsing HTML documents", formatting elements). */
const FORMATTING = new Set("a b big code em font i nobr s small strike strong tt u".split(" "));

const STYLES: Readonly<Record<string, TextStyle>> = {
  b: { bold: true },
  strong: { bold: true },
  i: { italic: true },
  em: { italic: true },
  cite: { italic: true },
  dfn: { italic: true },
  u: { underline: true },
  ins: { underline: true },
  s: { strike: true },
  strike: { strike: true },
  del: { strike: true },
  sub: { script: "sub" },
  sup: { script: "super" },
};

export function isInline(name: string): boolean {
  return INLINE.has(name);
}

export function isVoid(name: string): boolean {
  return VOID.has(name);
}

export function isCode(name: string): boolean {
  return CODE.has(name);
}

export function isFormatting(name: string): boolean {
  return FORMATTING.has(name);
}

export function styleOf(name: string): TextStyle | undefined {
  return STYLES[name];
}
