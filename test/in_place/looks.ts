import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { Box } from "../../worker/engine/document/geometry.ts";

const run = promisify(execFile);
const PIXELS_PER_POINT = 1;
const MAX_OUTPUT = 256 * 1024 ** 2;

export interface SeenWord {
  /** From 1. */
  readonly page: number;
  readonly text: string;
  readonly box: Box;
}

export interface SeenPage {
  readonly width: number;
  readonly height: number;
  /** Grey, a byte each, one to a point. */
  readonly pixels: Buffer;
}

/** A PDF as other programs see it: poppler and qpdf. */
export interface Seen {
  readonly words: readonly SeenWord[];
  readonly pages: readonly SeenPage[];
  /** In the order of the content, and in that of reading. */
  readonly texts: readonly [raw: string, reading: string];
  /** What is wrong with the file; empty if nothing is. */
  readonly check: string;
}

export async function look(bytes: Uint8Array): Promise<Seen> {
  const folder = await mkdtemp(path.join(tmpdir(), "dragoman-look-"));
  try {
    const file = path.join(folder, "a.pdf");
    await writeFile(file, bytes);
    const text = async (...options: string[]) =>
      (await run("pdftotext", ["-cropbox", ...options, file, "-"], { maxBuffer: MAX_OUTPUT })).stdout;
    const [boxes, raw, reading, check, pages] = await Promise.all([text("-bbox"), text("-raw"), text(), qpdf(file), pixels(file, folder)]);
    return { words: wordsOf(boxes), texts: [raw, reading], check, pages };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function qpdf(file: string): Promise<string> {
  const { stdout, stderr } = await run("qpdf", ["--check", file]).catch((error: { stdout: string; stderr: string }) => error);
  return /No syntax or stream encoding errors found/.test(stdout) && stderr.trim() === "" ? "" : (stderr || stdout).slice(0, 300);
}

async function pixels(file: string, folder: string): Promise<SeenPage[]> {
  await run("pdftoppm", ["-cropbox", "-gray", "-r", String(72 * PIXELS_PER_POINT), file, path.join(folder, "page")]);
  const { readdir } = await import("node:fs/promises");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".pgm")).sort();
  return Promise.all(names.map(async (name) => pgm(await readFile(path.join(folder, name)))));
}

function pgm(bytes: Buffer): SeenPage {
  const [head = "", width = "0", height = "0"] = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.toString("latin1", 0, 64)) ?? [];
  return { width: Number(width), height: Number(height), pixels: bytes.subarray(head.length) };
}

function wordsOf(html: string): SeenWord[] {
  const words: SeenWord[] = [];
  let page = 0;
  for (const line of html.split("\n")) {
    if (line.includes("<page ")) page++;
    const [, x0, y0, x1, y1, text] =
      /<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*)<\/word>/.exec(line) ?? [];
    if (text === undefined) continue;
    const [a = 0, b = 0, c = 0, d = 0] = [x0, y0, x1, y1].map(Number);
    words.push({ page, text: unescaped(text), box: { x0: Math.min(a, c), y0: Math.min(b, d), x1: Math.max(a, c), y1: Math.max(b, d) } });
  }
  return words;
}

function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ({ amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" })[name] ?? "");
}
