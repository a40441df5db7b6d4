import { writeFile } from "node:fs/promises";
import { leavesOf, type Page } from "../../../document/model.ts";
import type { Remark } from "../../../document/remarks.ts";
import type { DocumentWriter, Writing } from "../../format.ts";
import type { Source } from "../source.ts";
import type { Carried } from "./carried.ts";
import { EditedDocument } from "./document.ts";
import { besideInFreeTexts } from "./free_texts.ts";
import { writePage } from "./page_writing.ts";
import { settingRemarks } from "./remarks.ts";
import { isTranslated, settingOf } from "./settings.ts";
import { isSigned } from "./signatures.ts";
import { withoutSourceText } from "./structure.ts";
import { sweep } from "./sweep.ts";
import { UnseenTexts } from "./unseen.ts";

const SIGNED = "The source is signed; its signature does not hold for the translation, and its field says so.";
const ENCRYPTED = "The source is encrypted; its translation is not: whoever has the file can read it.";

/** Sets a translation in place: the source's own file, its words taken out page by page and the translation's set there. */
export class InPlaceWriter implements DocumentWriter {
  readonly #source: Source;
  readonly #file: string;
  readonly #writing: Writing;
  readonly #carried = new Map<number, Carried[]>();
  readonly #remarks: Remark[] = [];
  readonly #written = new Set<number>();
  readonly #unseen = new UnseenTexts();
  #opened: Promise<EditedDocument> | undefined;

  constructor(source: Source, file: string, writing: Writing) {
    this.#source = source;
    this.#file = file;
    this.#writing = writing;
  }

  async page(page: Page): Promise<void> {
    const document = await this.#document();
    const carried = this.#carried.get(page.number) ?? [];
    this.#carried.delete(page.number);
    const translated = [...leavesOf(page.blocks)].filter(isTranslated);
    for (const leaf of translated) if (leaf.layer === "unseen") this.#unseen.add(leaf);
    const settings = [...translated, ...besideInFreeTexts(page, translated)].flatMap((leaf) => settingOf(leaf) ?? []);
    if (page.failure !== undefined || (settings.length === 0 && carried.length === 0)) return;
    this.#written.add(page.number);
    const written = await writePage(document, { page, settings, carried, writing: this.#writing });
    this.#remarks.push(...written.remarks, ...settingRemarks(page.number, written.set));
    for (const [later, more] of written.carried) this.#carried.set(later, [...(this.#carried.get(later) ?? []), more]);
  }

  /** Throws EngineError. */
  async finish(file: string): Promise<readonly Remark[]> {
    const document = await this.#document();
    const { pdf, text } = document;
    await text.finish();
    const numbers = new Map(document.pages.map((page, index) => [page, index]));
    document.links.join(pdf.context, (page) => numbers.get(page) ?? Number.NaN);
    withoutSourceText(pdf.context, new Set([...this.#written].map((number) => document.page(number))));
    this.#unseen.write(pdf);
    if (isSigned(pdf)) this.#remarks.push({ page: 0, code: "SIGNATURE_BROKEN", message: SIGNED });
    if (this.#source.isEncrypted) this.#remarks.push({ page: 0, code: "CONTENT_DROPPED", message: ENCRYPTED });
    pdf.setLanguage(this.#writing.targetLanguage);
    sweep(pdf.context);
    await writeFile(file, await pdf.save({ updateFieldAppearances: false, addDefaultPage: false }));
    return this.#remarks;
  }

  #document(): Promise<EditedDocument> {
    this.#opened ??= EditedDocument.open(this.#source, this.#file, this.#writing);
    return this.#opened;
  }
}
