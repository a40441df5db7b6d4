import { type Word, widthOf } from "./words.ts";

/** Where words are to stand: a cue, or a line. */
export interface Place {
  /** 0 to 1, of all words: how many it should have. */
  readonly share: number;
  /** In letters: more do not fit. */
  readonly room: number;
}

/** So far from what it should have a place is looked at with more or fewer words, so that long texts take no long time. */
const REACH = 40;
/** What a letter too many costs, against one more or less than a place's share. */
const OVERFLOW = 12;

/**
 * `words` over `places`, in order, at least one in each where there are as many: near their shares, within their room, and
 * parted where people pause. The cheapest of all ways, found as TeX finds the lines of a paragraph.
 */
export function spread(words: readonly Word[], places: readonly Place[]): Word[][] {
  if (places.length <= 1) return [[...words]];
  if (words.length <= places.length) return places.map((_, index) => (words[index] ? [words[index] as Word] : []));
  const widths = sums(words);
  const total = widths.at(-1) as number;
  const width = (from: number, to: number) => (widths[to] as number) - (widths[from] as number);
  let shareBefore = 0;
  // Of each place: the cheapest cost of ending before each word, and where it then begins.
  let costs = new Map<number, number>([[0, 0]]);
  const begins: Map<number, number>[] = [];
  for (const [index, { share, room }] of places.entries()) {
    shareBefore += share;
    const [next, from] = [new Map<number, number>(), new Map<number, number>()];
    const left = places.length - index - 1;
    const middle = left === 0 ? words.length : indexOf(widths, total * shareBefore);
    const least = left === 0 ? words.length : Math.max(index + 1, Math.min(middle - REACH, words.length - left));
    const most = left === 0 ? words.length : Math.max(least, Math.min(middle + REACH, words.length - left));
    for (const [begin, cost] of costs)
      for (let end = Math.max(least, begin + 1); end <= most; end++) {
        const has = width(begin, end);
        const aim = Math.max(total * share, 4);
        const sum = cost + ((has - aim) / aim) ** 2 + (OVERFLOW * Math.max(0, has - room)) / room + (left === 0 ? 0 : parting(words, end));
        if (sum >= (next.get(end) ?? Number.POSITIVE_INFINITY)) continue;
        next.set(end, sum);
        from.set(end, begin);
      }
    costs = next;
    begins.push(from);
  }
  const result: Word[][] = [];
  let end = words.length;
  for (const from of begins.toReversed()) {
    const begin = from.get(end) ?? 0;
    result.unshift(words.slice(begin, end));
    end = begin;
  }
  return result;
}

/** How wide the first words are together, for each number of them. */
function sums(words: readonly Word[]): number[] {
  const widths = [0];
  for (const { text, spaced } of words) widths.push((widths.at(-1) as number) + widthOf(text) + (spaced ? 1 : 0));
  return widths;
}

function indexOf(widths: readonly number[], wanted: number): number {
  const found = widths.findIndex((width) => width >= wanted);
  return found < 0 ? widths.length - 1 : found;
}

/** What it costs to part the words before `at` from those behind: less than nothing where people pause. */
function parting(words: readonly Word[], at: number): number {
  const [before, after] = [words[at - 1]?.text ?? "", words[at]?.text ?? ""];
  if (/[.!?…。！？]["'”’»)\]]*$/u.test(before)) return -0.3;
  if (/[,;:—–、，；：]["'”’»)\]]*$/u.test(before)) return -0.2;
  const last = before.toLowerCase().replace(/^[¿¡"“«'‘(]+/, "");
  if (CLINGING.has(last)) return 0.6;
  if (LEADING.has(last)) return 0.3;
  if (/^[-–—]/.test(after)) return -0.1;
  return LEADING.has(after.toLowerCase()) ? -0.1 : 0;
}

/** Words that belong to the next: articles, possessives, prepositions. Of several languages: in another they are rare at a line's end. */
const CLINGING: ReadonlySet<string> = new Set(
  [
    "a an the this that these those my your his her its our their no of to in on at by for from with into is are was were very not",
    "el la los las un una unos unas lo al del mi tu su mis tus sus de en con por para sin sobre es son muy más",
    "le les une des du au aux ce cet cette ces mon ma ton ta son sa mes tes ses notre votre leur de dans sur pour par avec sans",
    "der die das den dem des ein eine einen einem einer eines mein dein sein ihr unser im am zum zur vom von mit für auf aus bei nach",
    "il gli i uno della dello dei degli nel nella sul sulla di da che per tra fra",
    "o os as um uma uns umas do dos da das num numa pelo pela no na nos nas em com",
    "els les unes uns amb per sense de het een van met voor op te",
  ].flatMap((line) => line.split(" ")),
);

/** Words that a clause begins with: a line may well begin with them. */
const LEADING: ReadonlySet<string> = new Set(
  [
    "and but or because that which who when where if so than while before after until",
    "y e pero o porque que cuando donde si aunque como mientras",
    "et mais ou parce qui quand où si comme car und aber oder weil dass wenn wo als denn",
    "ma perché quando dove se come mas porque quando onde i però perquè quan on",
  ].flatMap((line) => line.split(" ")),
);
