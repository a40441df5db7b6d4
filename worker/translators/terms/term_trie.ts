import { beginningsOf, type GrammaticalNumber, stemsOf } from "./forms.ts";
import { matches, type Pattern } from "./pattern.ts";
import type { Token } from "./words.ts";

/** Words in a row, as far as several terms share them. */
interface Node {
  /** By a next word in small letters; not there at the last one, as most are. */
  byWord?: Map<string, Node>;
  /** The same, by what forms of that word begin with. */
  byStem?: Map<string, Node[]>;
  /** That end here. */
  patterns?: Pattern[];
}

export interface Found {
  readonly pattern: Pattern;
  readonly number: GrammaticalNumber;
}

/** Terms by their words, so that what is done at one word of a text does not grow with how many terms there are. */
export class TermTrie {
  readonly #root: Node = {};

  constructor(patterns: readonly Pattern[]) {
    for (const pattern of patterns) {
      let node = this.#root;
      for (const word of pattern.words) node = childOf(node, word);
      node.patterns ??= [];
      node.patterns.push(pattern);
    }
  }

  get isEmpty(): boolean {
    return this.#root.byWord === undefined;
  }

  /** The terms that begin at the token `at`, the shortest first. */
  *findAt(tokens: readonly Token[], at: number): Generator<Found> {
    let nodes: ReadonlySet<Node> = new Set([this.#root]);
    for (let depth = 0; nodes.size > 0; depth++) {
      const word = tokens[at + depth]?.word.toLowerCase();
      if (word === undefined) return;
      const next = new Set<Node>();
      const beginnings = beginningsOf(word);
      for (const node of nodes) for (const beginning of beginnings) for (const child of node.byStem?.get(beginning) ?? []) next.add(child);
      for (const { patterns = [] } of next)
        for (const pattern of patterns) {
          const number = matches(pattern, tokens, at);
          if (number) yield { pattern, number };
        }
      nodes = next;
    }
  }
}

function childOf(node: Node, { token, language, isLoose }: Pattern["words"][number]): Node {
  const word = token.word.toLowerCase();
  node.byWord ??= new Map();
  node.byStem ??= new Map();
  const child = node.byWord.get(word) ?? {};
  node.byWord.set(word, child);
  for (const stem of stemsOf(word, language, isLoose)) {
    const same = node.byStem.get(stem);
    if (!same) node.byStem.set(stem, [child]);
    else if (!same.includes(child)) same.push(child);
  }
  return child;
}
