import type { Block } from "../../document/model.ts";
import type { Remark } from "../../document/remarks.ts";
import { EngineError } from "../../errors.ts";
import { chartSheetRemarks } from "../ooxml/chart_sheets.ts";
import { drawingReader } from "../ooxml/drawing.ts";
import { graphicsOf } from "../ooxml/graphics.ts";
import { Leaves, withWords } from "../ooxml/leaves.ts";
import { childOf, findAll, nameOf } from "../ooxml/names.ts";
import type { OfficePackage } from "../ooxml/package.ts";
import type { Section } from "../sectioned.ts";
import type { XmlElement } from "../xml/parse.ts";
import { elementsOf, textIn } from "../xml/walk.ts";
import type { Placeholder, SlideLike } from "./inheritance.ts";
import { type Reading, type ShapeText, slideBlocks } from "./shapes.ts";

export interface Presentation {
  /** One for each slide, in order. */
  readonly sections: readonly Section[];
  readonly remarks: readonly Remark[];
  readonly contentType: string;
  /** All texts in shapes, by the number of the slide that they are told with. */
  readonly texts: readonly { readonly page: number; readonly text: ShapeText }[];
  /** By their leaves' ids. */
  readonly paragraphs: ReadonlyMap<string, ParagraphPlace>;
  readonly tables: readonly { readonly part: string; readonly properties: XmlElement }[];
}

export interface ParagraphPlace {
  readonly part: string;
  readonly element: XmlElement;
  /** The styles that it may inherit, nearest first. */
  readonly lists: readonly XmlElement[];
}

/** What of a presentation is read beside its slides. */
export interface Choice {
  readonly comments: boolean;
}

/** Throws DOCUMENT_CORRUPT, DOCUMENT_TOO_COMPLEX. */
export async function readPresentation(office: OfficePackage, choice: Choice, signal: AbortSignal): Promise<Presentation> {
  const { part: main, contentType } = await office.main();
  const { root } = await office.xml(main);
  const relationships = await office.relationships(main);
  const parts = elementsOf(childOf(root, "p:sldIdLst")).flatMap((slide) => {
    const id = slide.attributes.find(({ local, uri }) => local === "id" && uri !== "")?.value;
    const found = relationships.find((each) => each.id === id && each.type === "slide" && !each.external);
    return found && office.archive.has(found.target) ? [found.target] : [];
  });
  if (parts.length === 0) throw new EngineError("NO_CONTENT", "The presentation has no slides.");
  const reader = new PresentationReader(office, choice);
  for (const part of parts) {
    signal.throwIfAborted();
    await reader.slide(part);
  }
  await reader.document(main, root);
  return { ...reader.done(), contentType };
}

/** What is no content of a slide but of its notes' page: the slide's picture, and what is printed around it. */
const NOTES_FRAME = new Set(["sldImg", "hdr", "dt", "ftr", "sldNum"]);
const PROPERTIES = new Set(["dc:title", "dc:subject", "cp:keywords", "dc:description"]);

class PresentationReader {
  readonly #office: OfficePackage;
  readonly #choice: Choice;
  readonly #sections: { readonly blocks: Block[]; readonly remarks: Remark[] }[] = [];
  readonly #texts: { page: number; text: ShapeText }[] = [];
  readonly #paragraphs = new Map<string, ParagraphPlace>();
  readonly #tables: { part: string; properties: XmlElement }[] = [];
  /** Layouts and masters that were read, with what they are made after. */
  readonly #above = new Map<string, SlideLike>();
  /** Of these what they are made after is being read: a file may lead in circles. */
  readonly #opening = new Set<string>();
  readonly #leaves: Leaves;
  #ids = 0;
  #comments = 0;

  constructor(office: OfficePackage, choice: Choice) {
    this.#office = office;
    this.#choice = choice;
    this.#leaves = new Leaves(() => `p${this.#sections.length}b${++this.#ids}`);
  }

