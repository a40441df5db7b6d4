import { open, readFile, stat, writeFile } from "node:fs/promises";
import type { Remark } from "../../document/remarks.ts";
import { EngineError } from "../../errors.ts";
import type { FileType } from "../format.ts";
import { type DecodedXml, decodeXml } from "../xml/encoding.ts";
import { Archive } from "../zip/archive.ts";
import { type Kind, typeOf } from "./types.ts";

const MAX_FLAT_BYTES = 128 * 1024 ** 2;

/** The parts of a document that are XML with text, in a package or in one file. */
export interface Package extends AsyncDisposable {
  readonly type: FileType;
  /** Of the whole document. */
  readonly remarks: readonly Remark[];
  /** Those that may have text, the document's own first. The name of a file of one part is empty. */
  readonly parts: readonly string[];
  /** Whether it has this entry, of whatever kind. */
  has(name: string): boolean;
  read(part: string): Promise<DecodedXml>;
  /** Everything else stays as it was. */
  write(file: string, changed: ReadonlyMap<string, Buffer>, signal: AbortSignal): Promise<void>;
}

/** Throws DOCUMENT_CORRUPT, DOCUMENT_ENCRYPTED, DOCUMENT_TOO_COMPLEX. */
export async function openPackage(file: string, kind: Kind): Promise<Package> {
  return (await isArchive(file)) ? openZipped(file, kind) : openFlat(file, kind);
}

async function isArchive(file: string): Promise<boolean> {
  await using handle = await open(file);
  const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
  return buffer.toString("latin1") === "PK";
}

async function openZipped(file: string, kind: Kind): Promise<Package> {
  const archive = await Archive.open(file);
  try {
    await refuseEncrypted(archive);
    if (!archive.has("content.xml")) throw new EngineError("DOCUMENT_CORRUPT", "The file has no content.xml, which its text stands in.");
    const mimetype = archive.has("mimetype") && archive.sizeOf("mimetype") < 200 ? (await archive.read("mimetype")).toString().trim() : "";
    const own = ["content.xml", "styles.xml", "meta.xml"].filter((name) => archive.has(name));
    return {
      type: typeOf(kind, { mimetype, flat: false }),
      remarks: archive.has("META-INF/documentsignatures.xml") ? [SIGNED] : [],
      // Charts and other documents within it have folders of their own.
      parts: [...own, ...archive.names.filter((name) => name.endsWith("/content.xml") && !name.startsWith("META-INF/"))],
      has: (name) => archive.has(name),
      read: async (part) => decodeXml(await archive.read(part)),
      write: (to, changed, signal) => archive.write(to, changed, signal),
      [Symbol.asyncDispose]: () => archive[Symbol.asyncDispose](),
    };
  } catch (error) {
    await archive[Symbol.asyncDispose]();
    throw error;
  }
}

/** A part that is encrypted says so in the manifest; the archive's own encryption is not used. */
async function refuseEncrypted(archive: Archive): Promise<void> {
  if (!archive.has("META-INF/manifest.xml")) return;
  // Old ones leave their namespace to a DTD, so they are no XML that can be parsed.
  const { text } = decodeXml(await archive.read("META-INF/manifest.xml"));
  if (/<(?:[\w.-]+:)?encryption-data[\s/>]/.test(text)) throw new EngineError("DOCUMENT_ENCRYPTED", "The document is encrypted.");
}

const SIGNED: Remark = {
  page: 0,
  code: "SIGNATURE_BROKEN",
  message: "The document was signed; its signature does not hold for the translation, and is shown as broken.",
};

async function openFlat(file: string, kind: Kind): Promise<Package> {
  const { size } = await stat(file);
  if (size > MAX_FLAT_BYTES) throw new EngineError("TEXT_TOO_LARGE", `The file has ${size} bytes; the limit is ${MAX_FLAT_BYTES}.`);
  const decoded = decodeXml(await readFile(file));
  return {
    type: typeOf(kind, {
      mimetype: /\boffice:mimetype\s*=\s*["']([\w.+/-]{1,100})/.exec(decoded.text.slice(0, 65_536))?.[1] ?? "",
      flat: true,
    }),
    remarks: [],
    parts: [""],
    has: () => false,
    read: async () => decoded,
    write: async (to, changed) => writeFile(to, changed.get("") ?? (await readFile(file))),
    [Symbol.asyncDispose]: async () => undefined,
  };
}
