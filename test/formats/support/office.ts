import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { runTool } from "./tools.ts";

/** Of one start of LibreOffice with all its documents, on a busy machine. */
const DEADLINE_MS = 150_000;
/** What writes a document's text, by what LibreOffice opens it in. Of slides there is no such filter: theirs is their PDF's. */
const WRITER_TEXT = "txt:Text (encoded):UTF8";
/** Commas, quotes, UTF-8, from the first line, as shown, every sheet (-1) in a file of its own. */
const SHEETS_TEXT = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1";
const SHEETS = /\.(?:xlsx|xlsm|xls|ods|fods|csv|tsv)$/i;
const SLIDES = /\.(?:pptx|pptm|ppt|odp|odg|fodp)$/i;

/** Each file as a PDF, made by one start of LibreOffice. Throws with the names of those that it could not open. */
export async function officePdfs(files: readonly string[]): Promise<Buffer[]> {
  return (await convert(files, "pdf", "pdf")).map(({ made }) => made);
}

/** What LibreOffice reads in each file, in a few starts at most: of sheets their cells as CSV, of slides the text of their PDF. */
export async function officeTexts(files: readonly string[]): Promise<string[]> {
  const texts = new Map<string, string>();
  const of = (kind: "sheets" | "slides" | "text") => files.filter((file) => kindOf(file) === kind);
  for (const { file, made } of await convert(of("text"), WRITER_TEXT, "txt")) texts.set(file, made.toString("utf8").replace(/^\ufeff/, ""));
  for (const { file, made } of await convert(of("sheets"), SHEETS_TEXT, "csv")) texts.set(file, made.toString("utf8"));
  for (const { file, made } of await convert(of("slides"), "pdf", "pdf"))
    texts.set(file, (await runTool("pdftotext", ["-", "-"], { input: made })).stdout);
  return files.map((file) => texts.get(file) as string);
}

function kindOf(file: string): "sheets" | "slides" | "text" {
  if (SHEETS.test(file)) return "sheets";
  return SLIDES.test(file) ? "slides" : "text";
}

interface Converted {
  readonly file: string;
  readonly made: Buffer;
}

/** Several sheets come as one text, in the order of their names' files. */
async function convert(files: readonly string[], filter: string, ending: string): Promise<Converted[]> {
  if (files.length === 0) return [];
  const folder = await mkdtemp(path.join(tmpdir(), "dragoman-office-"));
  try {
    const [sources, made] = [path.join(folder, "in"), path.join(folder, "out")];
    await mkdir(sources);
    // Files of one name in several folders would overwrite one another.
    const named = files.map((file, index) => ({ file, name: `d${index}`, copy: path.join(sources, `d${index}${path.extname(file)}`) }));
    for (const { file, copy } of named) await copyFile(file, copy);
    const args = ["--headless", "--norestore", "--nolockcheck", `-env:UserInstallation=file://${folder}/profile`];
    const conversion = ["--convert-to", filter, "--outdir", made, ...named.map(({ copy }) => copy)];
    const said = await runTool("soffice", [...args, ...conversion], { deadlineMs: DEADLINE_MS });
    const names = await readdir(made).catch(() => []);
    const found = (name: string) => names.filter((each) => each.replace(/[.-].*$/s, "") === name && each.endsWith(`.${ending}`)).sort();
    const missing = named.filter(({ name }) => found(name).length === 0).map(({ file }) => path.basename(file));
    if (missing.length > 0) throw new Error(`LibreOffice does not open ${missing.join(", ")}: ${said.stderr.slice(0, 1000)}`);
    const read = async (name: string) => Buffer.concat(await Promise.all(found(name).map((each) => readFile(path.join(made, each)))));
    return await Promise.all(named.map(async ({ file, name }) => ({ file, made: await read(name) })));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
