import { type Leaf, leavesOf, type Page } from "../../document/model.ts";
import type { Segment, Tagged } from "../../document/segment.ts";
import { toTagged } from "../../document/tagging.ts";
import { escapeAttribute, escapeText } from "../../formats/xml/write.ts";
import { type CodeOf, codesIn, type Known } from "./xliff_codes.ts";

/** What stands before the first page (XLIFF 2.1, https://docs.oasis-open.org/xliff/xliff-core/v2.1/). */
export function xliffHead(sourceLanguage: string, targetLanguage: string): string {
  const languages = `srcLang="${escapeAttribute(sourceLanguage)}" trgLang="${escapeAttribute(targetLanguage)}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.1" ${languages}>
<file id="document" xml:space="preserve">
`;
}

export const XLIFF_TAIL = "</file>\n</xliff>\n";

/** A page as a group: each of its leaves that was translated, kept or failed as a unit, each sentence as a segment. */
export function pageXliff({ number, blocks, remarks, failure }: Page): string {
  const own = Map.groupBy(remarks, ({ block }) => block ?? "");
  const notes = [...(own.get("") ?? []), ...(failure === undefined ? [] : [{ code: "PAGE_FAILED", message: failure }])].map(noteOf);
  const units = [...leavesOf(blocks)].filter(({ segments = [] }) => segments.length > 0);
  const written = units.map((leaf) => unitXliff(leaf, own.get(leaf.id) ?? []));
  return `<group id="p${number}">\n${notesXliff(notes)}${written.join("")}</group>\n`;
}

interface Note {
  readonly category: string;
  readonly text: string;
}

function noteOf({ code, message }: { readonly code: string; readonly message: string }): Note {
  return { category: code, text: message };
}

function notesXliff(notes: readonly Note[]): string {
  const written = notes.map(({ category, text }) => `<note category="${escapeAttribute(category)}">${escapeText(text)}</note>`);
  return written.length > 0 ? `<notes>${written.join("")}</notes>\n` : "";
}

function unitXliff(leaf: Leaf, remarks: readonly { readonly code: string; readonly message: string }[]): string {
  const { segments = [] } = leaf;
  const codeOf = codesIn(leaf.content, segments);
  const notes = [...remarks.map(noteOf), ...segments.flatMap(notesOn)];
  const gaps = gapsOf(leaf);
  const known: Known = { source: new Map(), target: new Map() };
  const parts = segments.map((segment, index) => gapXliff(gaps[index]) + segmentXliff(segment, index + 1, codeOf, known));
  return `<unit id="${escapeAttribute(leaf.id)}">\n${notesXliff(notes)}${parts.join("")}</unit>\n`;
}

function notesOn({ id, why, unknown = [], doubts = [], terms }: Segment): Note[] {
  const whose = `s${/\d+$/.exec(id)?.[0] ?? ""}`;
  return [
    ...(why === undefined ? [] : [{ category: "why", text: `${whose}: ${why}` }]),
    ...(doubts.length > 0 ? [{ category: "SEGMENT_DOUBTED", text: `${whose}: ${doubts.join("; ")}` }] : []),
    ...(terms?.missed.length ? [{ category: "TERM_MISSED", text: `${whose}: ${terms.missed.join(", ")}` }] : []),
    ...(unknown.length > 0 ? [{ category: "WORDS_UNKNOWN", text: `${whose}: ${unknown.join(", ")}` }] : []),
  ];
}

/** White space between sentences, and nothing else. */
function gapXliff(gap: string | undefined): string {
  return gap ? `<ignorable><source>${escapeText(gap)}</source></ignorable>\n` : "";
}

/**
 * What is translated waits for someone to look at it; what was kept has nothing to wait for, its target is the source or
 * what the document had; what failed has no target yet.
 */
function segmentXliff(segment: Segment, number: number, codeOf: CodeOf, known: Known): string {
  const { source, outcome } = segment;
  const target = outcome === "failed" ? undefined : (segment.target ?? source);
  const state = outcome === "failed" ? "initial" : outcome === "kept" ? "final" : "translated";
  const written = (tagged: Tagged, side: "source" | "target") => codeOf(tagged, known[side]);
  const lines = [`<source>${written(source, "source")}</source>`, ...(target ? [`<target>${written(target, "target")}</target>`] : [])];
  return `<segment id="s${number}" state="${state}">${lines.join("")}</segment>\n`;
}

/** What stood before each sentence, by what stands there in the translation. */
function gapsOf({ content, segments = [] }: Leaf): string[] {
  const { text } = toTagged(content);
  let at = 0;
  return segments.map(({ source, target }, index) => {
    const words = (target ?? source).text;
    const found = text.indexOf(words, at);
    const gap = found < 0 ? "" : text.slice(at, found);
    if (found >= 0) at = found + words.length;
    return index > 0 && gap.trim() === "" ? gap : "";
  });
}
