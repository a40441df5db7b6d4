/** A process of its own in which hostile files are read and written: `attempt.ts FORMAT FOLDER ADDRESS SECRET_FILE HEAVY`. */
import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import type { DocumentContext } from "../../../worker/engine/context.ts";
import { mapLeaves } from "../../../worker/engine/document/model.ts";
import { asEngineError } from "../../../worker/engine/errors.ts";
import type { FormatId } from "../../../worker/engine/formats/format.ts";
import { registry } from "../../../worker/engine/formats/registry.ts";
import { upper } from "../../support/in_place.ts";
import { CONTAINERS } from "./containers.ts";
import { type Variant, variantsOf } from "./variants.ts";

/** What became of a hostile file. */
export interface Attempt {
  readonly what: string;
  /** "read", an error's code, or "UNTYPED". */
  readonly end: string;
  readonly message: string;
  readonly ms: number;
  readonly hasSecret: boolean;
}

export interface Attempts {
  readonly attempts: readonly Attempt[];
  readonly maxRssBytes: number;
}

const [id = "", folder = "", address = "", secretFile = "", heavy = ""] = process.argv.slice(2);
const { signal } = new AbortController();
const context: DocumentContext = { folder, signal, time: (_name, _page, work) => work(), sourceLanguage: "en", targetLanguage: "es" };

async function translate(file: string, fileName: string, result: string): Promise<void> {
  const { document } = await registry.open(file, fileName, context);
  await using opened = document;
  const writer = opened.writer?.({ sourceLanguage: "en", targetLanguage: "es", signal });
  for (let number = 1; number <= opened.pageCount; number++) {
    const page = await opened.page(number);
    if (page.kind !== "blocks") continue;
    const blocks = mapLeaves(page.page.blocks, (leaf) => ({ ...leaf, content: upper(leaf.content) }));
    await writer?.page({ ...page.page, blocks });
  }
  await writer?.finish(result);
}

async function attempt({ what, make }: Variant, fileName: string, secret: string): Promise<Attempt> {
  const [file, result] = [path.join(folder, fileName), path.join(folder, "result")];
  await rm(result, { force: true });
  await writeFile(file, make());
  const start = performance.now();
  let [end, message] = ["read", ""];
  try {
    await translate(file, fileName, result);
  } catch (error) {
    const known = asEngineError(error);
    end = known?.code ?? "UNTYPED";
    message = known?.message ?? (error instanceof Error ? `${error.stack}` : String(error));
  }
  const ms = performance.now() - start;
  const written = await readFile(result).catch(() => Buffer.alloc(0));
  return { what, end, message, ms, hasSecret: written.includes(secret) || message.includes(secret) };
}

const container = CONTAINERS[id as FormatId];
if (container === "no archive") throw new Error(`${id} is no archive.`);
const secret = await readFile(secretFile, "utf8");
const variants = variantsOf(container, { address, secretFile }).filter((each) => !each.heavy || heavy.split("|").includes(each.what));
const attempts: Attempt[] = [];
for (const variant of variants) attempts.push(await attempt(variant, container.fileName, secret));
const made: Attempts = { attempts, maxRssBytes: process.resourceUsage().maxRSS * 1024 };
process.stdout.write(JSON.stringify(made));
