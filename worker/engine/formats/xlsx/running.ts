import type { Inline } from "../../document/model.ts";

/** A head or foot of print is three texts (ISO/IEC 29500-1, 18.3.1.46), each with codes for what the program puts there. */
export interface RunningPart {
  /** "&L", "&C", "&R", or nothing before the first of them, which stands in the middle. */
  readonly mark: string;
  readonly content: readonly Inline[];
}

const CODES = /&(?:"[^"]{0,255}"|K(?:[\dA-Fa-f]{6}|\d{2}[+-]\d{3})|\d{1,3}|[PN](?:[+-]\d{1,9})?|.|$)|(?:\r\n|\r|\n)/gsu;

/** What `code` stands for, where it is seen. */
const SEEN: Readonly<Record<string, string>> = { "&P": "1", "&N": "1" };

export function readRunning(text: string): RunningPart[] {
  const parts: { mark: string; content: Inline[] }[] = [{ mark: "", content: [] }];
  let at = 0;
  const say = (words: string) => {
    const content = parts.at(-1)?.content as Inline[];
    const last = content.at(-1);
    if (words === "") return;
    if (last?.kind === "text") content[content.length - 1] = { kind: "text", text: last.text + words };
    else content.push({ kind: "text", text: words });
  };
  for (const match of text.matchAll(CODES)) {
    const [code] = match;
    say(text.slice(at, match.index));
    at = match.index + code.length;
    if (/^&[LCR]$/i.test(code)) parts.push({ mark: code, content: [] });
    else if (code === "&&") say("&");
    else {
      const isBreak = !code.startsWith("&");
      parts.at(-1)?.content.push({ kind: "atom", as: isBreak ? "break" : "field", text: SEEN[code] ?? "", anchor: { raw: code } });
    }
  }
  say(text.slice(at));
  return parts.filter(({ mark, content }) => mark !== "" || content.length > 0);
}

export function writeRunning(parts: readonly RunningPart[]): string {
  let written = "";
  const write = (inline: Inline) => {
    if (inline.kind === "span") inline.content.forEach(write);
    else if (inline.kind === "atom") written += (inline.anchor as { raw: string } | undefined)?.raw ?? "";
    else {
      // A figure behind a size would be one of the size's.
      const joins = /&\d{1,3}$/.test(written) && /^\d/.test(inline.text);
      written += (joins ? " " : "") + inline.text.replaceAll("&", "&&");
    }
  };
  for (const { mark, content } of parts) {
    written += mark;
    content.forEach(write);
  }
  return written;
}
