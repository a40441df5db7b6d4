import { create } from "@bufbuild/protobuf";
import { ulid } from "ulid";
import {
  type LanguagePair,
  LanguagePairSchema,
  type TranslationEngine,
  TranslationEngineSchema,
} from "../../gen/dragoman/v1/job_service_pb.ts";
import type { Clock, Instant } from "../../platform/clock.ts";
import { FILE_TYPES } from "../../platform/file_types.ts";
import { named } from "../../platform/languages.ts";
import { type Demand, hasOffice, merged, type Offer, reads, serves, takes } from "../jobs/capability.ts";
import { classOfType } from "../jobs/job_class.ts";
import { mergedEngines, type Pair, pairsOf, type TranslationAbility } from "../jobs/translation.ts";
import type { AnnouncedWorker, Announcement, Peers } from "../store/store.ts";
import type { Sessions } from "./sessions.ts";

/** How long no job is accepted after the work queue refused work. */
const PAUSE_MS = 5_000;
/** How long a language pair is offered after the last worker for it went away. */
const REMEMBERED_MS = 600_000;
/** What those said who died before this one began is heard for less. */
const DEAD_ARE_HEARD_MS = 6_000;

/** What the workers could take now. */
export interface Capacity {
  readonly workers: number;
  readonly slots: number;
  readonly slotsFree: number;
}

/** What translated lately, and whether it is its worker's own. */
interface SeenEngine {
  readonly engine: TranslationAbility;
  readonly own: boolean;
  readonly at: number;
}

/** All workers: those connected here as they are now, those of other orchestrators as these last announced. */
export class Fleet implements AsyncDisposable {
  readonly #id = ulid();
  readonly #peers: Peers;
  readonly #clock: Clock;
  readonly #sessions: Sessions;
  #others: readonly Announcement[] = [];
  readonly #seen = new Map<string, { readonly pair: LanguagePair; readonly at: number }>();
  readonly #seenEngines = new Map<string, SeenEngine>();
  #fullUntil = 0;
  #begunAt: Instant;
  /** From when on there was always an orchestrator: this one, or one that was there when this one began. */
  #servedSince: Instant;

  constructor(peers: Peers, clock: Clock, sessions: Sessions) {
    this.#peers = peers;
    this.#clock = clock;
    this.#sessions = sessions;
    this.#servedSince = this.#begunAt = clock.now();
  }

