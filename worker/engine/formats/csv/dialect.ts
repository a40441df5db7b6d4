import { EngineError } from "../../errors.ts";
import { type Dialect, recordsOf } from "./records.ts";

const SEPARATORS = [",", ";", "\t", "|"] as const;
/** So much of a file is looked at to tell its dialect. */
const SAMPLE_LETTERS = 64 * 1024;
const SAMPLE_RECORDS = 200;
/** What Excel reads and drops. */
const NAMED = /^sep=([^\r\n"])(?:\r\n|\n|\r)/i;

/** Told by what parts the most records into as many fields; a file without any separator has one column. */
export function dialectOf(source: string): Dialect {
  const named = NAMED.exec(source);
  const from = named?.[0].length ?? 0;
  const escapedBy = /(?<!\\)\\"(?!\s*(?:[,;\t|\r\n]|$))/.test(source.slice(0, SAMPLE_LETTERS)) ? "\\" : '"';
  if (named) return { separator: named[1] as string, escapedBy, from };
  let best: Dialect = { separator: ",", escapedBy, from };
  let most = 0;
  for (const separator of SEPARATORS) {
    const dialect = { separator, escapedBy, from } as const;
    const score = scoreOf(source.slice(0, SAMPLE_LETTERS), dialect, source.length > SAMPLE_LETTERS);
    if (score <= most) continue;
    most = score;
    best = dialect;
  }
  return best;
}

/** How regular the records are: 0 for one column, or where they cannot be parted so. */
function scoreOf(sample: string, dialect: Dialect, isCut: boolean): number {
  const widths: number[] = [];
  try {
    for (const { fields } of recordsOf(sample, dialect)) {
      if (fields.length > 1 || fields[0]?.value !== "") widths.push(fields.length);
      if (widths.length >= SAMPLE_RECORDS) break;
    }
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    // What was cut off ends within a field.
    if (!isCut) return 0;
  }
  const counts = Map.groupBy(widths, (width) => width);
  const [width, same] = [...counts].toSorted((one, other) => other[1].length - one[1].length)[0] ?? [1, []];
  return width === 1 ? 0 : same.length / widths.length + Math.min(width, 50) / 1000;
}
