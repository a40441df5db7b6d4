import type { Job, JobOptions } from "../../gen/dragoman/v1/job_pb.ts";
import { FILE_TYPES, type FileType, fileTypeNamed } from "../../platform/file_types.ts";
import { JOB_CLASSES, type JobClass } from "../../platform/job_classes.ts";
import { breadth, sourcesFor, type Translates, translates } from "./translation.ts";

/** What a worker can do. */
export interface Ability extends Translates {
  /** What its engine reads; of an older worker that does not say it is taken to be everything. */
  readonly engine?: Engine;
  /** The classes of work that it takes; an older worker hears of `default` alone. */
  readonly classes?: readonly JobClass[];
}

export interface Engine {
  /** Ids of file types. */
  readonly formats: readonly string[];
  /** Whether it reads what is written in pictures. */
  readonly ocr: boolean;
  /** Whether LibreOffice is there. */
  readonly office?: boolean;
}

/** What a job asks of the worker that does it. */
export interface Demand {
  readonly options: JobOptions | undefined;
  /** The file type that the document's name tells of; undefined where it tells of none. */
  readonly type: FileType | undefined;
  readonly jobClass: JobClass;
}

/** What is free at workers that can do the same. */
export interface Offer extends Ability {
  readonly slots: number;
  /** Slots beyond them, in which a next job's input may be fetched ahead. */
  readonly prefetch: number;
}

const PICTURES = "image";
/** Of this type are scans and texts alike: which one a document is, only its engine sees. */
const MAY_BE_SCANNED = "pdf";

export function demandOf({ options, fileName }: Pick<Job, "options" | "fileName">, jobClass: JobClass): Demand {
  return { options, type: fileTypeNamed(fileName), jobClass };
}

/** Whether who can do this can do the job. Of one whose language is to be detected only the target is known. */
export function serves(ability: Ability, { options, type, jobClass }: Demand): boolean {
  if (!takes(ability, jobClass)) return false;
  if (type !== undefined && !reads(ability, type.id)) return false;
  return translates(ability, options);
}

/** Whether it may be given work of a class: an older worker may of any. */
export function takes({ classes }: Ability, jobClass: JobClass): boolean {
  return classes?.includes(jobClass) ?? true;
}

/** Whether it reads a file type, which its id tells. */
export function reads(ability: Ability, type: string): boolean {
  const knows = ability.engine?.formats.includes(type) ?? true;
  return knows && (type !== PICTURES || readsPictures(ability));
}

/**
 * Whether a job is for who can do this, one of `all` the workers. A class of work is for who says that it takes it; what others cannot
 * do is for older workers, which do not say. What only the document tells decides for those who can do more, as far as any can do the
 * job: a PDF that may be scanned is for who reads pictures, an office document for who has LibreOffice, and then a language that is to
 * be detected for who reads all that are read here.
 */
export function isFor(ability: Ability, demand: Demand, all: readonly Offer[]): boolean {
  if (!serves(ability, demand)) return false;
  if (all.length === 1) return true;
  const serving = all.filter((offer) => serves(offer, demand));
  const saying = demand.jobClass === "default" ? [] : serving.filter(({ classes }) => classes);
  if (saying.length > 0 && !ability.classes) return false;
  const able = saying.length > 0 ? saying : serving;
  const isBest = bestFor(demand);
  const best = able.filter(isBest);
  if (best.length > 0 && !isBest(ability)) return false;
  return demand.options?.sourceLanguage ? true : readsAll(ability, demand, best.length > 0 ? best : able);
}

/** What a worker has to have to do all that can be done with such a document. */
function bestFor({ type }: Demand): (ability: Ability) => boolean {
  if (type?.id === MAY_BE_SCANNED) return readsPictures;
  return type?.office ? hasOffice : () => true;
}

export function hasOffice({ engine }: Ability): boolean {
  return engine?.office ?? false;
}

function readsPictures({ engine }: Ability): boolean {
  return engine?.ocr ?? true;
}

/** Whether it reads every language that the others translate to the job's; true as well where none of them does. */
function readsAll(ability: Ability, { options }: Demand, others: readonly Ability[]): boolean {
  const sources = new Set(others.flatMap((offer) => [...sourcesFor(offer, options)]));
  const all = (offer: Ability) => sourcesFor(offer, options).isSupersetOf(sources);
  return all(ability) || !others.some(all);
}

/** Asked for with every commit, of lists that change once in a while. */
const KEYS = new WeakMap<readonly unknown[], string>();

function keyOfList<T>(list: readonly T[], keyOf: (item: T) => string): string {
  const key = KEYS.get(list) ?? list.map(keyOf).sort().join();
  KEYS.set(list, key);
  return key;
}

function keyOf({ pairs, engines, engine, classes }: Ability): string {
  const languages = keyOfList(pairs, ({ source, target }) => `${source}-${target}`);
  // The first one is its own.
  const translation = engines ? `${engines[0]?.name} ${keyOfList(engines, (each) => JSON.stringify(each))}` : "";
  return `${classes?.join()} ${languages} ${translation} ${engine ? `${[...engine.formats].sort().join()} ${engine.ocr} ${engine.office ?? false}` : ""}`;
}

/** The offers of workers that can do the same as one offer. */
export function merged(offers: readonly Offer[]): Offer[] {
  const byAbility = new Map<string, Offer>();
  for (const offer of offers) {
    const key = keyOf(offer);
    const same = byAbility.get(key);
    byAbility.set(key, { ...offer, slots: offer.slots + (same?.slots ?? 0), prefetch: offer.prefetch + (same?.prefetch ?? 0) });
  }
  return [...byAbility.values()];
}

/** How much who can do this can do: who can do less has less. */
function reach(ability: Ability): number {
  const { engine, classes = JOB_CLASSES } = ability;
  const formats = engine ? engine.formats.length : FILE_TYPES.length;
  return classes.length * breadth(ability) * (formats + (engine?.ocr === false ? 0 : 1) + (engine?.office ? 1 : 0));
}

/** Free slots, and where a worker has none its slots for a next job, given to one job after the other. */
export class Room {
  readonly #all: readonly Offer[];
  readonly #offers: { readonly ability: Ability; free: number }[];

  constructor(offers: readonly Offer[]) {
    // Who can do least goes first, and leaves the others for jobs that only they can do.
    this.#all = merged(offers);
    this.#offers = this.#all
      .map((offer) => ({ ability: offer, free: offer.slots || offer.prefetch }))
      .sort((one, other) => reach(one.ability) - reach(other.ability));
  }

  /** Takes a slot of who can do the job. Gives the class in which that one hears of it, undefined if there is none. */
  take(demand: Demand): JobClass | undefined {
    const offer = this.#offers.find(({ ability, free }) => free > 0 && isFor(ability, demand, this.#all));
    if (!offer) return undefined;
    offer.free -= 1;
    return offer.ability.classes ? demand.jobClass : "default";
  }

  get free(): number {
    return this.#offers.reduce((sum, { free }) => sum + free, 0);
  }
}
