import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { orderOf } from "./measure.ts";
import type { Reading } from "./reading.ts";
import type { Sample } from "./truth.ts";
import { compareBags, numbersOf, wordsOf } from "./words.ts";

const run = promisify(execFile);
/** Other programs' answers do not change from run to run: they are kept here, and can be thrown away at any time. */
const KEPT = path.join(tmpdir(), "dragoman-reading-peers");
const LANGUAGES: Readonly<Record<string, string>> = { es: "spa" };

export interface PeerMeasures {
  readonly recall: number;
  readonly order: number;
  readonly numbers: number;
}

export type Peer = "pdftotext" | "tesseract";

/** How well another program reads the document, by the same measures; undefined if it does not read such files or is not installed. */
export async function measurePeer(peer: Peer, sample: Sample, bytes: Uint8Array, wanted: Reading): Promise<PeerMeasures | undefined> {
  const isPdf = sample.fileName.endsWith(".pdf");
  const isPicture = /\.(png|jpg|tif|gif|bmp)$/.test(sample.fileName);
  if (!(isPdf || (isPicture && peer === "tesseract")) || !(await isInstalled(peer))) return undefined;
  const text = await kept([peer, sample.language, sample.fileName], bytes, (file) =>
    peer === "pdftotext" ? pdftotext(file) : tesseract(file, isPdf, LANGUAGES[sample.language] ?? "eng"),
  );
  // What it joins at line ends and what not is its own; a hyphen there is not held against it.
  const words = wordsOf(text.replace(/(\p{L})[-\u2010\u00ad]\s*\n\s*(\p{Ll})/gu, "$1$2"));
  const numbers = numbersOf(wanted.words);
  return {
    recall: part(compareBags(wanted.words, words).both.length, wanted.words.length),
    order: orderOf(wanted.body, words),
    numbers: part(compareBags(numbers, numbersOf(words)).both.length, numbers.length),
  };
}

const part = (some: number, all: number) => (all === 0 ? 1 : some / all);

const installed = new Map<string, Promise<boolean>>();

/** Whether `program` can be run here. */
export function isInstalled(program: string): Promise<boolean> {
  const known =
    installed.get(program) ??
    run(program, ["-v"]).then(
      () => true,
      (error: { code?: unknown }) => error.code !== "ENOENT",
    );
  installed.set(program, known);
  return known;
}

async function kept(how: readonly string[], bytes: Uint8Array, read: (file: string) => Promise<string>): Promise<string> {
  const key = createHash("sha256").update(how.join(" ")).update(bytes).digest("hex").slice(0, 32);
  await mkdir(KEPT, { recursive: true });
  const answer = path.join(KEPT, key);
  const known = await readFile(answer, "utf8").catch(() => undefined);
  if (known !== undefined) return known;
  const folder = await mkdtemp(path.join(tmpdir(), "dragoman-peer-"));
  try {
    const file = path.join(folder, `document${path.extname(how.at(-1) ?? "")}`);
    await writeFile(file, bytes);
    const text = await read(file).catch(() => "");
    await writeFile(answer, text);
    return text;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function pdftotext(file: string): Promise<string> {
  return (await run("pdftotext", [file, "-"], { maxBuffer: 64 << 20 })).stdout;
}

async function tesseract(file: string, isPdf: boolean, language: string): Promise<string> {
  const environment = { env: { ...process.env, OMP_THREAD_LIMIT: "1" } };
  const look = async (picture: string) => (await run("tesseract", [picture, "-", "--psm", "1", "-l", language], environment)).stdout;
  if (!isPdf) return look(file);
  const folder = path.dirname(file);
  await run("pdftoppm", ["-r", "300", "-gray", "-png", file, path.join(folder, "page")]);
  const texts: string[] = [];
  for (const name of (await readdir(folder)).filter((entry) => entry.endsWith(".png")).sort())
    texts.push(await look(path.join(folder, name)));
  return texts.join("\n");
}