  async slide(part: string): Promise<void> {
    const section = { blocks: [] as Block[], remarks: [] as Remark[] };
    this.#sections.push(section);
    this.#ids = 0;
    const unread = new Map<"embedded" | "picture", number>();
    const own = await this.#part(part, unread, () => true);
    const [layout] = await this.#office.related(part, "slideLayout");
    const above = layout === undefined ? undefined : await this.#layout(layout, unread);
    const blocks = slideBlocks({ ...own, above: above?.slide });
    section.blocks.push(...blocks, ...this.#slideName(own), ...(above?.blocks ?? []));
    for (const notes of await this.#office.related(part, "notesSlide")) {
      this.#leaves.layer = "margin";
      const page = await this.#part(notes, unread, ({ type }) => !NOTES_FRAME.has(type));
      // A picture of the slide is no picture of its own.
      section.blocks.push(...slideBlocks({ ...page, above: undefined, unread: () => undefined }));
      this.#leaves.layer = undefined;
    }
    section.blocks.push(...(await this.#commentsOf(part)));
    for (const [kind, count] of unread) section.remarks.push(unreadRemark(this.#sections.length, kind, count));
  }

  /** A layout and its master: what they say themselves stands with the first slide that shows it. */
  async #layout(part: string, unread: Map<"embedded" | "picture", number>): Promise<{ slide: SlideLike; blocks: Block[] }> {
    const known = this.#above.get(part);
    if (known) return { slide: known, blocks: [] };
    const blocks: Block[] = [];
    const [master] = await this.#office.related(part, "slideMaster");
    this.#opening.add(part);
    const above = master === undefined || this.#opening.has(master) ? undefined : await this.#layout(master, unread);
    this.#opening.delete(part);
    this.#leaves.layer = "margin";
    const own = await this.#part(part, unread, () => false);
    const slide: Reading = { ...own, above: above?.slide };
    blocks.push(...slideBlocks(slide), ...(above?.blocks ?? []));
    this.#leaves.layer = undefined;
    this.#above.set(part, slide);
    return { slide, blocks };
  }

  async #part(
    part: string,
    unread: Map<"embedded" | "picture", number>,
    takes: (placeholder: Placeholder) => boolean,
  ): Promise<Omit<Reading, "above">> {
    const { text: source, root } = await this.#office.xml(part);
    const page = this.#sections.length;
    return {
      ...{ part, source, root, takes, leaves: this.#leaves, graphics: await graphicsOf(this.#office, part) },
      text: (text) => this.#texts.push({ page, text }),
      paragraph: (leaf, element, lists) => this.#paragraphs.set(leaf.id, { part, element, lists }),
      table: (properties) => this.#tables.push({ part, properties }),
      unread: (kind) => unread.set(kind, (unread.get(kind) ?? 0) + 1),
    };
  }

  #slideName({ part, root }: Pick<Reading, "part" | "root">): Block[] {
    const name = childOf(root, "p:cSld")?.attributes.find((attribute) => attribute.name === "name");
    return name && withWords(name.value) ? [this.#leaves.value({ as: "attribute", part, range: name.range }, name.value, "unseen")] : [];
  }

  /** Of readers: those of old programs in an element of their own, newer ones as paragraphs. */
  async #commentsOf(slide: string): Promise<Block[]> {
    const blocks: Block[] = [];
    for (const part of await this.#office.related(slide, "comments", "comment")) {
      const { text: source, root } = await this.#office.xml(part);
      const read = drawingReader({ part, source });
      for (const element of findAll(root, new Set(["p:text", "a:p"]))) {
        const isParagraph = nameOf(element) === "a:p";
        const text = textIn(element);
        if (!withWords(text) || !element.inner) continue;
        if (!this.#choice.comments) {
          this.#comments++;
          continue;
        }
        const found = isParagraph ? read(element) : undefined;
        if (found) blocks.push(this.#leaves.runs(found, { layer: "margin" }));
        else if (!isParagraph) blocks.push(this.#leaves.value({ as: "text", part, range: element.inner }, text, "margin"));
      }
    }
    return blocks;
  }

  /** What is said of the presentation as a whole: it stands with the first slide. */
  async document(main: string, root: XmlElement): Promise<void> {
    const first = this.#sections[0]?.blocks;
    let count = 0;
    const value = (place: Parameters<Leaves["value"]>[0], text: string) => {
      if (withWords(text)) first?.push({ ...this.#leaves.value(place, text, "unseen"), id: `p1d${++count}` });
    };
    for (const part of await this.#office.related("", "core-properties"))
      for (const element of elementsOf((await this.#office.xml(part)).root))
        if (PROPERTIES.has(nameOf(element)) && element.inner) value({ as: "text", part, range: element.inner }, textIn(element));
    for (const extension of elementsOf(childOf(root, "p:extLst")))
      for (const list of elementsOf(extension))
        for (const section of list.local === "sectionLst" ? elementsOf(list) : []) {
          const name = section.attributes.find((attribute) => attribute.name === "name");
          if (name) value({ as: "attribute", part: main, range: name.range }, name.value);
        }
  }

  done(): Omit<Presentation, "contentType"> {
    const remarks: Remark[] = [];
    if (this.#comments > 0) {
      const message = `${this.#comments === 1 ? "One comment" : `${this.#comments} comments`} of readers: not translated, as was not asked for.`;
      remarks.push({ page: 0, code: "CONTENT_DROPPED", message });
    }
    remarks.push(...chartSheetRemarks(this.#office));
    return { sections: this.#sections, remarks, texts: this.#texts, paragraphs: this.#paragraphs, tables: this.#tables };
  }
}

function unreadRemark(page: number, kind: "embedded" | "picture", count: number): Remark {
  const number = (what: string) => (count === 1 ? `One ${what}` : `${count} ${what}s`);
  return kind === "picture"
    ? { page, code: "PICTURE_NOT_READ", message: `${number("picture")}: words on them are not translated.` }
    : { page, code: "CONTENT_DROPPED", message: `${number("embedded object")}: kept as in the source, and not translated.` };
}
