import { around, type Box } from "../document/geometry.ts";
import type { Block } from "../document/model.ts";
import type { PageContent, Word } from "./content.ts";

/** Words that stand together on one line, with no gap wide enough to part columns. */
export interface Line {
  readonly words: readonly Word[];
  readonly box: Box;
  readonly text: string;
}

/** What is said of a block made of lines: an id of its own, where it stands, and how sure its words are. */
export type Facts = (lines: readonly Line[]) => Pick<Block, "id" | "frames" | "confidence">;

/** Of the blocks of one page, numbered as they are made. */
export function factsOf({ number, geometry }: PageContent): Facts {
  let made = 0;
  return (lines) => {
    const confidences = lines.flatMap(({ words }) => words.map(({ confidence }) => confidence));
    const mean = confidences.reduce((sum, confidence) => sum + confidence, 0) / Math.max(1, confidences.length);
    return {
      id: `p${number}b${++made}`,
      frames: [{ page: number, box: around(lines.map(({ box }) => box)), lines: lines.map(({ box }) => ({ box })) }],
      ...(geometry.reading !== "text layer" && { confidence: Math.round(mean) }),
    };
  };
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
