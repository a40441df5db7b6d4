import { execFile } from "node:child_process";
import { mkdir, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { type DefaultTreeAdapterTypes, parse, serialize } from "parse5";
import { sentencesOf } from "../../worker/engine/document/sentences.ts";

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

const run = promisify(execFile);
const DOWNLOAD_MS = 120_000;
/** What holds text and no other of these. */
const LEAVES: ReadonlySet<string> = new Set(["p", "td", "h2", "h3", "h4"]);
/** What is more than one line of text. */
const BLOCKS = /<(?:div|ul|ol|dl|pre|table|br|img|p)\b/;
const MIN_WORDS = 4;

/** A sentence and its translation by people, as HTML and as its words. */
export interface SentencePair {
  readonly source: Sentence;
  readonly target: Sentence;
}

export interface Sentence {
  readonly html: string;
  readonly text: string;
}

/**
 * Sentences of the Debian Reference, whose translations are made paragraph by paragraph (po4a), so that paragraphs of the same
 * number belong together; those that are one sentence in both languages. Downloads Debian's packages to `folder` where they are not yet.
 */
export async function debianReference(from: string, to: string, folder: string): Promise<SentencePair[]> {
  const books = await Promise.all([from, to].map((language) => bookOf(language, folder)));
  const [sources = [], targets = []] = books.map((book) => book.map(leavesIn));
  const pairs = sources.flatMap((leaves, chapter) => {
    const translated = targets[chapter] ?? [];
    // What is not paragraph for paragraph the same cannot be paired.
    return leaves.length === translated.length ? leaves.map((source, at) => ({ source, target: translated[at] as Sentence })) : [];
  });
  const seen = new Set<string>();
  return pairs.filter(({ source, target }) => {
    if (
      seen.has(source.text) ||
      BLOCKS.test(source.html + target.html) ||
      source.text === target.text ||
      !isSentence(source.text, from) ||
      !isSentence(target.text, to)
    )
      return false;
    seen.add(source.text);
    return true;
  });
}

/** Its chapters as HTML, in order. */
async function bookOf(language: string, folder: string): Promise<string[]> {
  const name = `debian-reference-${language}`;
  const unpacked = path.join(folder, name);
  const pages = path.join(unpacked, "usr/share/debian-reference");
  const chapters = async () => (await readdir(pages).catch(() => [])).filter((file) => /^(ch\d\d|apa)\..*\.html$/.test(file)).sort();
  if ((await chapters()).length === 0) {
    await mkdir(unpacked, { recursive: true });
    await run("apt-get", ["download", "--quiet", name], { cwd: unpacked, timeout: DOWNLOAD_MS });
    const [archive] = (await readdir(unpacked)).filter((file) => file.endsWith(".deb"));
    await run("dpkg-deb", ["--extract", archive ?? "", "."], { cwd: unpacked, timeout: DOWNLOAD_MS });
  }
  return Promise.all((await chapters()).map((chapter) => readFile(path.join(pages, chapter), "utf8")));
}

function leavesIn(html: string): Sentence[] {
  const leaves: Sentence[] = [];
  const walk = (node: Node): boolean => {
    const children = "childNodes" in node ? node.childNodes : [];
    const within = children.map(walk).includes(true);
    const isLeaf = "tagName" in node && LEAVES.has(node.tagName);
    if (isLeaf && !within) leaves.push({ html: htmlOf(node), text: textOf(node) });
    return isLeaf || within;
  };
  walk(parse(html));
  return leaves;
}

/** Without the titles of links, which are texts of their own. */
function htmlOf(node: Element): string {
  return serialize(node)
    .replace(/ title="[^"]*"/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

export function textOf(node: Node): string {
  const raw = (of: Node): string => ("value" in of ? of.value : "childNodes" in of ? of.childNodes.map(raw).join("") : "");
  return raw(node).replace(/\s+/g, " ").trim();
}

function isSentence(text: string, language: string): boolean {
  return (text.match(/\p{L}{2,}/gu) ?? []).length >= MIN_WORDS && sentencesOf(text, language).length === 1;
}
