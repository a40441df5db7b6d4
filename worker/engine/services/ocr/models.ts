import { readdirSync } from "node:fs";
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { asEngineError, EngineError } from "../../errors.ts";

const require = createRequire(import.meta.url);
/** Where Debian and others that build Tesseract put their models. */
const SYSTEM_FOLDERS = ["/usr/share/tesseract-ocr", "/usr/share/tessdata", "/usr/local/share/tessdata"];
const MAX_MODEL_BYTES = 256 * 1024 * 1024;

/** ISO 639-1 to Tesseract's names of its models, which are ISO 639-2 where it has no variants. */
export const MODELS: Readonly<Record<string, string>> = Object.fromEntries(
  `af:afr am:amh ar:ara as:asm az:aze be:bel bg:bul bn:ben bo:bod br:bre bs:bos ca:cat co:cos cs:ces cy:cym da:dan de:deu dv:div el:ell
  en:eng eo:epo es:spa et:est eu:eus fa:fas fi:fin fo:fao fr:fra fy:fry ga:gle gd:gla gl:glg gu:guj he:heb hi:hin hr:hrv ht:hat hu:hun
  hy:hye id:ind is:isl it:ita iu:iku ja:jpn jv:jav ka:kat kk:kaz km:khm kn:kan ko:kor ku:kmr ky:kir la:lat lb:ltz lo:lao lt:lit lv:lav
  mi:mri mk:mkd ml:mal mn:mon mr:mar ms:msa mt:mlt my:mya nb:nor ne:nep nl:nld nn:nor no:nor oc:oci or:ori pa:pan pl:pol ps:pus pt:por
  qu:que ro:ron ru:rus sa:san sd:snd si:sin sk:slk sl:slv sq:sqi sr:srp su:sun sv:swe sw:swa ta:tam te:tel tg:tgk th:tha ti:tir tl:fil
  to:ton tr:tur tt:tat ug:uig uk:ukr ur:urd uz:uzb vi:vie yi:yid yo:yor zh:chi_sim`
    .split(/\s+/)
    .map((each) => each.split(":") as [string, string]),
);

/** Tesseract's names of scripts to the model that reads most of what is written in them. */
export const SCRIPTS: Readonly<Record<string, string>> = {
  Latin: "eng",
  Cyrillic: "rus",
  Arabic: "ara",
  Han: "chi_sim",
  HanS: "chi_sim",
  HanT: "chi_tra",
  Japanese: "jpn",
  Hiragana: "jpn",
  Katakana: "jpn",
  Korean: "kor",
  Hangul: "kor",
  Greek: "ell",
  Hebrew: "heb",
  Devanagari: "hin",
  Bengali: "ben",
  Tamil: "tam",
  Telugu: "tel",
  Kannada: "kan",
  Malayalam: "mal",
  Gujarati: "guj",
  Gurmukhi: "pan",
  Thai: "tha",
  Georgian: "kat",
  Armenian: "hye",
  Ethiopic: "amh",
  Khmer: "khm",
  Lao: "lao",
  Myanmar: "mya",
  Sinhala: "sin",
  Tibetan: "bod",
};

/** The file of each model that there is, by Tesseract's name of it. Compressed ones end in `.gz`. */
export type ModelFiles = ReadonlyMap<string, string>;

/**
 * All models of this machine: those of `folder` (DRAGOMAN_TESSDATA) before npm's `@tesseract.js-data/*`, and these before
 * the system's, which are the smaller ones that read less well.
 */
export function findModels(folder = process.env["DRAGOMAN_TESSDATA"] ?? ""): ModelFiles {
  const found = new Map<string, string>();
  const add = (file: string): void => {
    const [, name] = /^(.+)\.traineddata(?:\.gz)?$/.exec(path.basename(file)) ?? [];
    if (name && !found.has(name)) found.set(name, file);
  };
  if (folder) for (const file of namesIn(folder)) add(path.join(folder, file));
  for (const data of npmFolders())
    for (const size of ["4.0.0_best_int", "4.0.0"]) for (const file of namesIn(path.join(data, size))) add(path.join(data, size, file));
  for (const system of SYSTEM_FOLDERS)
    for (const data of [system, ...namesIn(system).map((version) => path.join(system, version, "tessdata"))])
      for (const file of namesIn(data)) add(path.join(data, file));
  return found;
}

/** ISO 639-1 codes of what can be read with `models`. */
export function languagesOf(models: ModelFiles): string[] {
  return Object.entries(MODELS)
    .filter(([, model]) => models.has(model))
    .map(([language]) => language)
    .sort();
}

/** A folder in which models lie unpacked, as Tesseract wants them, made when the first is asked for. */
export class ModelFolder implements AsyncDisposable {
  readonly #parent: string;
  readonly #models: ModelFiles;
  readonly #ready = new Map<string, Promise<void>>();
  #folder: Promise<string> | undefined;

  constructor(parent: string, models: ModelFiles) {
    this.#parent = parent;
    this.#models = models;
  }

  /** The folder, with each of `names` in it. Throws ENGINE_CRASHED if there is no such model or it cannot be unpacked. */
  async with(names: readonly string[]): Promise<string> {
    this.#folder ??= mkdtemp(path.join(this.#parent, "models-"));
    const folder = await this.#folder;
    for (const name of names) if (!this.#ready.has(name)) this.#ready.set(name, this.#unpack(name, folder));
    await Promise.all(names.map((name) => this.#ready.get(name)));
    return folder;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const folder = await this.#folder?.catch(() => undefined);
    if (folder) await rm(folder, { recursive: true, force: true });
  }

  async #unpack(name: string, folder: string): Promise<void> {
    const file = this.#models.get(name);
    if (!file) throw new EngineError("ENGINE_CRASHED", `There is no OCR model ${name}.`);
    const unpacked = path.join(folder, `${name}.traineddata`);
    try {
      if (!file.endsWith(".gz")) await symlink(file, unpacked);
      else await writeFile(unpacked, await promisify(gunzip)(await readFile(file), { maxOutputLength: MAX_MODEL_BYTES }));
    } catch (error) {
      throw asEngineError(error) ?? new EngineError("ENGINE_CRASHED", `The OCR model ${name} cannot be unpacked.`, { cause: error });
    }
  }
}

/** The folders of `@tesseract.js-data`'s packages wherever Node would find them. */
function npmFolders(): string[] {
  const folders = (require.resolve.paths("@tesseract.js-data/eng") ?? []).map((each) => path.join(each, "@tesseract.js-data"));
  return folders.flatMap((folder) => namesIn(folder).map((name) => path.join(folder, name)));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
