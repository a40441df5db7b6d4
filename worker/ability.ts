import type { WorkDescriptor } from "../gen/dragoman/v1/worker_service_pb.ts";
import { FILE_TYPES } from "../platform/file_types.ts";
import { isServed, named } from "../platform/languages.ts";
import { findModels, languagesOf } from "./engine/services/ocr/models.ts";
import { officeProgram } from "./engine/services/office/program.ts";
import type { OfferedEngine } from "./translators/translators.ts";

/** Languages that are translated between, as BCP 47 codes. */
export interface Pair {
  readonly source: string;
  readonly target: string;
}

/** What an engine can do beside translating. */
export interface Engine {
  /** Ids of the file types that it reads. */
  readonly formats: readonly string[];
  /** Whether it reads what is written in pictures. */
  readonly ocr: boolean;
  /** Whether LibreOffice is there. */
  readonly office?: boolean;
}

/** What a worker can do. */
export interface Ability {
  readonly pairs: readonly Pair[];
  /** What translates, its own first; without them one does that jobs cannot name. */
  readonly engines?: readonly OfferedEngine[];
  readonly engine: Engine;
}

/** What the engine of this version reads on this machine. */
export async function installedEngine(): Promise<Engine> {
  return { formats: FILE_TYPES.map(({ id }) => id), ocr: languagesOf(findModels()).length > 0, office: officeProgram() !== undefined };
}

export function canDoNothing({ pairs, engine }: Ability): boolean {
  return pairs.length === 0 || engine.formats.length === 0;
}

/** Whether who can do this can do the job. Of an older orchestrator's invitation that is not known before the claim. */
export function canDo({ pairs, engines, engine }: Ability, work: WorkDescriptor): boolean {
  const { sourceLanguage, targetLanguage, format } = work;
  if (targetLanguage === "") return true;
  if (format !== "" && !engine.formats.includes(format)) return false;
  if (format === "image" && !engine.ocr) return false;
  const names = work.engines.length > 0 ? work.engines : [""];
  if (engines) return isServed({ source: sourceLanguage, target: targetLanguage }, named(names, engines) ?? []);
  return (
    names.join() === "" &&
    pairs.some(({ source, target }) => target === targetLanguage && (sourceLanguage === "" || source === sourceLanguage))
  );
}

export function sameAbility(one: Ability, other: Ability): boolean {
  const names = ({ pairs }: Ability) => pairs.map(({ source, target }) => `${source}-${target}`);
  const extras = ({ engines, engine: { ocr, office } }: Ability) => JSON.stringify([ocr, office ?? false, engines]);
  return extras(one) === extras(other) && areSame(one.engine.formats, other.engine.formats) && areSame(names(one), names(other));
}

function areSame(one: readonly string[], other: readonly string[]): boolean {
  const all = new Set(one);
  return one.length === other.length && other.every((each) => all.has(each));
}
