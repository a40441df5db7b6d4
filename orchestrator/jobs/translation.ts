import { Formality, type JobOptions } from "../../gen/dragoman/v1/job_pb.ts";
import { isServed, named, type ServedLanguages, servedAs, sourcesOf } from "../../platform/languages.ts";

/** Languages that are translated between, BCP 47 codes. */
export interface Pair {
  readonly source: string;
  readonly target: string;
}

/** A translation engine as a worker tells of it. */
export interface TranslationAbility extends ServedLanguages {
  readonly model: string;
  /** Which options it can follow at all. */
  readonly follows: readonly string[];
  readonly billed: boolean;
}

/** What a worker translates. */
export interface Translates {
  readonly pairs: readonly Pair[];
  /** Its own first. An older worker does not say: it has one, which has no name and translates `pairs`. */
  readonly engines?: readonly TranslationAbility[];
}

/** The engines that a job names, in the order in which they are asked; an empty name is for the worker's own. */
export function enginesOf(options: JobOptions | undefined): readonly string[] {
  return [...new Set([options?.engine ?? "", ...(options?.fallbackEngines ?? [])])];
}

/** Whether who has these engines can translate the job. Of one whose language is to be detected only the target is known. */
export function translates({ pairs, engines }: Translates, options: JobOptions | undefined): boolean {
  const [source, target] = [options?.sourceLanguage ?? "", options?.targetLanguage ?? ""];
  const names = enginesOf(options);
  if (engines) return isServed({ source, target }, named(names, engines) ?? []);
  return names.join() === "" && pairs.some((pair) => pair.target === target && (source === "" || pair.source === source));
}

/** From which languages it translates to the job's target, by the engines that the job names. */
export function sourcesFor({ pairs, engines }: Translates, options: JobOptions | undefined): Set<string> {
  const target = options?.targetLanguage ?? "";
  if (!engines) return new Set(pairs.filter((pair) => pair.target === target).map(({ source }) => source));
  return new Set((named(enginesOf(options), engines) ?? []).flatMap(({ groups }) => sourcesOf(target, groups)));
}

/** Whether any of these engines, which a job names, can give it the formality that it demands, as far as its languages are known. */
export function canAddress(options: JobOptions, engines: readonly TranslationAbility[]): boolean {
  const { formality, sourceLanguage: source, targetLanguage: target } = options;
  if (formality !== Formality.MORE && formality !== Formality.LESS) return true;
  const formal = engines.filter(({ follows }) => follows.includes("formality"));
  if (source !== "") return formal.some(({ groups }) => servedAs({ source, target }, groups)?.group.formality);
  return formal.some(({ groups }) => sourcesOf(target, groups).some((each) => servedAs({ source: each, target }, groups)?.group.formality));
}

/** How much is translated: who can do less has less. */
export function breadth({ pairs, engines }: Translates): number {
  if (!engines) return pairs.length;
  return engines.flatMap(({ groups }) => groups).reduce((sum, { sources, targets }) => sum + sources.length * targets.length, 0);
}

/** All pairs of `engines`. */
export function pairsOf(engines: readonly ServedLanguages[]): Pair[] {
  const pairs = new Map<string, Pair>();
  for (const { sources, targets } of engines.flatMap(({ groups }) => groups))
    for (const source of sources) for (const target of targets) if (source !== target) pairs.set(`${source} ${target}`, { source, target });
  return [...pairs.values()];
}

/** Of several workers the engines by their names, each with all that any of them serves by it. */
export function mergedEngines(all: readonly TranslationAbility[]): TranslationAbility[] {
  return [...Map.groupBy(all, ({ name }) => name).values()].map((same) => {
    const groups = new Map(same.flatMap((engine) => engine.groups).map((group) => [JSON.stringify(group), group]));
    return { ...(same[0] as TranslationAbility), groups: [...groups.values()] };
  });
}
