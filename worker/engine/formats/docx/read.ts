import type { Block, Layer } from "../../document/model.ts";
import type { Remark } from "../../document/remarks.ts";
import { EngineError } from "../../errors.ts";
import { Leaves, withWords } from "../ooxml/leaves.ts";
import { attributeOf, childOf, findAll, nameOf } from "../ooxml/names.ts";
import type { OfficePackage } from "../ooxml/package.ts";
import { type Section, Sections, sectionSize } from "../sectioned.ts";
import { parseXml, type XmlElement } from "../xml/parse.ts";
import { elementsOf, textIn } from "../xml/walk.ts";
import { boundTexts, readStores } from "./bindings.ts";
import { type NoteKind, Notes } from "./notes.ts";
import { Numbering } from "./numbering.ts";
import { factsOf, readStoryPart, type StoryPart } from "./parts.ts";
import { remarksOf } from "./remarks.ts";
import { type Shared, Story } from "./story.ts";
import { readStyles, type Styles } from "./styles.ts";

/** The parts that a translation concerns, by what they are. */
export interface DocumentParts {
  readonly main: string;
  /** All with paragraphs. */
  readonly stories: readonly string[];
  readonly styles: readonly string[];
  readonly numbering: readonly string[];
  readonly settings: readonly string[];
}

export interface ReadDocument {
  readonly sections: readonly Section[];
  readonly remarks: readonly Remark[];
  readonly parts: DocumentParts;
}

/** What of a document is read, beside its text. */
export interface Choice {
  readonly comments: boolean;
}

export async function readDocument(office: OfficePackage, choice: Choice): Promise<ReadDocument> {
  const { part: main } = await office.main();
  const rootOf = async (type: string) => {
    const [part] = await office.related(main, type);
    return { part, root: part === undefined ? undefined : (await office.xml(part)).root };
  };
  const [styles, numbering, settings] = [await rootOf("styles"), await rootOf("numbering"), await rootOf("settings")];
  const reader = new DocumentReader({
    office,
    main,
    stores: await readStores(office, main),
    styles: readStyles(styles.root),
    numberingRoot: numbering.root,
    settings: settings.root,
  });
  await reader.read(choice);
  const glossaries = await office.related(main, "glossaryDocument");
  const also = (await Promise.all(glossaries.map((part) => office.related(part, "styles")))).flat();
  return {
    sections: reader.sections.done(),
    remarks: await remarksOf(office, reader.shared.unread),
    parts: {
      main,
      stories: reader.stories,
      styles: [styles.part ?? [], also].flat(),
      numbering: [numbering.part ?? []].flat(),
      settings: [settings.part ?? []].flat(),
    },
  };
}

interface DocumentFacts {
  readonly stores: Awaited<ReturnType<typeof readStores>>;
  readonly office: OfficePackage;
  readonly main: string;
  readonly styles: Styles;
  readonly numberingRoot: XmlElement | undefined;
  readonly settings: XmlElement | undefined;
}

class DocumentReader {
  readonly stories: string[] = [];
  readonly shared: Shared;
  sections = new Sections();
  readonly #facts: DocumentFacts;

  constructor(facts: DocumentFacts) {
    this.#facts = facts;
    const leaves = new Leaves(() => this.sections.id());
    this.shared = {
      leaves,
      bound: boundTexts(facts.stores, leaves),
      numbering: new Numbering(facts.numberingRoot, facts.styles),
      notes: new Notes(facts.settings),
      unread: new Map(),
    };
  }

  async read({ comments }: Choice): Promise<void> {
    const { office, main } = this.#facts;
    const document = await readStoryPart(office, main);
    this.sections = new Sections(sectionSize(paragraphsIn(document.source)));
    await this.#properties();
    for (const [type, layer] of [
      ["header", "header"],
      ["footer", "footer"],
    ] as const)
      for (const part of await office.related(main, type)) this.#all(await this.#story(part), (root) => [root], layer);
    const notes = { footnote: await this.#notes("footnote"), endnote: await this.#notes("endnote") };
    this.#body(document, notes);
    for (const kind of ["footnote", "endnote"] as const) this.#unreferred(notes[kind], kind);
    await this.#comments(comments);
    for (const part of await office.related(main, "glossaryDocument"))
      this.#all(await this.#story(part), (root) => findAll(root, new Set(["w:docPartBody"])), "unseen");
  }

  /** Its paragraphs and tables are read as soon as they end, so that no long document lies in memory. */
  #body(document: StoryPart, notes: Readonly<Record<NoteKind, NoteParts | undefined>>): void {
    const flow = this.#made(document).flow((group) => this.#add(group, notes));
    const root = parseXml(document.source, {}, (element) => {
      if (!element.parent || nameOf(element.parent) !== "w:body" || element.parent.parent?.parent) return false;
      flow.take(element);
      return true;
    });
    if (!childOf(root, "w:body")) throw new EngineError("DOCUMENT_CORRUPT", "The document has no body.");
    flow.end();
    this.#add([], notes);
  }

