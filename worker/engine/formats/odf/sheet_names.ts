import { type Leaf, plainText } from "../../document/model.ts";
import type { Edit } from "../edits.ts";
import { cleaned } from "../setting.ts";
import { escapeAttribute } from "../xml/write.ts";
import type { LeafAnchor } from "./anchors.ts";
import { decodedValue } from "./sought.ts";

/** Attributes in which cells are named: formulas, addresses, ranges, conditions, and links within the file. */
const NAMING = /[\s:](?:formula|[\w-]*address(?:es)?|[\w-]*ranges?|condition|expression|href)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
/** A sheet's name before the stop that parts it from a cell's (OpenDocument 1.3, part 4, 5.8), and texts, in which nothing is named. */
const NAME = /("(?:[^"]|"")*")|'((?:[^']|'')+)'(?=\.)|([\p{L}_][\p{L}\p{N}_]*)(?=\.)/gu;
const SIMPLE = /^[\p{L}_][\p{L}\p{N}_]*$/u;
const FORBIDDEN = /[[\]*?:/\\]/g;

/** What sheets are called in the translation, by their old names: each once, and of signs that names may have. */
export function renamed(leaves: readonly Leaf[], source: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set(
    [...source.matchAll(/<(?:[\w.-]+:)?table\s[^>]*?\bname\s*=\s*"([^"]*)"/g)].map(([, name = ""]) => decodedValue(name).toLowerCase()),
  );
  for (const leaf of leaves) {
    const { setting, was } = leaf.anchor as LeafAnchor;
    if (setting !== "sheet" || was === undefined) continue;
    const name = cleaned(plainText(leaf.content))
      .replace(FORBIDDEN, " ")
      .trim()
      .replace(/^'+|'+$/g, "");
    if (name === "" || taken.has(name.toLowerCase())) continue;
    taken.add(name.toLowerCase());
    names.set(was, name);
  }
  return names;
}

/** The edits of `source` that call sheets by their new names wherever cells of theirs are named. */
export function namingEdits(source: string, names: ReadonlyMap<string, string>): Edit[] {
  if (names.size === 0) return [];
  const edits: Edit[] = [];
  for (const match of source.matchAll(NAMING)) {
    const value = match[1] ?? match[2] ?? "";
    const old = decodedValue(value);
    const text = old.replace(NAME, (whole, literal?: string, quoted?: string, bare?: string) => {
      if (literal !== undefined) return whole;
      const name = names.get(quoted?.replaceAll("''", "'") ?? bare ?? "");
      if (name === undefined) return whole;
      return SIMPLE.test(name) ? name : `'${name.replaceAll("'", "''")}'`;
    });
    if (text === old) continue;
    const to = match.index + match[0].length - 1;
    edits.push({ from: to - value.length, to, text: escapeAttribute(text) });
  }
  return edits;
}
