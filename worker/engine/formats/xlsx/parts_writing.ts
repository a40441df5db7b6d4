import { edited } from "../edits.ts";
import type { OfficePackage } from "../ooxml/package.ts";
import { type PartEdit, settled } from "../ooxml/writing.ts";
import type { XmlElement } from "../xml/parse.ts";
import type { Book } from "./book.ts";
import { cacheEdits } from "./caches.ts";
import { chartEdits, linkEdits, pivotEdits, renaming, tabEdits, tableEdits } from "./sheet_names.ts";

/** Edits of the parts of a workbook that are small enough to be held. */
export class PartsWriting {
  readonly #office: OfficePackage;
  readonly #edits: Map<string, PartEdit[]>;

  constructor(office: OfficePackage, edits: Map<string, PartEdit[]>) {
    this.#office = office;
    this.#edits = edits;
  }

  add(part: string, edits: readonly PartEdit[]): void {
    if (edits.length > 0) this.#edits.set(part, [...(this.#edits.get(part) ?? []), ...edits]);
  }

  async change(part: string, make: (root: XmlElement) => readonly PartEdit[]): Promise<void> {
    this.add(part, make((await this.#office.xml(part)).root));
  }

  get isEmpty(): boolean {
    return this.#edits.size === 0;
  }

  async *written(): AsyncGenerator<[part: string, content: Buffer]> {
    for (const [part, edits] of this.#edits) {
      const { text, encode } = await this.#office.text(part);
      yield [part, encode(edited(text, settled(text, edits)))];
    }
  }
}

/** What charts remember of cells follows these. */
export async function writeCaches(
  { office, sheets }: Book,
  parts: PartsWriting,
  said: (text: string) => string | undefined,
): Promise<void> {
  for (const drawing of drawingsOf(sheets))
    for (const part of await office.related(drawing, "chart", "chartEx")) await parts.change(part, (root) => cacheEdits(root, said));
}

/** Sheets are called otherwise: so they are wherever the workbook refers to them. `names`: by the old ones in small letters. */
export async function writeSheetNames(
  { office, workbook, sheets }: Book,
  parts: PartsWriting,
  names: ReadonlyMap<string, string>,
): Promise<void> {
  if (names.size === 0) return;
  const rename = renaming(names);
  parts.add(workbook.part, tabEdits(workbook, names));
  for (const { tables } of sheets) for (const { part } of tables) await parts.change(part, (root) => tableEdits(root, rename));
  for (const { type, target } of workbook.relationships)
    if (type === "pivotCacheDefinition") await parts.change(target, (root) => pivotEdits(root, names));
  for (const drawing of drawingsOf(sheets)) {
    await parts.change(drawing, (root) => linkEdits(root, rename));
    for (const part of await office.related(drawing, "chart", "chartEx")) await parts.change(part, (root) => chartEdits(root, rename));
  }
}

function drawingsOf(sheets: Book["sheets"]): Set<string> {
  return new Set(sheets.flatMap(({ sheet }) => sheet.relationships.filter(({ type }) => type === "drawing").map(({ target }) => target)));
}