  /** Says what is here, and hears what is elsewhere. */
  async announce(): Promise<void> {
    const offers = this.#sessions.offers();
    const [freeSlots, freePrefetch] = [sum(offers, ({ slots }) => slots), sum(offers, ({ prefetch }) => prefetch)];
    const plain = (offered: readonly Pair[]) => offered.map(({ source, target }) => ({ source, target }));
    const pairs = plain(this.#sessions.pairs());
    this.#look();
    const announcement = {
      ...this.#sessions.totals(),
      freeSlots,
      freePrefetch,
      pairs,
      offers: offers.map((offer) => ({ ...offer, pairs: plain(offer.pairs) })),
      members: this.#sessions.members(),
      fullUntil: this.#fullUntil,
      servedSince: this.#servedSince,
    };
    this.#others = await this.#peers.announce(this.#id, announcement);
    // Who was there first may go.
    if (this.#clock.now() > this.#begunAt + DEAD_ARE_HEARD_MS) this.#servedSince = this.servedSince();
  }

  /** All that are connected, by their ids: here as they are now, elsewhere as these were last told of. */
  members(): AnnouncedWorker[] {
    const known = new Map<string, AnnouncedWorker>();
    // One that has just moved is told of by two: as it connected last is right.
    for (const member of [...this.#others.flatMap(({ members = [] }) => members), ...this.#sessions.members()]) {
      const other = known.get(member.id);
      if (!other || other.connectedAt <= member.connectedAt) known.set(member.id, member);
    }
    return [...known.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  /** What is free at all workers, by what they can do. */
  offers(): Offer[] {
    const others = this.#others.flatMap(
      ({ offers, pairs, freeSlots, freePrefetch }) => offers ?? [{ pairs, slots: freeSlots, prefetch: freePrefetch }],
    );
    return merged([...this.#sessions.offers(), ...others]);
  }

  /** Whether there is a worker now that can do such a job, busy or not. */
  serves(demand: Demand): boolean {
    return this.offers().some((offer) => serves(offer, demand));
  }

  /** Whether a worker that is there now reads a file type, and whether one that does has LibreOffice; of older ones it is taken that they read it. */
  reads(format: string): { readonly served: boolean; readonly office: boolean } {
    const jobClass = classOfType(FILE_TYPES.find(({ id }) => id === format));
    const readers = this.offers().filter((offer) => takes(offer, jobClass) && reads(offer, format));
    return { served: readers.length > 0, office: readers.some(hasOffice) };
  }

  /** All connected workers and their slots. */
  capacity(): Capacity {
    let { workers, slots } = this.#sessions.totals();
    let slotsFree = sum(this.#sessions.offers(), ({ slots }) => slots);
    for (const other of this.#others) {
      workers += other.workers;
      slots += other.slots;
      slotsFree += other.freeSlots;
    }
    return { workers, slots, slotsFree };
  }

  /**
   * Between what jobs are translated that name these engines, or none: by workers that are here, and those that were here lately, so that a
   * worker's restart takes no language away.
   */
  pairs(names: readonly string[] = [""]): LanguagePair[] {
    const isOwn = names.join() === "";
    const engines = isOwn ? this.ownEngines() : (named(names, this.engines()) ?? []);
    const pairs = new Map(pairsOf(engines).map((pair) => [`${pair.source}-${pair.target}`, create(LanguagePairSchema, pair)]));
    if (isOwn) for (const { pair } of this.#seen.values()) pairs.set(`${pair.source}-${pair.target}`, pair);
    return [...pairs.values()];
  }

  /** What translates, workers' own first, likewise; of older workers nothing is known but their pairs. */
  engines(): TranslationAbility[] {
    this.#look();
    const own = ({ own }: SeenEngine) => (own ? 0 : 1);
    const seen = [...this.#seenEngines.values()].toSorted((one, other) => own(one) - own(other));
    return mergedEngines(seen.map(({ engine }) => engine));
  }

  /** Those that translate jobs that name none. */
  ownEngines(): TranslationAbility[] {
    this.#look();
    return mergedEngines([...this.#seenEngines.values()].filter(({ own }) => own).map(({ engine }) => engine));
  }

  /** The same for clients. */
  translationEngines(): TranslationEngine[] {
    const engines = this.engines();
    const own = new Set(this.ownEngines().map(({ name }) => name));
    return engines.map(({ name, model, groups, follows, billed }) => {
      const languages = groups.map(({ sources, targets, ...has }) => ({ sources: [...sources], targets: [...targets], ...has }));
      return create(TranslationEngineSchema, { name, model, own: own.has(name), languages, follows: [...follows], billed });
    });
  }

  #look(): void {
    const now = this.#clock.now();
    const offers = this.offers();
    // What others say pair by pair, those of all their engines are among.
    for (const { source, target } of offers.filter(({ engines }) => !engines).flatMap(({ pairs }) => pairs))
      this.#seen.set(`${source}-${target}`, { pair: create(LanguagePairSchema, { source, target }), at: now });
    for (const { engines = [] } of offers)
      for (const [index, engine] of engines.entries())
        this.#seenEngines.set(`${index === 0} ${JSON.stringify(engine)}`, { engine, own: index === 0, at: now });
    for (const seen of [this.#seen, this.#seenEngines]) for (const [name, { at }] of seen) if (at < now - REMEMBERED_MS) seen.delete(name);
  }

  /** From when on there was always an orchestrator, as far as those that are there now can tell. */
  servedSince(): Instant {
    return Math.min(this.#servedSince, ...this.#others.flatMap(({ servedSince }) => servedSince ?? []));
  }

  /** The clock was set, by so much forward. */
  clockSet(byMs: number): void {
    this.#begunAt += byMs;
    this.#servedSince += byMs;
  }

  pauseIntake(): void {
    this.#fullUntil = this.#clock.now() + PAUSE_MS;
  }

  /** For how long intake is paused because the work queue is full: 0 if it is not. */
  intakePausedForMs(): number {
    return Math.max(0, this.#fullUntil - this.#clock.now(), ...this.#others.map(({ fullUntil }) => fullUntil - this.#clock.now()));
  }

  /** Leaves. What it had is forgotten in seconds anyway, so a store that is away does not hold it up. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#peers.announce(this.#id, undefined).catch(() => undefined);
  }
}

function sum(offers: readonly Offer[], of: (offer: Offer) => number): number {
  return offers.reduce((total, offer) => total + of(offer), 0);
}
