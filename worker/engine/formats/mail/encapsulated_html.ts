import { decodeBytes } from "./charset.ts";

const TOKEN = /\\([a-z]+)(-?\d{1,10})? ?|\\'([\da-f]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)/gi;
const SIGNS: Readonly<Record<string, string>> = {
  par: "\r\n",
  line: "\r\n",
  tab: "\t",
  lquote: "\u2018",
  rquote: "\u2019",
  ldblquote: "\u201c",
  rdblquote: "\u201d",
  bullet: "\u2022",
  endash: "\u2013",
  emdash: "\u2014",
};
/** Groups with no words of the text. */
const SKIPPED: ReadonlySet<string> = new Set(["fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "generator"]);
/** More groups within each other than this are let pass unread. */
const MAX_DEPTH = 1_000;

interface Group {
  /** What is written in it is no text of the page. */
  skips: boolean;
  /** Between \htmlrtf and \htmlrtf0: RTF's own way to show what stands beside it as HTML. */
  isRtf: boolean;
  isTag: boolean;
  /** Of letters that \u stands for. */
  unicodeSkip: number;
}

/**
 * The HTML, or the plain text, that Outlook put into `rtf` and takes out again ([MS-OXRTFEX] 2.1, 3.1); undefined if it has
 * none. `rtf` has a byte a letter.
 */
export function encapsulated(rtf: string): { readonly kind: "html" | "text"; readonly text: string } | undefined {
  const kind = /\\fromhtml1\b/.test(rtf.slice(0, 2_000)) ? "html" : /\\fromtext\b/.test(rtf.slice(0, 2_000)) ? "text" : undefined;
  if (!kind) return undefined;
  const codepage = /\\ansicpg(\d{3,5})/.exec(rtf)?.[1] ?? "1252";
  const charset = codepage === "65001" ? "utf-8" : codepage === "932" ? "shift_jis" : codepage === "936" ? "gbk" : `windows-${codepage}`;
  const groups: Group[] = [{ skips: false, isRtf: false, isTag: false, unicodeSkip: 1 }];
  const written: string[] = [];
  let bytes: number[] = [];
  let [skip, starred] = [0, false];
  const flush = () => {
    if (bytes.length > 0) written.push(decodeBytes(Uint8Array.from(bytes), charset).text);
    bytes = [];
  };
  for (const [, word, number, hex, symbol, brace, text] of rtf.matchAll(TOKEN)) {
    const group = groups.at(-1) as Group;
    const isShown = !group.skips && !group.isRtf;
    if (hex === undefined) flush();
    if (brace === "{" && groups.length < MAX_DEPTH) groups.push({ ...group });
    else if (brace === "}" && groups.length > 1) groups.pop();
    else if (word !== undefined) {
      if (word === "htmlrtf") group.isRtf = number !== "0";
      else if (word === "uc") group.unicodeSkip = Number(number ?? 1);
      else if (word === "htmltag" && starred) [group.skips, group.isTag] = [false, true];
      else if (starred || SKIPPED.has(word)) group.skips = true;
      else if (word === "u" && isShown) {
        written.push(String.fromCharCode(Number(number) & 0xffff));
        skip = group.unicodeSkip;
      } else if (isShown) written.push(SIGNS[word] ?? "");
    } else if (hex !== undefined) {
      if (skip > 0) skip -= 1;
      else if (isShown) bytes.push(Number.parseInt(hex, 16));
    } else if (symbol !== undefined && symbol !== "*" && isShown)
      written.push(symbol === "~" ? "\u00a0" : symbol === "_" ? "\u00ad" : symbol);
    else if (text !== undefined) {
      const rest = text.slice(skip);
      skip = Math.max(0, skip - text.length);
      if (isShown) written.push(rest);
    }
    starred = symbol === "*";
  }
  flush();
  return { kind, text: written.join("") };
}