  /** What stands together, with the notes that it refers to and what is said of it. */
  #add(group: readonly Block[], notes: Readonly<Record<NoteKind, NoteParts | undefined>>): void {
    const { leaves } = this.shared;
    const together = [...group];
    // A note may refer to another.
    for (let referred = this.shared.notes.takeReferred(); referred.length > 0; referred = this.shared.notes.takeReferred())
      for (const { kind, id, mark } of referred) {
        const note = notes[kind]?.elements.get(id);
        if (note) together.push(...(notes[kind] as NoteParts).story.noteBlocks(note, mark, "note"));
      }
    together.push(...leaves.takeAside());
    if (together.length > 0) this.sections.add(...together);
  }

  #all(
    made: { readonly story: Story; readonly root: XmlElement },
    containers: (root: XmlElement) => readonly XmlElement[],
    layer: Layer,
  ): void {
    for (const container of containers(made.root)) {
      const blocks = made.story.noteBlocks(container, "", layer);
      this.sections.add(...blocks, ...this.shared.leaves.takeAside());
    }
  }

  async #story(part: string): Promise<{ readonly story: Story; readonly root: XmlElement }> {
    const read = await readStoryPart(this.#facts.office, part);
    return { story: this.#made(read), root: parseXml(read.source) };
  }

  #made(part: StoryPart): Story {
    this.stories.push(part.part);
    return new Story(factsOf(part, this.#facts.styles), this.shared, (id) => part.drawings.get(id)?.(this.shared.leaves) ?? []);
  }

  async #notes(kind: NoteKind): Promise<NoteParts | undefined> {
    const [part] = await this.#facts.office.related(this.#facts.main, `${kind}s`);
    if (part === undefined) return undefined;
    const { story, root } = await this.#story(part);
    const notes = elementsOf(root).filter((note) => nameOf(note) === `w:${kind}` && /^(?:normal)?$/.test(attributeOf(note, "type") ?? ""));
    return { story, elements: new Map(notes.map((note) => [attributeOf(note, "id") ?? "", note])) };
  }

  /** Notes whose reference was deleted are not shown, and stay in the file. */
  #unreferred(notes: NoteParts | undefined, kind: NoteKind): void {
    for (const [id, note] of notes?.elements ?? [])
      if (!this.shared.notes.wasReferred(kind, id)) this.sections.add(...(notes as NoteParts).story.noteBlocks(note, "", "unseen"));
  }

  async #comments(chosen: boolean): Promise<void> {
    for (const part of await this.#facts.office.related(this.#facts.main, "comments")) {
      if (chosen) {
        this.#all(await this.#story(part), (root) => elementsOf(root), "note");
        continue;
      }
      const { root } = await this.#facts.office.xml(part);
      const count = elementsOf(root).filter((comment) => withWords(textIn(comment))).length;
      if (count > 0) this.shared.unread.set("comment", count);
    }
  }

  /** Title, subject, keywords and description of the document. */
  async #properties(): Promise<void> {
    const { leaves } = this.shared;
    for (const part of await this.#facts.office.related("", "core-properties")) {
      const { root } = await this.#facts.office.xml(part);
      for (const element of elementsOf(root)) {
        const text = textIn(element);
        if (!PROPERTIES.has(nameOf(element)) || !element.inner || !withWords(text)) continue;
        this.sections.add(leaves.value({ as: "text", part, range: element.inner }, text, "unseen"));
      }
    }
  }
}

/** About how many there are. */
function paragraphsIn(source: string): number {
  let count = 0;
  for (const _ of source.matchAll(/<(?:\w{1,20}:)?p[ >]/g)) count += 1;
  return count;
}

interface NoteParts {
  readonly story: Story;
  readonly elements: ReadonlyMap<string, XmlElement>;
}

const PROPERTIES = new Set(["dc:title", "dc:subject", "cp:keywords", "dc:description"]);
