import type { DocumentContext } from "../../context.ts";
import type { Leaf } from "../../document/model.ts";
import type { Remark } from "../../document/remarks.ts";
import { EngineError } from "../../errors.ts";
import type { OpenDocument, Writing } from "../format.ts";
import { type SectionedWriting, Sections, sectionedDocument, sectionSize } from "../sectioned.ts";
import { parseXml, type XmlElement } from "../xml/parse.ts";
import { elementsOf } from "../xml/walk.ts";
import type { LeafAnchor } from "./anchors.ts";
import { readBlock, readBlocks } from "./blocks.ts";
import { plainLeaf } from "./leaves.ts";
import { type LocaleSpot, localeEdits, localeSpots } from "./locale.ts";
import { childOf, nameOf } from "./names.ts";
import { openPackage, type Package } from "./package.ts";
import { type Left, type Reading, readingOf } from "./reading.ts";
import { namingEdits, renamed } from "./sheet_names.ts";
import { Sheets } from "./sheets.ts";
import { soughtIn } from "./sought.ts";
import { Styles } from "./styles.ts";
import type { Kind } from "./types.ts";
import { writePart } from "./write.ts";

/** Well under the limit of pages, whatever else the document has. */
const MAX_SECTIONS = 1500;

/** Throws EngineError: DOCUMENT_CORRUPT, DOCUMENT_ENCRYPTED, DOCUMENT_TOO_COMPLEX, TOO_MANY_PAGES. */
export async function openOdf(file: string, context: DocumentContext, kind: Kind): Promise<OpenDocument> {
  const opened = await openPackage(file, kind);
  try {
    const reader = new Reader(opened, context, kind);
    await reader.read();
    return sectionedDocument({
      sections: reader.sections.done(),
      remarks: [...opened.remarks, ...reader.remarks()],
      writing: (writing) => new PackageWriting(opened, reader.spots, writing),
      close: async () => opened[Symbol.asyncDispose](),
    });
  } catch (error) {
    await opened[Symbol.asyncDispose]();
    throw error;
  }
}

class Reader {
  sections = new Sections();
  /** By the part. */
  readonly spots = new Map<string, readonly LocaleSpot[]>();
  readonly #opened: Package;
  readonly #context: DocumentContext;
  readonly #kind: Kind;
  readonly #left: Left = { comments: 0, deletions: 0, objects: 0, messages: 0, sought: 0, labels: 0, unshown: 0 };
  #sought: ReadonlySet<string> = new Set();

  constructor(opened: Package, context: DocumentContext, kind: Kind) {
    this.#opened = opened;
    this.#context = context;
    this.#kind = kind;
  }

  /** The body first, then what stands around it on each page, then what is said of the document, then its charts. */
  async read(): Promise<void> {
    const { parts } = this.#opened;
    const [content = "", ...others] = parts;
    const styles = others.includes("styles.xml") ? await this.#parse("styles.xml") : undefined;
    await this.#content(content, styles?.root);
    if (styles) this.#part({ ...styles, part: "styles.xml", styles: [styles.root] });
    for (const part of others.filter((name) => name !== "styles.xml")) {
      this.#context.signal.throwIfAborted();
      const parsed = await this.#parse(part).catch((error: unknown) => {
        // A document within it that cannot be read stays as it is.
        if (part === "meta.xml" || !(error instanceof EngineError)) throw error;
        this.#left.objects++;
      });
      if (parsed) this.#part({ ...parsed, part, styles: [parsed.root] });
    }
  }

  async #content(part: string, common: XmlElement | undefined): Promise<void> {
    const { text: source } = await this.#opened.read(part);
    const isSheets = this.#kind === "spreadsheet";
    if (isSheets) this.#sought = soughtIn(source);
    else this.sections = new Sections(sectionSize(source.match(/<(?:\w+:)?[ph][\s>]/g)?.length ?? 0, MAX_SECTIONS));
    const styles = (root: XmlElement) => (common ? [common, root] : [root]);
    const sheets = isSheets ? new Sheets(source, (root) => this.#reading({ part, source, styles: styles(root) })) : undefined;
    const root = parseXml(source, {}, sheets && ((element) => sheets.take(element)));
    const body = childOf(root, "office:body");
    if (!childOf(body, `office:${this.#kind}`))
      throw new EngineError("DOCUMENT_CORRUPT", `The file says that it is a ${this.#kind}, and is none.`);
    this.#part({ part, source, root, styles: styles(root) });
  }

  async #parse(part: string): Promise<{ readonly source: string; readonly root: XmlElement }> {
    const { text: source } = await this.#opened.read(part);
    return { source, root: parseXml(source) };
  }

  #reading({ part, source, styles, chart = false }: Given & { readonly chart?: boolean }): Reading {
    const { selection = {}, sourceLanguage } = this.#context;
    const [sections, sought, left] = [this.sections, this.#sought, this.#left];
    return readingOf({ part, source, sections, sought, left, selection, chart, styles: new Styles(styles, sourceLanguage) });
  }

  #part({ root, ...given }: Given & { readonly root: XmlElement }): void {
    this.spots.set(given.part, localeSpots(root));
    const body = childOf(root, "office:body");
    const reading = this.#reading({ ...given, chart: childOf(body, "office:chart") !== undefined });
    for (const element of flowOf(elementsOf(body))) {
      for (const block of readBlock(element, reading)) this.sections.add(block);
      if (nameOf(element) === "draw:page") this.sections.end();
    }
    for (const element of elementsOf(childOf(root, "office:master-styles"))) this.#master(element, reading);
    for (const element of elementsOf(childOf(root, "office:meta")))
      if (META.has(nameOf(element)))
        for (const block of plainLeaf(element, "caption", { ...reading, layer: "unseen" })) this.sections.add(block);
  }

  #master(element: XmlElement, reading: Reading): void {
    if (!/^style:(?:master-page|handout-master)$/.test(nameOf(element))) return;
    for (const part of elementsOf(element)) {
      const layer = /^style:footer/.test(nameOf(part)) ? "footer" : "header";
      for (const block of readBlocks([part], { ...reading, layer })) this.sections.add(block);
    }
  }

  remarks(): Remark[] {
    const { comments, deletions, objects, messages, sought, labels, unshown } = this.#left;
    const told = (count: number, what: string): Remark[] =>
      count === 0 ? [] : [{ page: 0, code: "TEXT_KEPT", message: `${what}: ${count}.` }];
    return [
      ...told(comments, "Comments of readers stay as they were, for they are translated by choice"),
      ...told(deletions, "Passages that were deleted while changes were tracked stay as they were"),
      ...told(objects, "Embedded objects of other programs, and those that could not be read, stay as they were"),
      ...told(messages, "Messages of rules for what may be entered stay as they were"),
      ...told(sought, "Cells whose text formulas, rules or pivot tables look for stay as they were"),
      ...told(labels, "Labels of forms stay as they were"),
      ...told(unshown, "Cells that repeat others very often are in the document, and not in texts that are made of it, at least"),
    ];
  }
}

