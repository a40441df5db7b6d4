import { type Check, countsOf, doubt, failed, sameCounts, UNSPACED, withAtoms } from "./check.ts";

/** What no language says otherwise. Longer ones are told in parts. Chinese goes on behind them without a space, and with stops of its own. */
const ADDRESS = new RegExp(
  String.raw`(?<![\p{sc=Latin}\p{N}])(?:https?|ftp|file):\/\/[^\s<>"'«»“”‘’()[\]{}${UNSPACED}\u3000-\u303F\uFF00-\uFFEF]{1,2000}|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+`,
  "giu",
);
const PLACEHOLDER =
  /%(?:\d+\$)?[-+#0]*\d*(?:\.\d+)?(?:hh?|ll?|[Lzjt])?[diouxXeEfgGcsp@](?![\p{sc=Latin}\p{N}])|%\(\w{1,40}\)[a-z]|[$%#]?\{\{?[\w.-]{1,40}\}?\}/gu;
const MARKUP = /<\/?[a-z][^<>\n]{0,200}>/gi;

/** Finnish and Hungarian put endings behind them: "a@b.example:ssa", "a.example-on". */
const ENDING = /[:-]\p{L}{1,8}$/u;

export const addresses: Check = ({ source, target }) => {
  const [before, after] = [addressesIn(source.text), addressesIn(target.text)];
  return sameCounts(before, after) || sameCounts(withoutEndings(before, after), withoutEndings(after, before))
    ? undefined
    : failed("an address was changed");
};

/** `addresses` as they are among `others`, where they are so without an ending. */
function withoutEndings(addresses: ReadonlyMap<string, number>, others: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const bare = (address: string) => address.replace(ENDING, "");
  return countsOf(
    [...addresses].flatMap(([address, count]) => Array<string>(count).fill(others.has(bare(address)) ? bare(address) : address)),
  );
}

/** `text` without what no language says otherwise. */
export function withoutAddresses(text: string): string {
  return text.replace(ADDRESS, " ");
}

function addressesIn(text: string): ReadonlyMap<string, number> {
  return countsOf([...text.matchAll(ADDRESS)].map(([address]) => address.replace(/[.,;:!?…。、]{1,5}$/, "")));
}

export const placeholders: Check = ({ source, target }) =>
  sameCounts(matchesOf(source.text, PLACEHOLDER), matchesOf(target.text, PLACEHOLDER)) ? undefined : failed("a placeholder was changed");

export const markup: Check = ({ source, target }) =>
  sameCounts(matchesOf(source.text, MARKUP), matchesOf(target.text, MARKUP)) ? undefined : doubt("markup was changed");

function matchesOf(text: string, pattern: RegExp): ReadonlyMap<string, number> {
  return countsOf([...text.matchAll(pattern)].map(([match]) => match));
}

/** Options, paths, files and names of programs' things. */
const CODE =
  /(?<![^\s"'«»“”‘’(),;])(?:--?[\p{L}\p{N}][\w-]*|[~.]?(?:\/[\w.+@~-]+)+\/?|[\w.-]*\w_\w[\w.-]*|\p{Ll}+\p{Lu}\w*|\w[\w-]*\.[a-z]{2,4})(?![^\s"'«»“”‘’(),;:.!?])/gu;

/** Capitals may come and go, at the beginning of a sentence. */
export const code: Check = ({ source, target }) => {
  const found = new Set([...withAtoms(source).matchAll(CODE)].map(([match]) => match.toLowerCase()));
  const said = target.text.toLowerCase();
  return [...found].some((match) => !said.includes(match)) ? doubt("a name of a file, an option or the like was changed") : undefined;
};
