import { open } from "node:fs/promises";
import { EngineError, type SourceDocument } from "../../models.ts";
import { openImage } from "./image.ts";
import { openPdf } from "./pdf.ts";
import { openMarkdown, openPlainText, readUtf8 } from "./text.ts";

/** Opens a file as pages. Its content decides what it is; `fileName` only tells Markdown from plain text. */
export interface Ingestion {
  /** Throws EngineError: UNSUPPORTED_FILE_TYPE, EMPTY_FILE, PDF_ENCRYPTED, PDF_CORRUPT, IMAGE_CORRUPT, IMAGE_TOO_LARGE, TOO_MANY_PAGES, TEXT_TOO_LARGE. */
  open(file: string, fileName: string): Promise<SourceDocument>;
}

const HEAD_BYTES = 4096;
const SIGNATURES: readonly (readonly [Opener, (head: Buffer) => boolean])[] = [
  // A PDF's header may stand anywhere in the first 1024 bytes (ISO 32000-1, annex H, note 13).
  ["pdf", (head) => head.subarray(0, 1024).includes("%PDF-")],
  ["image", (head) => head.subarray(0, 8).equals(Buffer.from("89504e470d0a1a0a", "hex"))],
  ["image", (head) => head.subarray(0, 3).equals(Buffer.from("ffd8ff", "hex"))],
  ["image", (head) => ["49492a00", "4d4d002a", "49492b00", "4d4d002b"].includes(head.subarray(0, 4).toString("hex"))],
  ["image", (head) => head.subarray(0, 4).toString("latin1") === "RIFF" && head.subarray(8, 12).toString("latin1") === "WEBP"],
];

type Opener = "pdf" | "image";

export const contentIngestion: Ingestion = {
  async open(file, fileName) {
    const head = await readHead(file);
    if (head.length === 0) throw new EngineError("EMPTY_FILE", "The file is empty.");
    const found = SIGNATURES.find(([, matches]) => matches(head))?.[0];
    if (found === "pdf") return openPdf(file);
    if (found === "image") return openImage(file);
    // A character cut by the end of the head is no fault. The rest is looked at when it is read.
    if (readUtf8(head, { stream: true }) === undefined)
      throw new EngineError("UNSUPPORTED_FILE_TYPE", "The content is of no type that can be read.");
    return /\.(md|markdown)$/i.test(fileName) ? openMarkdown(file) : openPlainText(file);
  },
};

async function readHead(file: string): Promise<Buffer> {
  await using handle = await open(file);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  return buffer.subarray(0, bytesRead);
}
