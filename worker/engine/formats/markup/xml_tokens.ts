import { EngineError } from "../../errors.ts";
import type { Range } from "../edits.ts";
import { parseXml, type XmlElement } from "../xml/parse.ts";
import type { Draft } from "./drafts.ts";
import { isVoid } from "./elements.ts";
import { decodeText } from "./references.ts";
import { rootScope, type Scope, scopeOf } from "./scope.ts";
import type { Attribute, Tag, Token } from "./tokens.ts";

const XHTML = "http://www.w3.org/1999/xhtml";

/** The tokens of XHTML, each with the element that it stands in. Throws DOCUMENT_CORRUPT if it is not well-formed, DOCUMENT_TOO_COMPLEX. */
export function xmlTokens(source: string, root: Draft[]): Token[] {
  const tokens: Token[] = [];
  walk(parseXml(source, namedIn(source)), rootScope(root));
  return tokens;

  function walk(element: XmlElement, parent: Scope): void {
    const name = element.local.toLowerCase();
    const attributes = element.attributes.map(
      (attribute): Attribute => ({
        ...{ name: attribute.name.toLowerCase(), value: attribute.value, range: attribute.range },
        quote: source[attribute.range[1]] === "'" ? "'" : '"',
      }),
    );
    const scope = scopeOf({ name, foreign: element.uri !== "" && element.uri !== XHTML, attributes }, parent, root);
    const { range, inner } = element;
    if (!inner || (isVoid(name) && inner[0] === inner[1])) {
      tokens.push({ kind: "void", range, name, attributes, scope });
      return;
    }
    const open: Tag = { kind: "open", range: [range[0], inner[0]], name, attributes, scope };
    tokens.push(open);
    for (const child of element.children) {
      if (child.kind === "element") walk(child, scope);
      else if (child.kind === "text") tokens.push({ kind: "text", range: child.range, text: child.text, scope });
      else tokens.push({ kind: "mark", range: child.range });
    }
    tokens.push({ kind: "close", range: [inner[1], range[1]] as Range, name, attributes: [], scope, partner: open });
  }
}

const NAMED = /&([a-zA-Z][a-zA-Z\d]{1,31});/g;
/** A page may declare names for plain text; what refers to others in turn is not read. */
const DECLARED = /<!ENTITY\s+([\w.-]{1,64})\s+(?:"([^"&<%]{0,1000})"|'([^'&<%]{0,1000})')\s*>/g;

/** What the references of a page may stand for in all. */
const MAX_LETTERS = 5_000_000;

/** The character references by name that `source` has, as HTML and the page itself mean them. */
function namedIn(source: string): Record<string, string> {
  const known: Record<string, string> = {};
  for (const [reference, name = ""] of source.matchAll(NAMED)) {
    if (name in known) continue;
    const text = decodeText(reference);
    if (text !== reference) known[name] = text;
  }
  const counts = new Map<string, number>();
  if (source.includes("<!ENTITY"))
    for (const [, name = ""] of source.matchAll(/&([\w.-]{1,64});/g)) counts.set(name, (counts.get(name) ?? 0) + 1);
  let letters = 0;
  for (const [, name = "", double, single] of source.matchAll(DECLARED)) {
    known[name] = double ?? single ?? "";
    letters += (counts.get(name) ?? 0) * known[name].length;
  }
  if (letters > MAX_LETTERS) throw new EngineError("DOCUMENT_TOO_COMPLEX", "What the page's references stand for is too long.");
  return known;
}
