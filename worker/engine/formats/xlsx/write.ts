import { type Inline, type Leaf, leavesOf, type Page, plainText } from "../../document/model.ts";
import type { Remark } from "../../document/remarks.ts";
import type { DocumentWriter, FileType, Writing } from "../format.ts";
import { type TargetLanguage, targetLanguage } from "../ooxml/language.ts";
import type { LeafAnchor as OfficeAnchor } from "../ooxml/places.ts";
import { partEdits } from "../ooxml/writing.ts";
import { signatureOf } from "../signature.ts";
import type { Content } from "../zip/archive.ts";
import type { LeafAnchor } from "./anchors.ts";
import type { Book } from "./book.ts";
import { calculationEdits } from "./calculation.ts";
import { HeadNames } from "./head_names.ts";
import { PartsWriting, writeCaches, writeSheetNames } from "./parts_writing.ts";
import { readRich } from "./rich_text.ts";
import { type RunningPart, readRunning, writeRunning } from "./running.ts";
import type { Showing } from "./sections.ts";
import { isSheetName, renaming } from "./sheet_names.ts";
import { writtenSheet } from "./sheet_writing.ts";
import type { CellText } from "./survey.ts";
import { headEdits } from "./tables.ts";

/** No cell holds more UTF-16 units (Excel's limits). */
const MAX_CELL = 32_767;
/** Nor does what a validation says, its title and its text (18.3.1.32). */
const MAX_PROMPT = { title: 32, text: 255 };
/** Nor a head or foot of print, with its codes: Excel calls a file damaged that has a longer one. */
const MAX_RUNNING = 255;

/** Sets translated texts in place: each shared string once, what is written in sheets as these stream by. */
export class WorkbookWriter implements DocumentWriter {
  readonly #book: Book;
  readonly #target: TargetLanguage;
  readonly #signal: AbortSignal;
  readonly #remarks: Remark[] = [];
  /** What stands between the tags of each changed shared string. */
  readonly #shared = new Map<number, string>();
  readonly #sheets: SheetChanges[];
  /** New names of sheets by their old ones in small letters. */
  readonly #names = new Map<string, string>();
  readonly #signatures: ReadonlyMap<string, string>;
  /** Those that stand beside cells. */
  readonly #beside: Leaf[] = [];
  #lostPhonetic = false;

  constructor({ book, signatures }: Pick<Showing, "book" | "signatures">, { sourceLanguage, targetLanguage: target, signal }: Writing) {
    this.#book = book;
    this.#signatures = signatures;
    this.#target = targetLanguage(sourceLanguage, target);
    this.#signal = signal;
    this.#sheets = book.sheets.map(() => ({ inline: new Map(), running: new Map(), prompts: new Map() }));
  }

  get type(): FileType {
    return this.#book.workbook.type;
  }

  async page({ number, blocks }: Page): Promise<void> {
    for (const leaf of leavesOf(blocks)) {
      const anchor = leaf.anchor as LeafAnchor | OfficeAnchor | undefined;
      if (anchor === undefined) continue;
      if ("places" in anchor) {
        if (this.#signatures.get(leaf.id) !== signatureOf(leaf.content)) this.#beside.push(leaf);
        continue;
      }
      const remark = this.#take(leaf, anchor);
      if (remark) this.#remarks.push({ page: number, block: leaf.id, code: "TEXT_KEPT", message: remark });
    }
  }

  /** Why it is not written, if it is not. */
  #take({ content, segments }: Leaf, anchor: LeafAnchor): string | undefined {
    const text = plainText(content);
    if (text.trim() === "") return undefined;
    switch (anchor.at) {
      case "shared": {
        const rich = this.#book.strings.at(anchor.index);
        if (signatureOf(rich.content) === signatureOf(content)) return undefined;
        if (text.length > MAX_CELL) return TOO_LONG;
        this.#lostPhonetic ||= rich.hasPhonetic;
        this.#shared.set(anchor.index, rich.write(content, this.#target));
        return undefined;
      }
      case "inline":
        if (segments?.every(({ outcome }) => outcome !== "translated")) return undefined;
        if (text.length > MAX_CELL) return TOO_LONG;
        this.#sheets[anchor.sheet]?.inline.set(anchor.number, content);
        return undefined;
      case "running":
        return this.#takeRunning(anchor, content);
      case "prompt": {
        const isTitle = anchor.attribute.endsWith("Title");
        if (this.#promptOf(anchor) === text) return undefined;
        if (text.length > (isTitle ? MAX_PROMPT.title : MAX_PROMPT.text))
          return "What a rule for cells says would be longer than it may be: it is kept.";
        this.#sheets[anchor.sheet]?.prompts.set(`${anchor.tag}:${anchor.attribute}`, text);
        return undefined;
      }
      case "name":
        return this.#takeName(this.#book.workbook.sheets[anchor.sheet]?.name ?? "", text.trim());
    }
  }

  #takeName(name: string, wanted: string): string | undefined {
    if (wanted === name) return undefined;
    const { workbook, texts } = this.#book;
    if (workbook.relationships.some(({ type }) => type === "vbaProject")) return "A sheet's name is kept: macros may refer to it.";
    if (texts.hasIndirect) return "A sheet's name is kept: formulas make references of texts.";
    const others = workbook.sheets.map((sheet) => sheet.name).filter((each) => each !== name);
    const taken = [...others, ...this.#names.values()].map((each) => each.toLowerCase());
    if (!isSheetName(wanted) || taken.includes(wanted.toLowerCase()))
      return "A sheet's name is kept: its translation is too long for one, has a sign that none may have, or is another sheet's.";
    this.#names.set(name.toLowerCase(), wanted);
    return undefined;
  }

  #takeRunning({ sheet, number, part }: LeafAnchor & { at: "running" }, content: readonly Inline[]): string | undefined {
    const running = this.#sheets[sheet]?.running;
    const parts = running?.get(number) ?? readRunning(this.#book.sheets[sheet]?.running[number]?.text ?? "");
    const own = parts[part];
    if (!own || signatureOf(own.content) === signatureOf(content)) return undefined;
    const changed = parts.with(part, { ...own, content });
    if (writeRunning(changed).length > MAX_RUNNING) return "A head or foot of print would be longer than it may be: it is kept.";
    running?.set(number, changed);
    return undefined;
  }

  #promptOf({ sheet, tag, attribute }: LeafAnchor & { at: "prompt" }): string | undefined {
    return this.#book.sheets[sheet]?.prompts.find((prompt) => prompt.tag === tag && prompt.attribute === attribute)?.text;
  }

