import { type Inline, plainText, type TextStyle } from "../../document/model.ts";
import { ADDRESS, parted } from "../inline_text.ts";
import type { TargetLanguage } from "../ooxml/language.ts";
import { stringReader } from "../ooxml/strings.ts";
import { runsXml } from "../ooxml/writing.ts";
import { decodeXstring, encodeXstring } from "../ooxml/xstring.ts";
import { parseXml, type XmlElement } from "../xml/parse.ts";
import { escapeText } from "../xml/write.ts";

/** A text of a workbook (CT_Rst, ISO/IEC 29500-1, 18.4.8) as it stands in its part, between the tags of its element. */
export interface RichText {
  readonly plain: string;
  /** None if nobody would see any. */
  readonly content: readonly Inline[];
  /** Of the text that no span is around, where it is not its cell's. */
  readonly look: TextStyle | undefined;
  /** It says how its words are said, for readers of Japanese: another text does not. */
  readonly hasPhonetic: boolean;
  /** What stands between the tags once it says `content`. */
  write(content: readonly Inline[], target: TargetLanguage): string;
}

/** As nearly all are: one look, one line, no sign that XML would escape. */
const PLAIN = /^<t(?: xml:space="preserve")?>([^<&\r\n]*)<\/t>$/;
/** What an address has in it: a text without is not looked through. */
const MAYBE_ADDRESS = /[@:]|www\./i;

/** `raw`: what stands between the tags; `root`: the start tag of its part's root. Throws DOCUMENT_CORRUPT. */
export function readRich(raw: string, root: string): RichText {
  const [, plain] = PLAIN.exec(raw) ?? [];
  if (plain !== undefined && !MAYBE_ADDRESS.test(plain)) return plainRich(decodeXstring(plain));
  const [, name = "sst", prefix = ""] = /^<((?:([^\s:/>]+:))?[^\s/>]+)/.exec(root) ?? [];
  const source = `${root}<${prefix}si>${raw}</${prefix}si></${name}>`;
  const [element] = parseXml(source).children as XmlElement[];
  const found = element && stringReader({ part: "", source })(element);
  return {
    plain: plainText(found?.content ?? []),
    content: found?.content ?? [],
    look: found?.look && Object.keys(found.look).length > 0 ? found.look : undefined,
    hasPhonetic: /<(?:[^\s:/>]+:)?rPh[\s>]/.test(raw),
    write: (content, target) =>
      found ? runsXml(content, { place: found.place, target, sliceOf: (range) => source.slice(...range) }) : raw,
  };
}

function plainRich(text: string): RichText {
  return {
    plain: text,
    content: text.trim() === "" ? [] : [{ kind: "text", text }],
    look: undefined,
    hasPhonetic: false,
    write: (content) => `<t xml:space="preserve">${escapeText(encodeXstring(plainText(content)))}</t>`,
  };
}

/** A text without looks: addresses are no words. */
export function inlinesOf(text: string): Inline[] {
  return parted(text, ADDRESS, (address) => ({ kind: "atom", as: "field", text: address }));
}
