import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import ts from "typescript";

/** What is copied in one stage of the Dockerfile from beside it. */
interface Stage {
  readonly name: string;
  readonly copied: readonly string[];
}

/** The program's start, and what Node or it starts by itself. */
const ENTRIES = ["cli/dragoman.ts", "platform/watchdog_thread.ts", "worker/engine/child.ts"];
const PAGE = ["gateway/web/vite.config.ts", "gateway/web/src/main.tsx"];
/** A file that is read beside the module that names it. */
const BESIDE = /new URL\([`"](\.[^`"$]+)[`"], import\.meta\.url\)/g;
/** Files that are read by names that are put together. */
const READ = ["orchestrator/store/sqlite/schema.sql", "orchestrator/store/redis/commit.lua"];

/** What the Dockerfile's stages leave out of that which they run: their modules, and the files that these read beside them. */
export async function imageProblems(): Promise<string[]> {
  const [page, image] = stages(await readFile("deploy/Dockerfile", "utf8"));
  if (!page || !image) return ["Dockerfile: a stage that builds the page and one that is the image are expected"];
  const ignored = (await readFile(".dockerignore", "utf8")).split("\n").filter(Boolean);
  const built = await needed(PAGE);
  const run = [...(await needed(ENTRIES)), ...READ].filter((file) => !file.startsWith("gateway/web/dist"));
  return [...missing(page, built, ignored), ...missing(image, run, ignored)];
}

function stages(dockerfile: string): Stage[] {
  return dockerfile
    .split(/^FROM /m)
    .slice(1)
    .map((text) => ({
      name: /^\S+(?: AS (\S+))?/.exec(text)?.[1] ?? "image",
      copied: [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, sources = ""]) => sources.split(" ")),
    }));
}

function missing({ name, copied }: Stage, files: readonly string[], ignored: readonly string[]): string[] {
  const isUnder = (file: string, folder: string) => file === folder || file.startsWith(`${folder}/`);
  // The list refuses everything, and takes back what the image needs.
  const allowed = ignored.filter((line) => line.startsWith("!")).map((line) => line.slice(1));
  return files
    .filter((file) => !copied.some((each) => isUnder(file, each)) || !allowed.some((each) => isUnder(file, each)))
    .map((file) => `Dockerfile: ${file} is not copied to the stage ${name}`);
}

/** All modules of ours that these import, and the files that they read, by their paths. */
async function needed(entries: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  const waiting = [...entries];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    if (!/\.tsx?$/.test(file) || !existsSync(file)) continue;
    const text = await readFile(file, "utf8");
    const imported = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
    const beside = [...text.matchAll(BESIDE)].map(([, name = ""]) => name);
    for (const each of [...imported, ...beside])
      if (each.startsWith("./") || each.startsWith("../")) waiting.push(path.join(path.dirname(file), each));
  }
  return [...found].filter((file) => path.extname(file) !== "");
}
