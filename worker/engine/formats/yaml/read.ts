import { isAlias, isMap, isScalar, isSeq, Lexer, type Node, type Pair, parseAllDocuments, Scalar } from "yaml";
import { EngineError } from "../../errors.ts";
import type { Range } from "../edits.ts";
import { brokenAt } from "../named_texts/broken.ts";
import type { NamedText } from "../named_texts/texts.ts";

/** A text of a YAML file. */
export interface YamlText extends NamedText {
  readonly style: "plain" | "single" | "double" | "literal" | "folded";
  /** As it stands there. */
  readonly raw: string;
  /** Within braces or brackets, where commas and brackets end a plain text. */
  readonly inFlow: boolean;
}

export interface YamlFile {
  readonly texts: readonly YamlText[];
  /** Keys that are the only one of their document, and hold all that it has. */
  readonly roots: readonly { readonly key: string; readonly range: Range }[];
}

const STYLES: Readonly<Record<string, YamlText["style"]>> = {
  [Scalar.PLAIN]: "plain",
  [Scalar.QUOTE_SINGLE]: "single",
  [Scalar.QUOTE_DOUBLE]: "double",
  [Scalar.BLOCK_LITERAL]: "literal",
  [Scalar.BLOCK_FOLDED]: "folded",
};
/** People's data does not nest this deep. */
const MAX_DEPTH = 256;
/** YAML 1.1 reads these as true and false, and many programs still do. */
export const SWITCH = /^(?:y|yes|n|no|on|off|true|false|null|~)$/i;

/** The texts of `source`, YAML of one document or several. Throws DOCUMENT_CORRUPT, which says where it breaks; DOCUMENT_TOO_COMPLEX. */
export function readYaml(source: string): YamlFile {
  const texts: YamlText[] = [];
  const roots: { key: string; range: Range }[] = [];
  const documents = documentsOf(source);
  for (const { errors, contents } of documents) {
    const [error] = errors;
    if (error) throw brokenAt("YAML", source, error.pos[0], error.code.toLowerCase().replaceAll("_", " "));
    if (isMap(contents) && contents.items.length === 1) {
      const [only] = contents.items as [Pair];
      if (isScalar(only.key) && typeof only.key.value === "string" && only.key.range && isMap(only.value))
        roots.push({ key: only.key.value, range: [only.key.range[0], only.key.range[1]] });
    }
    walk(contents as Node | null, [], false, source, texts);
  }
  if (!documents.some(({ contents }) => isMap(contents) || isSeq(contents)))
    throw brokenAt("YAML", source, 0, "it has neither keys nor a list");
  return { texts, roots };
}

/** An empty file has none. */
function documentsOf(source: string) {
  requireShallow(source);
  try {
    return [...parseAllDocuments(source, { logLevel: "silent", uniqueKeys: false, prettyErrors: false })];
  } catch (cause) {
    if (cause instanceof RangeError) throw tooDeep();
    throw cause;
  }
}

/** The library takes a time that grows with the square of the depth: so that is bounded first, by its tokens. */
function requireShallow(source: string): void {
  let [depth, inLine] = [0, 0];
  for (const token of new Lexer().lex(source)) {
    if (token === "[" || token === "{") depth++;
    else if (token === "]" || token === "}") depth = Math.max(0, depth - 1);
    else if (token === "-" || token === "?") inLine++;
    else if (/^[\r\n]/.test(token)) inLine = 0;
    if (depth > MAX_DEPTH || inLine > MAX_DEPTH) throw tooDeep();
  }
}

function tooDeep(): EngineError {
  return new EngineError("DOCUMENT_TOO_COMPLEX", "The YAML nests too deeply.");
}

function walk(node: Node | null, path: readonly string[], inFlow: boolean, source: string, texts: YamlText[]): void {
  if (path.length > MAX_DEPTH) throw tooDeep();
  // What an alias stands for is translated where it has its name.
  if (!node || isAlias(node)) return;
  if (isMap(node)) {
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : "?";
      walk(value as Node | null, [...path, name], inFlow || node.flow === true, source, texts);
    }
  } else if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) {
      // In a list a pair may stand alone: [a: b].
      const inner = item as Node | Pair | null;
      const isPair = inner !== null && "key" in inner && !("items" in inner) && "value" in inner && !isScalar(inner);
      walk((isPair ? (inner as Pair).value : inner) as Node | null, [...path, String(index)], inFlow || node.flow === true, source, texts);
    }
  } else if (isScalar(node) && typeof node.value === "string" && node.range && node.value.trim() !== "") {
    const style = STYLES[node.type ?? ""];
    if (!style) return;
    const range: Range = [node.range[0], node.range[1]];
    const { value } = node;
    const isTagged = node.tag !== undefined && node.tag !== "tag:yaml.org,2002:str";
    const kept = isTagged ? "a value of programs, by its tag" : style === "plain" && SWITCH.test(value) ? "a value of programs" : undefined;
    texts.push({ path, value, range, style, raw: source.slice(...range), inFlow, kept });
  }
}
