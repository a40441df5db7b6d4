import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import type { KeptPage } from "./corrections.ts";
import type { DocumentFacts } from "./ledger.ts";
import type { Remark } from "./remarks.ts";

/** Rises when what is kept can no longer be read, or written from, as before. */
const VERSION = 1;
/** Of an engine's folder, and of a result's. */
export const KEPT_FILE = "pages.jsonl.gz";
/** Most of what is said of a page is said of the one before: more costs more time than it saves room. */
const LEVEL = 3;

/** What is known of a translated document beside its pages. */
export interface KeptFacts extends DocumentFacts {
  /** As translators call it. */
  readonly targetLanguage: string;
  readonly pageCount: number;
  /** Of the whole document, when it was read. */
  readonly remarks: readonly Remark[];
}

interface Head extends KeptFacts {
  readonly version: number;
}

/**
 * The translated pages of a document, so that its result can be written again without reading and translating: a gzip of lines of
 * JSON, the facts first and then each page.
 */
export class KeptPages implements AsyncDisposable {
  readonly #gzip = createGzip({ level: LEVEL });
  readonly #written: Promise<void>;

  constructor(folder: string, facts: KeptFacts) {
    this.#written = pipeline(this.#gzip, createWriteStream(path.join(folder, KEPT_FILE), { mode: 0o600 }));
    this.#written.catch(() => undefined);
    this.#gzip.write(`${JSON.stringify({ version: VERSION, ...facts } satisfies Head)}\n`);
  }

  /** Throws what the disk throws. */
  async add(kept: KeptPage): Promise<void> {
    if (this.#gzip.write(`${JSON.stringify(kept)}\n`)) return;
    await Promise.race([once(this.#gzip, "drain"), this.#written]);
  }

  /** Throws what the disk throws. */
  async finish(): Promise<void> {
    this.#gzip.end();
    await this.#written;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#gzip.destroy();
    await this.#written.catch(() => undefined);
  }
}

/** What is kept in `file`: undefined if an engine kept it that did so in another way. */
export async function readKept(file: string): Promise<{ readonly facts: KeptFacts; readonly pages: AsyncGenerator<KeptPage> } | undefined> {
  const lines = linesOf(file);
  const first = await lines.next();
  const { version, ...facts } = JSON.parse(first.value || "{}") as Head;
  if (version === VERSION) return { facts, pages: parsed(lines) };
  await lines.return(undefined);
  return undefined;
}

async function* parsed(lines: AsyncIterable<string>): AsyncGenerator<KeptPage> {
  for await (const line of lines) yield JSON.parse(line) as KeptPage;
}

async function* linesOf(file: string): AsyncGenerator<string, undefined, void> {
  const source = createReadStream(file);
  const text = createGunzip().setEncoding("utf8");
  source.on("error", (error) => text.destroy(error)).pipe(text);
  let rest = "";
  try {
    for await (const chunk of text) {
      const lines = `${rest}${chunk}`.split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
    }
  } finally {
    source.destroy();
    text.destroy();
  }
}
