import { type Block, type Inline, type Layer, type Leaf, plainText } from "../../document/model.ts";
import type { RunsContent } from "../ooxml/content.ts";
import { formulaText } from "../ooxml/drawing.ts";
import { type Leaves, withWords } from "../ooxml/leaves.ts";
import { attributeOf, childOf, nameOf } from "../ooxml/names.ts";
import type { XmlElement } from "../xml/parse.ts";
import { elementsOf, textIn } from "../xml/walk.ts";
import { type Item, listOf, withNumber } from "./lists.ts";
import type { Notes } from "./notes.ts";
import type { Numbered, Numbering } from "./numbering.ts";
import { readObject } from "./objects.ts";
import { type NoteMarks, paragraphReader, type ReadParagraph, type StoryFacts } from "./paragraph.ts";
import { levelOf } from "./styles.ts";
import { readTable } from "./tables.ts";
import type { Unread } from "./unread.ts";

/** What the parts of a document share while they are read. */
export interface Shared {
  readonly leaves: Leaves;
  readonly numbering: Numbering;
  readonly notes: Notes;
  /** What is kept and was not read, by its kind. */
  readonly unread: Map<Unread, number>;
  /** Where a content control has its text from: gives the leaf of that place, if it is one. */
  bound(store: string, path: string): void;
}

/** What is given the children of a container in order, and told when there are no more. */
export interface Flow {
  take(child: XmlElement): void;
  end(): void;
}

/** What one of them says, and what list it is an item of. */
interface Entry {
  readonly blocks: Block[];
  readonly numbered: Numbered | undefined;
}

/** Containers of paragraphs that say nothing to a reader. */
const TRANSPARENT = new Set(["w:customXml", "w:ins", "w:moveTo", "w:smartTag", "w:sdtContent"]);

/** More letters are no initial. */
const MAX_CAP = 3;

function isDropCap(properties: XmlElement | undefined, { content }: RunsContent): boolean {
  const kind = attributeOf(childOf(properties, "w:framePr"), "dropCap");
  return (kind === "drop" || kind === "margin") && plainText(content).length <= MAX_CAP;
}

/** Reads what is written in one part: the body, a header, the notes. */
export class Story {
  readonly #facts: StoryFacts;
  readonly #shared: Shared;
  readonly #related: (id: string) => Block[];
  readonly #paragraph: ReturnType<typeof paragraphReader>;
  #ownMark = "";
  /** A drop cap that waits for the rest of its word. */
  #cap: RunsContent | undefined;

  constructor(facts: StoryFacts, shared: Shared, related: (id: string) => Block[]) {
    this.#facts = facts;
    this.#shared = shared;
    this.#related = related;
    this.#paragraph = paragraphReader(facts);
  }

