import { execFileSync } from "node:child_process";
import { PDFDocument, PDFName } from "pdf-lib";
import type { Box } from "../../worker/engine/document/geometry.ts";
import type { Frame, Inline, TextStyle } from "../../worker/engine/document/model.ts";
import { PdfText } from "../../worker/engine/setting/pdf_text.ts";
import type { Passage, SetPassage, Sheet } from "../../worker/engine/setting/sheet.ts";

/** A page of A4 without anything on it. */
export function aSheet(passages: readonly Passage[], more: Partial<Sheet> = {}): Sheet {
  return {
    ...{ page: 1, width: 595, height: 842, obstacles: [], containers: [], language: "es", sourceLanguage: "en" },
    passages,
    ...more,
  };
}

/** What a frame of text was like: justified lines, the first one indented and the last one short, unless told otherwise. */
export interface FrameLike {
  readonly box: Omit<Box, "y1">;
  readonly lines: number;
  readonly size?: number;
  readonly leading?: number;
  readonly indent?: number;
  /** Of each line, from 0 to 1 of the frame's width. */
  readonly starts?: readonly number[];
  readonly ends?: readonly number[];
}

export function aFrame({ box, lines, size = 11, leading = 1.2 * size, indent = 0, starts, ends }: FrameLike): Frame {
  const width = box.x1 - box.x0;
  const set = Array.from({ length: lines }, (_, index) => {
    const y0 = box.y0 + index * leading;
    const x0 = box.x0 + (starts?.[index] ?? 0) * width + (index === 0 ? indent : 0);
    const end = ends?.[index] ?? (index === lines - 1 && lines > 1 ? 0.6 : 1);
    return { box: { x0, x1: box.x0 + end * width, y0, y1: y0 + 1.12 * size }, baseline: y0 + 0.9 * size };
  });
  return { page: 1, box: { ...box, y1: box.y0 + (lines - 1) * leading + 1.12 * size }, lines: set };
}

export function aPassage(id: string, content: string | readonly Inline[], frame: FrameLike, look: TextStyle = {}): Passage {
  return {
    id,
    content: typeof content === "string" ? [{ kind: "text", text: content }] : content,
    look: { size: frame.size ?? 11, font: "serif", ...look },
    frames: [aFrame(frame)],
  };
}

/** A PDF with what was set on one page. */
export async function written({ width, height }: Sheet, passages: readonly SetPassage[]): Promise<Uint8Array> {
  const document = await PDFDocument.create();
  const page = document.addPage([width, height]);
  const text = new PdfText(document);
  const { content, fonts } = text.operators(
    passages.flatMap(({ lines }) => lines),
    [1, 0, 0, -1, 0, height],
  );
  for (const [name, reference] of fonts) page.node.setFontDictionary(PDFName.of(name), reference);
  page.node.addContentStream(document.context.register(document.context.flateStream(content)));
  await text.finish();
  return document.save();
}

/** What pdftotext takes out of a PDF, without the marks of directions that it adds. */
export function extracted(pdf: Uint8Array, ...options: readonly string[]): string {
  const text = execFileSync("pdftotext", [...options, "-", "-"], { input: pdf, encoding: "utf8" });
  return text.replace(/\u202A([^\u202C]*)\u202C/g, (_, inner: string) => unturned(inner)).replace(/[\u202A-\u202E\f]/g, "");
}

/** It writes blanks and commas between words of right-to-left text as they stand from left to right. */
function unturned(text: string): string {
  const [, before = "", core = "", after = ""] = /^([^\p{L}\p{N}]*)(.*?)([^\p{L}\p{N}]*)$/su.exec(text) ?? [];
  return [...after].reverse().join("") + core + [...before].reverse().join("");
}
