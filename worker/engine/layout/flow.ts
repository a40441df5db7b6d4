import { type Block, leavesOf, type Page, plainText } from "../document/model.ts";
import type { PageContent } from "./content.ts";
import { countWords } from "./facts.ts";
import { HeadingRanks } from "./heading_ranks.ts";
import { joinOver } from "./join.ts";
import { layOut } from "./layout.ts";
import { RunningHeads } from "./running.ts";

/** Left and right pages have running heads of their own: the second page that follows shows those of this one. */
const AHEAD = 2;

/**
 * Lays out a document page by page. Running heads, feet and page numbers are told by what they have in common with the pages
 * around; a sentence that goes on over the end of a page becomes one paragraph on the page where it begins. Pages that their
 * file laid out itself go through as they are. Holds a few pages at once, and gives as many as it takes, in order.
 */
export async function* flow(pages: AsyncIterable<PageContent | Page>): AsyncGenerator<Page> {
  const ranks = new HeadingRanks();
  let before: Page | undefined;
  for await (const page of laidOut(pages)) {
    if (page.geometry) ranks.learn(page);
    if (before?.geometry) before = ranks.settled(before);
    const joined = before && joinPages(before, page);
    if (before) yield joined?.[0] ?? before;
    before = joined?.[1] ?? page;
  }
  if (before) yield before.geometry ? ranks.settled(before) : before;
}

async function* laidOut(pages: AsyncIterable<PageContent | Page>): AsyncGenerator<Page> {
  const running = new RunningHeads();
  const waiting: (PageContent | Page)[] = [];
  const next = (): Page[] => {
    const page = waiting.shift();
    if (!page) return [];
    return [
      "words" in page
        ? layOut(
            running.mark(
              page,
              waiting.filter((other) => "words" in other),
            ),
          )
        : page,
    ];
  };
  for await (const page of pages) {
    waiting.push(page);
    if (waiting.length > AHEAD) yield* next();
  }
  while (waiting.length > 0) yield* next();
}

/** Both pages with the paragraph that goes on from one to the other on the first; undefined if none does. */
function joinPages(one: Page, other: Page): readonly [Page, Page] | undefined {
  if (!one.geometry || !other.geometry || one.failure !== undefined || other.failure !== undefined) return undefined;
  const joined = joinOver(one.blocks, other.blocks, countWords(wordsOf([...one.blocks, ...other.blocks])));
  return (
    joined && [
      { ...one, blocks: joined.before },
      { ...other, blocks: joined.after },
    ]
  );
}

function* wordsOf(blocks: readonly Block[]): Generator<string> {
  for (const leaf of leavesOf(blocks)) yield* plainText(leaf.content).split(/\s+/);
}
