import type { Box } from "../../worker/engine/document/geometry.ts";
import type { Seen, SeenPage, SeenWord } from "./looks.ts";
import type { Navigation } from "./navigation.ts";
import { compact, type SetLeaf } from "./published.ts";
import { roomsOn } from "./rooms.ts";

/** What must hold of a document that was translated in place. */
export type Claim =
  | "pages"
  | "check"
  | "outside"
  | "own box"
  | "apart"
  | "source gone"
  | "words"
  | "order"
  | "links"
  | "outline"
  | "size"
  | "fields";

/** The claims that do not hold, with what is wrong. */
export type Faults = ReadonlyMap<Claim, string>;

export interface Sides {
  readonly source: { readonly seen: Seen; readonly navigation: Navigation };
  readonly result: { readonly seen: Seen; readonly navigation: Navigation };
  readonly leaves: readonly SetLeaf[];
}

/** Of the pixels outside text that may differ. */
const MAX_OUTSIDE = 0.005;
/** Grey levels that no smoothing of edges makes. */
const DIFFERENT = 48;
/** By which a paragraph may leave its box, and two texts may overlap. */
const TOLERANCE = 0.02;
const HYPHENATED = /[-\u2010]$/;
const MIN_SCALE = 0.6;
const MIN_POINTS = 5;

/** Pure: what is wrong with a result. */
export function faultsOf(sides: Sides): Faults {
  const faults = new Map<Claim, string>();
  const judges: Readonly<Record<Claim, (sides: Sides) => string>> = {
    pages: samePages,
    check: ({ result }) => result.seen.check,
    outside: sameOutside,
    "own box": inOwnBox,
    apart,
    "source gone": sourceGone,
    words: allWords,
    order: inOrder,
    links: linksLie,
    outline: sameOutline,
    size: largeEnough,
    fields: ({ source, result }) =>
      source.navigation.fields === result.navigation.fields ? "" : `${source.navigation.fields} fields became ${result.navigation.fields}`,
  };
  for (const [claim, judge] of Object.entries(judges)) {
    const wrong = judge(sides);
    if (wrong) faults.set(claim as Claim, wrong);
  }
  return faults;
}

function samePages({ source, result }: Sides): string {
  const [one, other] = [source, result].map(({ navigation }) =>
    navigation.pages.map(({ width, height, rotation }) => `${width.toFixed(1)}×${height.toFixed(1)}/${rotation}`).join(" "),
  );
  return one === other ? "" : `${one} became ${other}`.slice(0, 200);
}

/** Text is what the model has a frame of, and every word that is seen before or after. */
function sameOutside({ source, result, leaves }: Sides): string {
  let [different, outside] = [0, 0];
  for (const [index, before] of source.seen.pages.entries()) {
    const after = result.seen.pages[index];
    if (!after || after.width !== before.width || after.height !== before.height) return `page ${index + 1} has another size`;
    const boxes = [...source.seen.words, ...result.seen.words].filter(({ page }) => page === index + 1).map(({ box }) => box);
    boxes.push(...leaves.flatMap(({ frames }) => frames.filter(({ page }) => page === index + 1).map(({ box }) => box)));
    const masked = maskOf(before, boxes);
    for (let at = 0; at < masked.length; at++) {
      if (masked[at]) continue;
      outside++;
      if (Math.abs((before.pixels[at] ?? 0) - (after.pixels[at] ?? 0)) > DIFFERENT) different++;
    }
  }
  const share = different / Math.max(1, outside);
  return share < MAX_OUTSIDE ? "" : `${(share * 100).toFixed(2)} % of the pixels outside text differ`;
}

function maskOf({ width, height }: SeenPage, boxes: readonly Box[]): Uint8Array {
  const mask = new Uint8Array(width * height);
  for (const { x0, y0, x1, y1 } of boxes)
    for (let y = Math.max(0, Math.floor(y0) - 2); y < Math.min(height, Math.ceil(y1) + 2); y++)
      mask.fill(1, y * width + Math.max(0, Math.floor(x0) - 2), y * width + Math.max(0, Math.min(width, Math.ceil(x1) + 2)));
  return mask;
}