interface Given {
  readonly part: string;
  readonly source: string;
  /** Where its styles are, the common ones' first. */
  readonly styles: readonly XmlElement[];
}

const META = new Set(["dc:title", "dc:subject", "dc:description", "meta:keyword"]);
/** What only holds a part of the text's own flow. */
const FLOW =
  /^(?:office:(?:text|presentation|spreadsheet|drawing|chart)|text:(?:section|index-body|index-title|bibliography|table-of-content|.+-index))$/;

/** In order, what the document's flow is made of, however it is parted. */
function* flowOf(elements: readonly XmlElement[]): Generator<XmlElement> {
  for (const element of elements) {
    if (FLOW.test(nameOf(element))) yield* flowOf(elementsOf(element));
    else yield element;
  }
}

const PICTURED = "Charts have pictures of themselves in the file, which show the source until a program draws them anew";

class PackageWriting implements SectionedWriting {
  readonly type;
  readonly #opened: Package;
  readonly #spots: ReadonlyMap<string, readonly LocaleSpot[]>;
  readonly #writing: Writing;

  constructor(opened: Package, spots: ReadonlyMap<string, readonly LocaleSpot[]>, writing: Writing) {
    this.type = opened.type;
    this.#opened = opened;
    this.#spots = spots;
    this.#writing = writing;
  }

  /** What says nothing else than the source is the source. */
  async write(changed: readonly Leaf[], file: string): Promise<readonly Remark[]> {
    const { sourceLanguage, targetLanguage, signal } = this.#writing;
    const byPart = Map.groupBy(changed, ({ anchor }) => (anchor as LeafAnchor).part);
    const written = new Map<string, Buffer>();
    const [main = ""] = this.#opened.parts;
    const sheets = changed.filter(({ anchor }) => (anchor as LeafAnchor).setting === "sheet");
    const names = sheets.length > 0 ? renamed(sheets, (await this.#opened.read(main)).text) : new Map<string, string>();
    for (const part of changed.length > 0 ? this.#opened.parts : []) {
      const leaves = byPart.get(part) ?? [];
      // An embedded document that says nothing of the translation is left alone.
      const spots = leaves.length > 0 || !part.includes("/") ? (this.#spots.get(part) ?? []) : [];
      const edits = localeEdits(spots, sourceLanguage, targetLanguage);
      if (leaves.length === 0 && edits.length === 0 && names.size === 0) continue;
      signal.throwIfAborted();
      const decoded = await this.#opened.read(part);
      const others = [...edits, ...namingEdits(decoded.text, names)];
      written.set(part, decoded.encode(writePart(decoded.text, leaves, { others, names })));
    }
    await this.#opened.write(file, written, signal);
    const pictured = [...written.keys()].filter((part) => this.#opened.has(`ObjectReplacements/${part.replace(/\/content\.xml$/, "")}`));
    return pictured.length === 0 ? [] : [{ page: 0, code: "TEXT_KEPT", message: `${PICTURED}: ${pictured.length}.` }];
  }
}
