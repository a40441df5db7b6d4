import { readdir } from "node:fs/promises";
import path from "node:path";
import type { LanguagePair } from "../../engine/ports/translator.ts";
import type { LanguageGroup } from "../translation_engine.ts";

/** The files of one direction, as paths. */
export interface ModelFiles {
  readonly pair: LanguagePair;
  readonly model: string;
  /** One for both languages, or the source's and the target's. */
  readonly vocabularies: readonly string[];
  /** Which words a word may become, where there is one: it is faster by it. */
  readonly shortlist?: string;
  /** Marian's word for how the model's figures are kept. */
  readonly precision: "int8shiftAlphaAll" | "int8shiftAll";
}

/** Neighbours are translated through it where there is no model between them. */
const PIVOT = "en";
/** More would be no folder of models. */
const MAX_FILES = 5_000;
/** "model.enes.intgemm.alphas.bin", "lex.50.50.enes.s2t.bin", "vocab.enes.spm", "srcvocab.en-zh_hant.spm", as Mozilla and the Bergamot project name them; compressed, too. */
const FILE =
  /^(model|lex|vocab|srcvocab|trgvocab)\.(?:[\d.]+\.)?([a-z]{4}|[a-z]{2,3}(?:_[a-z]{4})?-[a-z]{2,3}(?:_[a-z]{4})?)\.(?:.+\.)?(?:bin|spm)(?:\.gz|\.zst)?$/i;

/** The models of a folder and of the folders in it that are whole, by "source>target". Throws what reading the folder throws. */
export async function modelsIn(folder: string): Promise<ReadonlyMap<string, ModelFiles>> {
  const found = new Map<string, Map<string, string>>();
  const entries = (await readdir(folder, { withFileTypes: true })).slice(0, MAX_FILES);
  // A link may lead to a folder; what leads to none has no models.
  const within = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink()).map(({ name }) => path.join(folder, name));
  const files = await Promise.all(within.map(async (each) => ({ each, names: await readdir(each).catch(() => []) })));
  for (const { each, names } of [{ each: folder, names: entries.map(({ name }) => name) }, ...files]) {
    for (const file of names.slice(0, MAX_FILES)) {
      const [, kind, pair] = FILE.exec(file) ?? [];
      if (kind === undefined || pair === undefined) continue;
      const name = nameOf(pair.toLowerCase());
      found.set(name, (found.get(name) ?? new Map<string, string>()).set(kind.toLowerCase(), path.join(each, file)));
    }
  }
  return new Map([...found].flatMap(([name, files]) => wholeModel(name, files)));
}

/** "en>es" of "enes"; "en>zh-Hant" of "en-zh_hant". */
function nameOf(pair: string): string {
  const [source = "", target = ""] = pair.length === 4 ? [pair.slice(0, 2), pair.slice(2)] : pair.split("-");
  return [source, target].map((code) => code.replace(/_(.)/, (_, letter: string) => `-${letter.toUpperCase()}`)).join(">");
}

function wholeModel(name: string, files: ReadonlyMap<string, string>): [string, ModelFiles][] {
  const [source = "", target = ""] = name.split(">");
  const model = files.get("model");
  const both = files.get("vocab");
  const [ours, theirs] = [files.get("srcvocab"), files.get("trgvocab")];
  const vocabularies = both ? [both] : ours && theirs ? [ours, theirs] : [];
  if (!model || vocabularies.length === 0) return [];
  const shortlist = files.get("lex");
  const precision = /\.alphas\./i.test(model) ? "int8shiftAlphaAll" : "int8shiftAll";
  return [[name, { pair: { source, target }, model, vocabularies, precision, ...(shortlist && { shortlist }) }]];
}

/** The models that translate `pair`, one or, through English, two; none if they cannot. */
export function routeOf(models: ReadonlyMap<string, ModelFiles>, { source, target }: LanguagePair): readonly ModelFiles[] {
  const direct = models.get(`${source}>${target}`);
  if (direct) return [direct];
  const [to, from] = [models.get(`${source}>${PIVOT}`), models.get(`${PIVOT}>${target}`)];
  return to && from && source !== target ? [to, from] : [];
}

/** What the models translate between, English between two of them included. */
export function groupsOf(models: ReadonlyMap<string, ModelFiles>): readonly LanguageGroup[] {
  const pairs = [...models.values()].map(({ pair }) => pair);
  const plain = { formality: false, glossary: false };
  const direct = pairs.map(({ source, target }) => ({ sources: [source], targets: [target], ...plain }));
  const sources = pairs.filter(({ target }) => target === PIVOT).map(({ source }) => source);
  const targets = pairs.filter(({ source }) => source === PIVOT).map(({ target }) => target);
  return sources.length > 0 && targets.length > 0 ? [...direct, { sources, targets, ...plain }] : direct;
}