function inOwnBox({ source, result, leaves }: Sides): string {
  const stray: string[] = [];
  for (const [page, words] of Map.groupBy(result.seen.words, (word) => word.page)) {
    const rooms = roomsOn(page, leaves, source.seen.pages[page - 1]);
    for (const [index, word] of words.entries()) {
      const text = compact(word.text);
      // Shorter ones are in anybody's text; parts of words, as hyphens make them, are told by others of their line.
      if (text.length < 3 || HYPHENATED.test(word.text) || HYPHENATED.test(words[index - 1]?.text ?? "")) continue;
      const owners = rooms.filter((owner) => owner.words.has(text));
      if (owners.length > 0 && !owners.some(({ room }) => liesIn(word.box, room))) stray.push(`${word.text} (page ${page})`);
    }
  }
  return stray.length === 0 ? "" : `${stray.length} words outside their boxes: ${stray.slice(0, 5).join(", ")}`;
}

/**
 * Whether a word is in its paragraph's own box, grown as fitting may: sideways to the next thing for a single line, to the edges of its
 * column for several, down to the next thing for both (rooms.ts), and by 2 %, which for a small box is 1.5 points at least. Fonts say
 * that their letters are higher than they are: the middle of a word counts.
 */
function liesIn(word: Box, box: Box): boolean {
  const [across, down] = [Math.max(1.5, (box.x1 - box.x0) * TOLERANCE), Math.max(1.5, (box.y1 - box.y0) * TOLERANCE)];
  const inset = (word.y1 - word.y0) * 0.25;
  const insetX = word.y1 - word.y0 > word.x1 - word.x0 ? (word.x1 - word.x0) * 0.25 : 0;
  return (
    word.x0 + insetX >= box.x0 - across &&
    word.x1 - insetX <= box.x1 + across &&
    word.y0 + inset >= box.y0 - down &&
    word.y1 - inset <= box.y1 + down
  );
}

/** No word lies on another. */
function apart({ source, result }: Sides): string {
  const before = new Set(overlapping(source.seen.words));
  const found = overlapping(result.seen.words).filter((pair) => !before.has(pair));
  return found.length === 0 ? "" : `${found.length} words lie on others: ${found.slice(0, 4).join(", ")}`;
}

function overlapping(words: readonly SeenWord[]): string[] {
  const found: string[] = [];
  for (const [page, ofPage] of Map.groupBy(words, ({ page: number }) => number)) {
    const sorted = ofPage.map(({ text, box }) => ({ text, box: core(box) })).sort((a, b) => a.box.y0 - b.box.y0);
    for (const [index, one] of sorted.entries())
      for (let next = index + 1; next < sorted.length; next++) {
        const other = sorted[next];
        if (!other || other.box.y0 >= one.box.y1) break;
        const shared = overlap(one.box, other.box);
        if (shared > TOLERANCE * Math.min(area(one.box), area(other.box))) found.push(`${one.text} on ${other.text} (page ${page})`);
      }
  }
  return found;
}

/** Where most of a word's ink is. */
function core({ x0, y0, x1, y1 }: Box): Box {
  const [width, height] = [x1 - x0, y1 - y0];
  return width >= height || width > 0.6 * height
    ? { x0: x0 + 0.02 * width, x1: x1 - 0.02 * width, y0: y0 + 0.3 * height, y1: y1 - 0.25 * height }
    : { x0: x0 + 0.3 * width, x1: x1 - 0.25 * width, y0: y0 + 0.1 * height, y1: y1 - 0.1 * height };
}

function overlap(a: Box, b: Box): number {
  return Math.max(0, Math.min(a.x1, b.x1) - Math.max(a.x0, b.x0)) * Math.max(0, Math.min(a.y1, b.y1) - Math.max(a.y0, b.y0));
}

function area({ x0, y0, x1, y1 }: Box): number {
  return (x1 - x0) * (y1 - y0);
}

