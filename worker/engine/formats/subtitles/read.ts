import type { Block, Leaf } from "../../document/model.ts";
import type { Range } from "../edits.ts";
import { readTextFile } from "../encoding.ts";
import type { OpenDocument } from "../format.ts";
import { type Section, Sections, sectionSize } from "../sectioned.ts";
import { type Emitter, textDocument } from "../text_document.ts";
import { type Cue, cuesOf, type SubtitleKind } from "./cues.ts";
import { joined, togetherOf } from "./joining.ts";
import { type Frame, type Speech, speechesOf } from "./speeches.ts";
import { subtitleEmitter } from "./write.ts";

/** Where the words of a leaf stand: in one cue, or over several. */
export interface LeafAnchor {
  readonly parts: readonly { readonly cue: number; readonly range: Range; readonly ofCue: number }[];
  readonly frame?: Frame;
}

/** The sections of a long film are larger: there are at most so many. */
const MAX_SECTIONS = 500;

/** Throws EngineError: DOCUMENT_CORRUPT, UNSUPPORTED_FILE_TYPE, TEXT_TOO_LARGE. */
export async function openSubtitles(file: string, kind: SubtitleKind): Promise<OpenDocument> {
  const decoded = await readTextFile(file);
  return textDocument({ decoded, ...readSubtitles(decoded.text, kind) });
}

/** Pure: `source`, without a byte order mark, as sections, and how leaves of them are written back. Throws DOCUMENT_CORRUPT. */
export function readSubtitles(source: string, kind: SubtitleKind): { sections: readonly Section[]; emitter: Emitter } {
  const cues = cuesOf(source, kind);
  const speeches = joined(
    cues.map((cue, index) => speechesOf(cue, index, source, kind)),
    cues,
  );
  const sections = new Sections(sectionSize(speeches.length, MAX_SECTIONS));
  for (const turn of turnsOf(speeches)) sections.add(blockOf(turn, source, sections));
  return { sections: sections.done(), emitter: subtitleEmitter({ source, kind, cues: cues as readonly Cue[] }) };
}

/** Those that begin with dashes, one after another in the same cue, together: a list of what people say. */
function turnsOf(speeches: readonly (readonly Speech[])[]): (readonly Speech[])[][] {
  const turns: (readonly Speech[])[][] = [];
  for (const speech of speeches) {
    const [first, before] = [speech[0] as Speech, turns.at(-1)?.at(-1)];
    const isTurn = first.dashed && before?.[0]?.dashed && before.at(-1)?.cue === first.cue;
    if (isTurn) turns.at(-1)?.push(speech);
    else turns.push([speech]);
  }
  return turns;
}

function blockOf(turn: readonly (readonly Speech[])[], source: string, sections: Sections): Block {
  const [only] = turn;
  if (turn.length === 1 && only && !only[0]?.dashed) return leafOf(only, source, sections.id());
  const id = sections.id();
  return { id, kind: "list", items: turn.map((speech) => ({ mark: "–", blocks: [leafOf(speech, source, sections.id())] })) };
}

function leafOf(speeches: readonly Speech[], source: string, id: string): Leaf {
  const frame = speeches[0]?.frame;
  const anchor: LeafAnchor = { parts: speeches.map(({ cue, range, ofCue }) => ({ cue, range, ofCue })), ...(frame && { frame }) };
  return { id, kind: "paragraph", content: togetherOf(speeches, source), anchor };
}
