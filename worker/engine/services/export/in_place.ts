import path from "node:path";
import type { DocumentContext } from "../../context.ts";
import type { Page } from "../../document/model.ts";
import type { Remark } from "../../document/remarks.ts";
import { asEngineError, EngineError } from "../../errors.ts";
import type { DocumentWriter } from "../../formats/format.ts";
import type { Making } from "./files.ts";
import type { OutputFormat, Renderer } from "./renderer.ts";

export interface InPlaceFile {
  /** What it is listed as. */
  readonly formats: readonly OutputFormat[];
  /** Of what is written, unless the writer knows better. */
  readonly type: { readonly mediaType: string; readonly extension: string };
  readonly open: () => DocumentWriter;
  /** It has pages to look at. */
  readonly paged: boolean;
}

/**
 * The source with its words replaced. Where its writer cannot write it, whatever kept it from that, it has a `failure`,
 * so that something else can take its place; only a full disk and the end of all work are thrown.
 */
export class InPlace implements Making, Renderer {
  formats: readonly OutputFormat[];
  failure: string | undefined;
  readonly renderer = this;
  readonly sourcePages?: number[];
  readonly #given: InPlaceFile;
  readonly #context: DocumentContext;
  #writer: DocumentWriter | undefined;

  constructor(given: InPlaceFile, context: DocumentContext) {
    this.formats = given.formats;
    this.#given = given;
    this.#context = context;
    if (given.paged) this.sourcePages = [];
  }

  get file() {
    const { mediaType, extension } = this.#writer?.type ?? this.#given.type;
    const charset = this.#writer?.charset;
    return { mediaType: charset ? `${mediaType}; charset=${charset}` : mediaType, fileName: `translation${extension}` };
  }

  async page(page: Page): Promise<void> {
    await this.#unlessFailed(page.number, "write page in place", (writer) => writer.page(page));
    this.sourcePages?.push(page.number);
  }

  async finish(): Promise<readonly Remark[]> {
    const file = () => path.join(this.#context.folder, this.file.fileName);
    return (await this.#unlessFailed(0, "write document", (writer) => writer.finish(file()))) ?? [];
  }

  async #unlessFailed<T>(page: number, name: string, work: (writer: DocumentWriter) => Promise<T>): Promise<T | undefined> {
    if (this.failure !== undefined) return undefined;
    const { signal, time } = this.#context;
    try {
      return await time(name, page, () => {
        this.#writer ??= this.#given.open();
        return work(this.#writer);
      });
    } catch (error) {
      signal.throwIfAborted();
      const known = asEngineError(error);
      if (known?.code === "STORAGE_FULL") throw known;
      // A defect of ours: the result is made without it, and its log must have it.
      if (!(error instanceof EngineError)) console.error(error);
      this.failure = known?.message ?? "The engine failed.";
      return undefined;
    }
  }
}