function sourceGone({ result, leaves }: Sides): string {
  const texts = result.seen.texts.map(compact);
  const left = leaves
    .flatMap(({ segments }) => segments)
    .filter(({ outcome, source }) => outcome === "translated" && (source.match(/\p{L}+/gu)?.length ?? 0) >= 3)
    .filter(({ source, target }) => source !== target && texts.some((text) => text.includes(compact(source))));
  return left.length === 0 ? "" : `${left.length} source sentences are there: ${left[0]?.source.slice(0, 60)}`;
}

/** Each word as often as it was said; hyphens part some, so letters are counted. */
function allWords({ result, leaves }: Sides): string {
  const there = result.seen.texts.map(compact);
  const words = leaves.flatMap(
    ({ text }) =>
      text
        .normalize("NFKC")
        .toLowerCase()
        .match(/[\p{L}\p{N}]{3,}/gu) ?? [],
  );
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const lost = [...counts].filter(([word, count]) => there.every((text) => text.split(word).length - 1 < count)).map(([word]) => word);
  return lost.length === 0 ? "" : `${lost.length} of ${counts.size} words are not there: ${lost.slice(0, 6).join(" ")}`;
}

function inOrder({ result, leaves }: Sides): string {
  const texts = result.seen.texts.map(compact);
  // What was kept may stay in a picture.
  const set = leaves.filter(({ segments }) => segments.some(({ outcome }) => outcome === "translated"));
  const whole = set.filter(({ frames, text }) => new Set(frames.map(({ page }) => page)).size <= 1 && compact(text) !== "");
  const torn = whole.filter(({ text }) => !texts.some((seen) => seen.includes(compact(text))));
  return torn.length === 0 ? "" : `${torn.length} of ${whole.length} paragraphs are not in order: ${torn[0]?.text.slice(0, 60)}`;
}

function linksLie({ source, result, leaves }: Sides): string {
  const { links } = result.navigation;
  if (links.length < source.navigation.links.length) return `${source.navigation.links.length} links became ${links.length}`;
  for (const { to, text } of leaves.flatMap((leaf) => leaf.links)) {
    if (!/^(https?|mailto):/.test(to)) continue;
    const own = links.filter(({ url }) => url !== "" && (url.startsWith(to) || to.startsWith(url)));
    const under = result.seen.words.filter(({ page, box }) =>
      own.some((link) => link.page === page && overlap(box, link.box) > 0.5 * area(box)),
    );
    const letters = compact(under.map((word) => word.text).join(""));
    const wanted = compact(text);
    if (!under.some((word) => wanted.includes(compact(word.text))))
      return `the link on "${text.slice(0, 40)}" lies on "${letters.slice(0, 40)}"`;
  }
  return "";
}

function sameOutline({ source, result }: Sides): string {
  const [one, other] = [source, result].map(({ navigation }) => navigation.outline.map(({ depth, page }) => `${depth}:${page}`).join(" "));
  if (one !== other) return `${one} became ${other}`.slice(0, 200);
  const kept = source.navigation.outline.filter(
    ({ title }, index) => /\p{L}{3}/u.test(title) && result.navigation.outline[index]?.title === title,
  );
  return kept.length === 0 ? "" : `titles are as they were: ${kept[0]?.title}`;
}

function largeEnough({ result, leaves }: Sides): string {
  const small: string[] = [];
  const own = Map.groupBy(leaves, ({ page }) => page);
  for (const { page, text, size } of result.navigation.letters) {
    const letters = compact(text);
    if (letters.replace(/\p{N}/gu, "").length < 4) continue;
    const sizes = (own.get(page) ?? []).filter((leaf) => compact(leaf.text).includes(letters)).flatMap((leaf) => leaf.size ?? []);
    if (sizes.length === 0) continue;
    const least = Math.min(...sizes.map((one) => Math.max(one * MIN_SCALE, Math.min(MIN_POINTS, one))));
    if (size < least - 0.1) small.push(`${text.slice(0, 30)} at ${size.toFixed(1)} pt, least is ${least.toFixed(1)}`);
  }
  return small.length === 0 ? "" : `${small.length} runs are too small: ${small[0]}`;
}