  async finish(file: string): Promise<readonly Remark[]> {
    const { office, workbook, sheets, strings } = this.#book;
    const changed = new Map<string, Content>();
    const names = new HeadNames(
      this.#book,
      (head, sheet) => this.#textOf(head, sheet),
      (head, sheet) => this.#keep(head, sheet),
    );
    const said = this.#said();
    const parts = new PartsWriting(office, partEdits(this.#beside, this.#target));
    for (const [index, { tables }] of sheets.entries())
      for (const table of tables) await parts.change(table.part, (root) => headEdits(root, { columns: names.of(table, index), said }));
    await writeCaches(this.#book, parts, said);
    await writeSheetNames(this.#book, parts, this.#names);
    for (const [index, { sheet }] of sheets.entries()) {
      const edits = this.#edits(index);
      if (edits) changed.set(sheet.part, () => writtenSheet(office.archive, sheet.part, edits));
    }
    if (workbook.sharedStrings !== undefined && this.#shared.size > 0) changed.set(workbook.sharedStrings, strings.written(this.#shared));
    const hasComputed = sheets.some(({ computed }) => computed > 0);
    if (hasComputed && !(changed.size === 0 && parts.isEmpty)) parts.add(workbook.part, calculationEdits(workbook));
    for await (const [part, content] of parts.written()) changed.set(part, content);
    if (this.#lostPhonetic) this.#remarks.push({ page: 0, code: "CONTENT_DROPPED", message: PHONETIC });
    this.#remarks.push(...names.remarks);
    await office.archive.write(file, changed, this.#signal);
    return this.#remarks;
  }

  #edits(index: number) {
    const { inline, running, prompts } = this.#sheets[index] as SheetChanges;
    const rename = this.#names.size > 0 ? renaming(this.#names) : undefined;
    if (inline.size + running.size + prompts.size === 0 && !rename) return undefined;
    return {
      formula: rename,
      inline: (number: number, raw: string, root: string) => {
        const content = inline.get(number);
        const rich = content && readRich(raw, root);
        return rich && signatureOf(rich.content) !== signatureOf(content) ? rich.write(content, this.#target) : undefined;
      },
      running: (number: number) => {
        const parts = running.get(number);
        return parts && writeRunning(parts);
      },
      attribute: (tag: number, name: string, value: string) =>
        prompts.get(`${tag}:${name}`) ?? (name === "location" ? rename?.(value) : undefined),
    };
  }

  /** What a cell that heads a column says now. */
  #textOf(head: CellText, sheet: number): string | undefined {
    if ("inline" in head) {
      const content = this.#sheets[sheet]?.inline.get(head.inline);
      return content && plainText(content);
    }
    const xml = this.#shared.get(head.shared);
    return xml === undefined ? undefined : readRich(xml, this.#book.strings.root).plain;
  }

  #keep(head: CellText, sheet: number): void {
    if ("inline" in head) this.#sheets[sheet]?.inline.delete(head.inline);
    else this.#shared.delete(head.shared);
  }

  /** What a text of a cell has become; undefined if it stayed. Looked up when first asked. */
  #said(): (text: string) => string | undefined {
    let texts: Map<string, string> | undefined;
    return (text) => {
      if (!texts) {
        texts = new Map();
        for (const [index, xml] of this.#shared)
          texts.set(this.#book.strings.at(index).plain, readRich(xml, this.#book.strings.root).plain);
      }
      return texts.get(text);
    };
  }
}

const TOO_LONG = "The translation is longer than a cell may be: the source stands.";
const PHONETIC = "Phonetic guides of texts that were translated are left out.";

interface SheetChanges {
  readonly inline: Map<number, readonly Inline[]>;
  readonly running: Map<number, RunningPart[]>;
  readonly prompts: Map<string, string>;
}
