import { createReadStream } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import path from "node:path";
import type { Page } from "./model.ts";

/** The pages of a document between two stages, on disk, one JSON line each: memory does not grow with pages. */
export class PageSpool implements AsyncDisposable {
  readonly #file: string;
  readonly #handle: FileHandle;

  private constructor(file: string, handle: FileHandle) {
    this.#file = file;
    this.#handle = handle;
  }

  /** In a file of its own in `folder`. Throws what the disk throws. */
  static async create(folder: string, name: string): Promise<PageSpool> {
    const file = path.join(folder, `.${name}.pages`);
    return new PageSpool(file, await open(file, "wx", 0o600));
  }

  async add(page: Page): Promise<void> {
    await this.#handle.appendFile(`${JSON.stringify(page)}\n`);
  }

  /** From the first; may be read several times. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Page> {
    let rest = "";
    for await (const chunk of createReadStream(this.#file, "utf8")) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) yield JSON.parse(line) as Page;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
    await rm(this.#file, { force: true });
  }
}