  /** Takes the children of a container one by one, and gives the blocks of those that stay together: a list is one. */
  flow(give: (group: Block[]) => void): Flow {
    let items: Item[] = [];
    const end = () => {
      const whole = items;
      items = [];
      if (whole.length > 0) give([listOf(whole, this.#shared.leaves)]);
    };
    const add = ({ blocks, numbered }: Entry) => {
      const [first] = items;
      if (first && !(numbered && (numbered.level > 0 || numbered.list === first.numbered.list))) end();
      if (numbered) items.push({ numbered, blocks });
      else if (blocks.length > 0) give(blocks);
    };
    return {
      take: (child) => {
        for (const entry of this.#entries(child)) add(entry);
      },
      end: () => {
        end();
        const cap = this.#cap;
        this.#cap = undefined;
        if (cap) give([this.#shared.leaves.runs(cap)]);
      },
    };
  }

  blocks(container: XmlElement): Block[] {
    const blocks: Block[] = [];
    const flow = this.flow((group) => blocks.push(...group));
    for (const child of elementsOf(container)) flow.take(child);
    flow.end();
    return blocks;
  }

  /** A note's, whose own text shows `mark`. */
  noteBlocks(container: XmlElement, mark: string, layer: Layer): Block[] {
    const { leaves } = this.#shared;
    const [before, own] = [leaves.layer, this.#ownMark];
    [leaves.layer, this.#ownMark] = [layer, mark];
    const blocks = this.blocks(container);
    [leaves.layer, this.#ownMark] = [before, own];
    return blocks;
  }

  *#entries(child: XmlElement): Generator<Entry> {
    const name = nameOf(child);
    if (name === "w:p") yield this.#paragraphBlocks(child);
    else if (name === "w:tbl") yield { blocks: this.#table(child), numbered: undefined };
    else if (TRANSPARENT.has(name)) yield* this.#within(child);
    else if (name === "w:sdt") {
      const [properties, content] = [childOf(child, "w:sdtPr"), childOf(child, "w:sdtContent")];
      if (properties) this.#object(properties);
      if (content) yield* this.#within(content);
    } else if (name === "w:altChunk") this.#unread("chunk");
    else if (name === "mc:AlternateContent") {
      const [choice, ...others] = elementsOf(child);
      if (choice) yield* this.#within(choice);
      for (const other of others) if (withWords(textIn(other))) this.#unread("alternative");
    } else if (name === "m:oMathPara" || name === "m:oMath")
      yield { blocks: [{ ...this.#shared.leaves.facts(), kind: "formula", text: formulaText(child) }], numbered: undefined };
  }

  *#within(container: XmlElement): Generator<Entry> {
    for (const child of elementsOf(container)) yield* this.#entries(child);
  }

  #paragraphBlocks(paragraph: XmlElement): Entry {
    const { leaves, numbering } = this.#shared;
    const properties = childOf(paragraph, "w:pPr");
    const style = attributeOf(childOf(properties, "w:pStyle")) ?? this.#facts.styles.defaultParagraph;
    const numbered = numbering.next(paragraph, style);
    const read = this.#withCap(this.#paragraph(paragraph, this.#marks()), properties);
    const level = this.#headingLevel(properties, style);
    const blocks: Block[] = [];
    const leaf = read.found && this.#leaf(read, style, level);
    if (leaf && read.isHidden) leaves.aside(leaf);
    else if (leaf) blocks.push(level > 0 && numbered ? withNumber(leaf, numbered.mark) : leaf);
    else if (read.formula !== undefined) blocks.push({ ...leaves.facts(), kind: "formula", text: read.formula });
    for (const hidden of read.hidden) leaves.aside(leaves.runs(hidden, { layer: "unseen" }));
    for (const kind of read.unread) this.#unread(kind);
    for (const object of read.objects) blocks.push(...this.#object(object));
    return { blocks, numbered: level > 0 || blocks.length === 0 ? undefined : numbered };
  }

  /** The letter of a drop cap is one text with the paragraph below it. */
  #withCap(read: ReadParagraph, properties: XmlElement | undefined): ReadParagraph {
    const cap = this.#cap;
    this.#cap = undefined;
    const { found } = read;
    if (!cap && found && isDropCap(properties, found)) {
      this.#cap = found;
      return { ...read, found: undefined };
    }
    if (!cap || !found) return cap ? { ...read, found: cap } : read;
    const [first, ...others] = found.content;
    const text = plainText(cap.content);
    const content: Inline[] =
      first?.kind === "text" ? [{ ...first, text: text + first.text }, ...others] : [{ kind: "text", text }, ...found.content];
    return { ...read, found: { ...found, content, place: { ...found.place, cap: cap.place } } };
  }

  #leaf(read: ReadParagraph, style: string | undefined, level: number): Leaf {
    const { styles } = this.#facts;
    const found = read.found as NonNullable<ReadParagraph["found"]>;
    const kind = styles.nameOf(style) === "caption" ? "caption" : "paragraph";
    const looking = { ...found, look: { ...styles.look(style), ...found.look } };
    return this.#shared.leaves.runs(looking, { kind, level, ...(read.isHidden && { layer: "unseen" as const }) });
  }

  #headingLevel(properties: XmlElement | undefined, style: string | undefined): number {
    const outline = attributeOf(childOf(properties, "w:outlineLvl"));
    return outline === undefined ? this.#facts.styles.headingLevel(style) : levelOf(outline);
  }

  #marks(): NoteMarks {
    const { notes } = this.#shared;
    return { ownMark: this.#ownMark, noteMark: (reference) => notes.refer(reference) };
  }

  #object(object: XmlElement): Block[] {
    const { part, source } = this.#facts;
    return readObject(object, {
      part,
      source,
      leaves: this.#shared.leaves,
      blocks: (content) => this.blocks(content),
      related: this.#related,
      unread: (kind) => this.#unread(kind),
      bound: (store, path) => this.#shared.bound(store, path),
    });
  }

  #unread(kind: Unread): void {
    const { unread } = this.#shared;
    unread.set(kind, (unread.get(kind) ?? 0) + 1);
  }

  #table(table: XmlElement): Block[] {
    const { leaves } = this.#shared;
    const properties = childOf(table, "w:tblPr");
    if (properties) this.#object(properties);
    return [
      readTable(table, {
        facts: leaves.facts(),
        cell: (cell) => this.blocks(cell),
        covered: (cell) => leaves.aside(...this.noteBlocks(cell, this.#ownMark, "unseen")),
      }),
    ];
  }
}
