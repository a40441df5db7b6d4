import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { availableParallelism, tmpdir, totalmem } from "node:os";
import path from "node:path";
import { findModels, languagesOf } from "../../worker/engine/services/ocr/models.ts";
import { installedTesseract } from "../../worker/engine/services/ocr/readers/native.ts";
import { installedOffice, OFFICE_PACKAGES } from "../../worker/engine/services/office/program.ts";
import { fontsIn } from "../../worker/engine/setting/font_files.ts";
import { FONT_FAMILIES, fileOf, ownFontFolders, SYSTEM_FOLDERS } from "../../worker/engine/setting/fonts.ts";
import { confine } from "../../worker/sandbox/confinement.ts";
import { LAYERS } from "../../worker/sandbox/layers.ts";
import { type Diagnosis, failure, ok, warning } from "./diagnosis.ts";

const require = createRequire(import.meta.url);
const MIN_NODE = 24;

/** What this machine offers a worker. `slots` and `memoryBytes` are what it would be started with. */
export async function checkMachine(slots: number, memoryBytes: number): Promise<Diagnosis[]> {
  return [checkNode(), await checkConfinement(), checkMemory(slots, memoryBytes), ...(await checkOcr()), checkFonts(), checkOffice()];
}

function checkNode(): Diagnosis {
  const { node } = process.versions;
  return Number.parseInt(node, 10) < MIN_NODE
    ? failure("Node", node, `Run ${MIN_NODE} or newer, as \`npm run dragoman\` does.`)
    : ok("Node", node);
}

async function checkConfinement(): Promise<Diagnosis> {
  const folder = await mkdtemp(path.join(tmpdir(), "dragoman-doctor-"));
  try {
    const { name, layers, missing, advice } = await confine(folder);
    const subject = "a document's processes";
    const found = `${name}: ${[...layers].map((layer) => LAYERS[layer]).join(", ") || "nothing"}`;
    if (missing.length === 0) return ok(subject, found);
    return warning(subject, `${found}; lacks ${missing.map((layer) => LAYERS[layer]).join(", ")}`, advice);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function checkMemory(slots: number, memoryBytes: number): Diagnosis {
  const gib = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
  const found = `${slots} slots of ${gib(memoryBytes)} on ${gib(totalmem())} and ${availableParallelism()} cores`;
  return slots * memoryBytes > totalmem()
    ? warning("memory", found, "Lower DRAGOMAN_SLOTS or DRAGOMAN_JOB_MEMORY_MB: large documents side by side may end the machine's memory.")
    : ok("memory", found);
}

async function checkOcr(): Promise<Diagnosis[]> {
  const models = findModels();
  const languages = languagesOf(models);
  const native = await installedTesseract();
  const reader = native ? `tesseract ${native.version}` : "tesseract.js; Debian's tesseract-ocr of version 5 would take half its time";
  const more =
    "One more is npm install @tesseract.js-data/fra, or apt-get install tesseract-ocr-fra, or fra.traineddata in the folder DRAGOMAN_TESSDATA.";
  const read =
    languages.length > 0
      ? ok("OCR", `${reader}; reads ${languages.join(" ")}. ${more}`)
      : failure("OCR", "no model is there", "Run npm ci.");
  return models.has("osd")
    ? [read]
    : [read, warning("OCR", "turned pages and other scripts are not told apart", "Run npm ci, or apt-get install tesseract-ocr-osd.")];
}

function checkOffice(): Diagnosis {
  const found = installedOffice();
  const add = `apt-get install --no-install-recommends ${OFFICE_PACKAGES}`;
  const without = "office documents have no PDF and no previews, and old ones (.doc, .xls, .ppt, .rtf, .odg) are refused";
  if (!found) return ok("LibreOffice", `not there: ${without}. To add it: ${add}.`);
  if (found.missing.length > 0) return warning("LibreOffice", `it lacks ${found.missing.join(" and ")}: ${without}`, `Run ${add}.`);
  return ok("LibreOffice", "makes PDFs and previews of office documents");
}

function checkFonts(): Diagnosis {
  const missing = FONT_FAMILIES.map((family) => fileOf(family, { bold: false, italic: false })).filter((font) => !isThere(font));
  if (missing.length > 0) return failure("fonts", `lacks ${missing.join(" ")}`, "Run npm ci.");
  const own = ownFontFolders().map((folder) => `${fontsIn(folder).length} of ${folder}`);
  const others = [...own, `${SYSTEM_FOLDERS.flatMap(fontsIn).length} of the system`].join(", ");
  const found = `${FONT_FAMILIES.map(({ name }) => name).join(" ")}; ${others}`;
  const more =
    "Chinese, Japanese, Korean, Thai and more come with a system's font, as in apt-get install fonts-noto-cjk, or in a folder of DRAGOMAN_FONTS.";
  return ok("fonts", `${found}. ${more}`);
}

function isThere(specifier: string): boolean {
  try {
    return existsSync(require.resolve(specifier));
  } catch {
    return false;
  }
}
