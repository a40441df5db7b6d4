import { timestampDate } from "@bufbuild/protobuf/wkt";
import { type MemoryUnit, type TaggedText, TagKind, type TextTag } from "../../gen/dragoman/v1/memory_service_pb.ts";

/** What no character of XML 1.0 is (2.2): controls, lone surrogates and two more. */
const NOT_XML = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;" };
/** What of a unit TMX has no place for; as JSON, in one property of this type. */
export const PROPERTY = "x-dragoman";

/** The beginning of a TMX 1.4b file (https://www.ttt.org/oscarstandards/tmx/); of units in whatever language. */
export const TMX_HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<tmx version="1.4">
<header creationtool="Dragoman" creationtoolversion="1" segtype="sentence" o-tmf="Dragoman" adminlang="en" srclang="*all*" datatype="plaintext"/>
<body>
`;
export const TMX_END = "</body>\n</tmx>\n";

/** One unit as TMX has it: tags as `bpt`, `ept` and `ph`, their ids as `x`. Characters that XML cannot have are left out. */
export function tmxUnit({ sourceLanguage, targetLanguage, source, target, keepTime, ...unit }: MemoryUnit): string {
  const { engine, model, manner, context, unknown, termsFound, termsMissed } = unit;
  const rest = Object.entries({ engine, model, manner, context, unknown, termsFound, termsMissed });
  const said = rest.filter(([, value]) => (Array.isArray(value) ? value.length > 0 : Boolean(value)));
  const property = said.length > 0 ? `<prop type="${PROPERTY}">${escaped(JSON.stringify(Object.fromEntries(said)))}</prop>` : "";
  const date = keepTime ? ` changedate="${compact(timestampDate(keepTime))}"` : "";
  const variant = (language: string, text: TaggedText | undefined) =>
    `<tuv xml:lang="${escaped(language)}"><seg>${segment(text)}</seg></tuv>`;
  return `<tu srclang="${escaped(sourceLanguage)}"${date}>${property}${variant(sourceLanguage, source)}${variant(targetLanguage, target)}</tu>\n`;
}

/** `i` pairs what opens with what closes within its text alone: a span in several pieces has several. */
function segment(tagged: TaggedText | undefined): string {
  if (!tagged) return "";
  const open = new Map<number, number>();
  let [made, from, pairs] = ["", 0, 0];
  const mark = ({ id, kind }: TextTag): string => {
    if (kind === TagKind.ATOM) return `<ph x="${id}"/>`;
    if (kind === TagKind.CLOSE) {
      const pair = open.get(id);
      open.delete(id);
      return pair === undefined ? `<it pos="end" x="${id}"/>` : `<ept i="${pair}"/>`;
    }
    open.set(id, ++pairs);
    return `<bpt i="${pairs}" x="${id}"/>`;
  };
  for (const tag of tagged.tags) {
    made += escaped(tagged.text.slice(from, tag.at)) + mark(tag);
    from = tag.at;
  }
  return made + escaped(tagged.text.slice(from));
}

/** YYYYMMDDThhmmssZ, as TMX has times. */
function compact(date: Date): string {
  return date.toISOString().replace(/\.\d+|[-:]/g, "");
}

function escaped(text: string): string {
  return text.replace(NOT_XML, "").replace(/[&<>"\r]/g, (sign) => ESCAPES[sign] ?? sign);
}
