import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { LanguagePair } from "../../engine/ports/translator.ts";

/** ISO 639-3, which names Apertium's modes, to ISO 639-1. */
const LANGUAGES: Readonly<Record<string, string>> = {
  afr: "af",
  arg: "an",
  ast: "ast",
  bel: "be",
  bul: "bg",
  cat: "ca",
  cym: "cy",
  dan: "da",
  deu: "de",
  eng: "en",
  epo: "eo",
  eus: "eu",
  fra: "fr",
  glg: "gl",
  hbs: "sh",
  ind: "id",
  isl: "is",
  ita: "it",
  mkd: "mk",
  mlt: "mt",
  nld: "nl",
  nno: "nn",
  nob: "nb",
  oci: "oc",
  pol: "pl",
  por: "pt",
  ron: "ro",
  rus: "ru",
  slv: "sl",
  spa: "es",
  srd: "sc",
  swe: "sv",
  ukr: "uk",
};
/** Where Debian's packages put their pipelines. */
const MODES = "/usr/share/apertium/modes";
/** The pairs that are installed whole, as they are now. */
export async function installedPairs(folder = MODES): Promise<LanguagePair[]> {
  return [...(await listModes(folder)).values()].map(({ pair }) => pair);
}

/** How to run a pair. */
export interface Mode {
  readonly pair: LanguagePair;
  /** For a shell. */
  readonly command: string;
  /** Whether styles come through. */
  readonly keepsTags: boolean;
}

/** The pairs that are installed whole, by "source-target". A pair's package may only recommend a program it needs. */
export async function listModes(folder = MODES): Promise<ReadonlyMap<string, Mode>> {
  const modes = new Map<string, Mode>();
  for (const { pair, programs } of await installedModes(folder))
    if (programs.every(isInstalled)) modes.set(`${pair.source}-${pair.target}`, { pair, ...commandLine(programs) });
  return modes;
}

/** Pairs that are not offered because programs or data they need are not installed. */
export async function incompletePairs(): Promise<{ readonly pair: LanguagePair; readonly missing: readonly string[] }[]> {
  const modes = (await installedModes(MODES)).map(({ pair, programs }) => ({
    pair,
    missing: programs.filter((program) => !isInstalled(program)).map((program) => missingData(program) ?? programName(program)),
  }));
  return modes.filter(({ missing }) => missing.length > 0);
}

async function installedModes(folder: string): Promise<{ readonly pair: LanguagePair; readonly programs: readonly string[] }[]> {
  const files = await readdir(folder).catch(() => []);
  const modes = files.map(async (file) => {
    const [source = "", target = ""] = path
      .basename(file, ".mode")
      .split("-")
      .map((code) => LANGUAGES[code] ?? "");
    return { pair: { source, target }, programs: source && target ? programsOf(await readFile(path.join(folder, file), "utf8")) : [] };
  });
  return (await Promise.all(modes)).filter(({ programs }) => programs.length > 0);
}

function programsOf(mode: string): string[] {
  return mode.trim().split(/\s*\|\s*/);
}

function isInstalled(program: string): boolean {
  if (missingData(program)) return false;
  return (process.env["PATH"] ?? "").split(":").some((folder) => existsSync(path.join(folder, programName(program))));
}

/** A file that the program is given and that is not there. */
function missingData(program: string): string | undefined {
  return [...program.matchAll(/(?<=[\s'"])\/[^\s'"]+/g)].map(([file]) => file).find((file) => !existsSync(file));
}

function programName(program: string): string {
  return program.split(" ", 1)[0] ?? "";
}

/** They carry word-bound blanks over programs that know of none: from the analysis of words to their generation. */
const ATTACH = "apertium-wblank-attach";
const DETACH = "apertium-wblank-detach";

/**
 * A mode is a shell pipeline; each of its programs flushes at a null sign when given `-z`. The `apertium` script would
 * do the same, but it reads its input to the end first. `$1` is the generator's option that keeps the marks of unknown
 * words. The shell lets go of its own output, so that it ends as soon as any of the programs does.
 */
function commandLine(programs: readonly string[]): Pick<Mode, "command" | "keepsTags"> {
  const flushing = programs.map((program) =>
    program
      .replace(/^(\S+)/, "$1 -z")
      .replaceAll("$1", "-g")
      .replaceAll("$2", ""),
  );
  const analyser = flushing.findIndex((program) => /automorf\.(bin|hfst)/.test(program));
  const generator = flushing.findIndex((program) => /autogen\.(bin|hfst)/.test(program));
  const keepsTags = analyser >= 0 && generator > analyser && [ATTACH, DETACH].every(isInstalled);
  const chain = keepsTags
    ? [...flushing.slice(0, analyser + 1), ATTACH, ...flushing.slice(analyser + 1, generator), DETACH, ...flushing.slice(generator)]
    : flushing;
  return { command: `exec 3<&0; cat <&3 | ${chain.join(" | ")} & exec 1>/dev/null 3<&-; wait`, keepsTags };
}
