import type { Block, Cell } from "../../document/model.ts";
import type { Sections } from "../sectioned.ts";
import type { Draft, DraftTable } from "./drafts.ts";

/** Puts what was read of a page into `sections`. `part`: which page of a file of several it is. */
export function addBlocks(drafts: readonly Draft[], sections: Sections, part?: string): void {
  const made = (draft: Draft): Block[] => {
    switch (draft.kind) {
      case "remark":
        sections.remark(draft.remark);
        return [];
      case "rule":
        return [{ id: sections.id(), kind: "rule" }];
      case "code":
        return [{ id: sections.id(), kind: "code", text: draft.text }];
      case "quote": {
        const id = sections.id();
        const blocks = draft.blocks.flatMap(made);
        return blocks.length === 0 ? [] : [{ id, kind: "quote", blocks }];
      }
      case "list": {
        const id = sections.id();
        const items = draft.items.map(({ mark, blocks }) => ({ mark, blocks: blocks.flatMap(made) }));
        return items.every(({ blocks }) => blocks.length === 0) ? [] : [{ id, kind: "list", items }];
      }
      case "table":
        return madeTable(draft);
      default:
        return [{ id: sections.id(), ...draft, anchor: part === undefined ? draft.anchor : { ...draft.anchor, part } }];
    }
  };
  const madeTable = (table: DraftTable): Block[] => {
    const captions = table.captions.flatMap(made);
    if (table.isLayout) return [...captions, ...table.rows.flat().flatMap(({ blocks }) => blocks.flatMap(made))];
    const id = sections.id();
    const rows = table.rows.map((row, index) =>
      row.map(({ blocks, rowSpan, ...cell }): Cell => {
        const height = Math.min(rowSpan ?? 1, table.rows.length - index);
        return { ...cell, blocks: blocks.flatMap(made), ...(height > 1 && { rowSpan: height }) };
      }),
    );
    const isEmpty = rows.every((row) => row.every(({ blocks }) => blocks.length === 0));
    return isEmpty ? captions : [...captions, { id, kind: "table", rows }];
  };
  for (const draft of drafts) for (const block of made(draft)) sections.add(block);
}

/** All leaves of `drafts`, none of which is seen where the document is read. */
export function unseen(drafts: readonly Draft[]): Draft[] {
  return drafts.flatMap((draft): Draft[] => {
    switch (draft.kind) {
      case "quote":
        return unseen(draft.blocks);
      case "list":
        return draft.items.flatMap(({ blocks }) => unseen(blocks));
      case "table":
        return [...unseen(draft.captions), ...draft.rows.flat().flatMap(({ blocks }) => unseen(blocks))];
      case "code":
      case "rule":
        return [];
      case "remark":
        return [draft];
      default:
        return [{ ...draft, layer: "unseen" }];
    }
  });
}
