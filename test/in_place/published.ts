import { type Block, type Frame, type Inline, type Leaf, leavesOf, type Page, plainText } from "../../worker/engine/document/model.ts";
import type { PublishedSegment } from "../../worker/engine/services/export/json.ts";

/** As the JSON result has it. */
export type PublishedPage = Omit<Page, "blocks"> & { readonly blocks: readonly Block[] };

/** A block that was translated, where it stood, and what is to stand there now. */
export interface SetLeaf {
  readonly id: string;
  readonly page: number;
  readonly text: string;
  readonly frames: readonly Frame[];
  readonly size: number | undefined;
  readonly segments: readonly PublishedSegment[];
  readonly links: readonly { readonly to: string; readonly text: string }[];
}

export function leavesOfPages(pages: readonly PublishedPage[]): SetLeaf[] {
  return pages.flatMap((page) =>
    [...leavesOf(page.blocks.filter(({ layer }) => layer !== "unseen"))].map((leaf) => ({
      id: leaf.id,
      page: page.number,
      text: plainText(leaf.content),
      frames: leaf.frames ?? [],
      size: leaf.look?.size,
      segments: (leaf.segments ?? []) as unknown as PublishedSegment[],
      links: linksOf(leaf),
    })),
  );
}

function linksOf({ content }: Leaf): { to: string; text: string }[] {
  const links: { to: string; text: string }[] = [];
  const walk = (inlines: readonly Inline[]) => {
    for (const inline of inlines) {
      if (inline.kind !== "span") continue;
      if (inline.link !== undefined) links.push({ to: inline.link, text: plainText(inline.content) });
      walk(inline.content);
    }
  };
  walk(content);
  return links;
}

/** Letters and figures alone, so that hyphens, ligatures and line ends make no difference. */
export function compact(text: string): string {
  return (
    text
      .normalize("NFKC")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu)
      ?.join("") ?? ""
  );
}
