/** gettext wraps its files so that no line is wider, in columns. */
const WIDTH = 79;
const SIGNS: Readonly<Record<string, string>> = {
  ...{ "\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r" },
  ...{ "\u0007": "\\a", "\b": "\\b", "\f": "\\f", "\v": "\\v" },
};

/** How a catalogue breaks its lines. */
export interface PoManner {
  readonly lineEnd: string;
  /** Only at line ends of the texts themselves. */
  readonly isUnwrapped: boolean;
}

export function mannerOf(source: string): PoManner {
  return { lineEnd: /\r\n|\n/.exec(source)?.[0] ?? "\n", isUnwrapped: /^(?:msg\w+ )?"[^\r\n]{90,}"$/m.test(source) };
}

/** `value` in quotes behind a keyword, on as many lines as gettext would write. */
export function poString(value: string, keyword: string, { lineEnd, isUnwrapped }: PoManner): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those that have escapes.
  const lines = value.split(/(?<=\n)/).map((line) => line.replace(/["\\\n\t\r\u0007\b\f\v]/g, (sign) => SIGNS[sign] ?? sign));
  const [only = "", ...others] = lines;
  const room = WIDTH - keyword.length - 3;
  if (others.length === 0 && (isUnwrapped || columnsOf(only) <= room)) return `"${only}"`;
  const wrapped = isUnwrapped ? lines : lines.flatMap((line) => wrappedAt(line, WIDTH - 2));
  return ['""', ...wrapped.map((line) => `"${line}"`)].join(lineEnd);
}

/** East Asian signs are two wide. */
function columnsOf(text: string): number {
  return (
    text.length +
    (text.match(/[\u1100-\u115f\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60]/g)?.length ?? 0)
  );
}

function wrappedAt(line: string, width: number): string[] {
  const lines: string[] = [];
  let current = "";
  let columns = 0;
  for (const word of line.split(/(?<=[ ])(?! )|(?<=[\u3000-\u30ff\u3400-\u9fff])(?=[\u3040-\u30ff\u3400-\u9fff])/)) {
    const wide = columnsOf(word.trimEnd());
    if (current !== "" && columns + wide > width) {
      lines.push(current);
      [current, columns] = ["", 0];
    }
    current += word;
    columns += columnsOf(word);
  }
  return current === "" ? lines : [...lines, current];
}
