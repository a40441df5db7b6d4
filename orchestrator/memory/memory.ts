import { setImmediate } from "node:timers/promises";
import { create } from "@bufbuild/protobuf";
import { type MemoryUnit, MemoryUnitSchema } from "../../gen/dragoman/v1/memory_service_pb.ts";
import { type NearUnit, NearUnitSchema, type RecalledUnit, RecalledUnitSchema } from "../../gen/dragoman/v1/worker_service_pb.ts";
import type { Instant } from "../../platform/clock.ts";
import type { Store } from "../store/store.ts";
import type { Forgettable, StoredUnit } from "../store/unit_store.ts";
import { LEAST_SIMILARITY, similarity } from "./near.ts";
import { bandsOfUnit, decodeUnit, encodeUnit, keyOf, personsKeyOf } from "./unit.ts";

/** Of each text so many are compared with it, and so many of those shown. */
const COMPARED = 6;
const SHOWN = 3;
/** Of all texts of one answer, which must stay one message; a tag counts as four. */
const MAX_LETTERS = 200_000;
const FORGOTTEN_AT_ONCE = 200;
const DAY_MS = 24 * 3600_000;
const AGES_EVERY_MS = 3600_000;

/** The tenants' memories of translations. Methods throw as the store does. */
export class TranslationMemory {
  readonly #store: Store;
  readonly #maxBytes: number;

  /** `maxBytes`: most of one tenant; 0 for memories that keep nothing. */
  constructor(store: Store, maxBytes: number) {
    this.#store = store;
    this.#maxBytes = maxBytes;
  }

  /** One for each of `units`, in their order: a person's translation before an engine's, or else near ones. */
  async recall(tenantId: string, units: readonly MemoryUnit[]): Promise<RecalledUnit[]> {
    const keys = units.flatMap((unit) => [personsKeyOf(unit), keyOf(unit)]);
    const found = await this.#store.recallUnits(tenantId, keys);
    const same = units.map((_, index) => found[2 * index] ?? found[2 * index + 1]);
    const near = await Promise.all(units.map((unit, index) => (same[index] ? [] : this.#near(tenantId, unit))));
    const room = { letters: MAX_LETTERS };
    // What is the same first: it would be paid for again, and near texts are only of help.
    const told = units.map((unit, index) => sameAs(unit, same[index], room));
    const shown = near.map((texts) => texts.filter(({ source, target }) => fits(source.length + target.length, room)));
    return told.map((answer, index) => create(RecalledUnitSchema, { ...answer, near: shown[index] ?? [] }));
  }

  async keep(tenantId: string, units: readonly MemoryUnit[]): Promise<void> {
    if (this.#maxBytes === 0) return;
    const now = this.#store.clock.now();
    await this.#store.keepUnits(
      tenantId,
      units.map((unit) => encodeUnit(unit, now)),
      this.#maxBytes,
    );
  }

  /** How many were forgotten, and whether it ended before all of them were, after `mostMs`. */
  async forget(tenantId: string, which: Forgettable, mostMs = Number.POSITIVE_INFINITY): Promise<{ units: number; more: boolean }> {
    const end = performance.now() + mostMs;
    for (let units = 0; ; ) {
      const forgotten = await this.#store.forgetUnits(tenantId, which, FORGOTTEN_AT_ONCE);
      units += forgotten;
      if (forgotten < FORGOTTEN_AT_ONCE) return { units, more: false };
      if (performance.now() > end) return { units, more: true };
      // A store in this process works as it is asked, and would hold up everyone else.
      await setImmediate();
    }
  }

  /** Of another engine, or of this one in another manner, nothing is shown: it is no example to follow. */
  async #near(tenantId: string, unit: MemoryUnit): Promise<NearUnit[]> {
    const text = unit.source?.text ?? "";
    const stored = await this.#store.nearUnits(tenantId, bandsOfUnit(unit), COMPARED);
    return stored
      .flatMap((each) => decodeUnit(each) ?? [])
      .filter(({ engine, model, manner }) => engine === "" || (engine === unit.engine && model === unit.model && manner === unit.manner))
      .map(({ source, target, jobId }) => ({ source: source?.text ?? "", target: target?.text ?? "", jobId }))
      .map((each) => ({ ...each, similarity: similarity(text, each.source) }))
      .filter((each) => each.similarity >= LEAST_SIMILARITY)
      .sort((one, other) => other.similarity - one.similarity)
      .slice(0, SHOWN)
      .map((each) => create(NearUnitSchema, each));
  }
}

/** Forgets now and then what is older than `keepDays`, of every tenant; nothing if that is 0. */
export function ageLimiter(store: Store, memory: TranslationMemory, keepDays: number): (now: Instant) => Promise<void> {
  let nextAt = 0;
  return async (now) => {
    if (keepDays === 0 || now < nextAt) return;
    for (const tenantId of await store.rememberingTenants()) await memory.forget(tenantId, { before: now - keepDays * DAY_MS });
    nextAt = now + AGES_EVERY_MS;
  };
}

/** How many letters one answer has room for. */
interface Room {
  letters: number;
}

/** What there is no room for is not told. */
function fits(letters: number, room: Room): boolean {
  if (letters > room.letters) return false;
  room.letters -= letters;
  return true;
}

function sameAs({ context }: MemoryUnit, stored: StoredUnit | undefined, room: Room) {
  const found = stored && decodeUnit(stored);
  const unit = found && fits((found.target?.text.length ?? 0) + 4 * (found.target?.tags.length ?? 0), room) ? found : undefined;
  const { source: _, ...told } = unit ?? {};
  return {
    ...(unit && { unit: create(MemoryUnitSchema, told) }),
    inContext: unit !== undefined && context !== "" && unit.context === context,
  };
}
