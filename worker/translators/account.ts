import type { EngineUse, OrderRemark } from "./translators.ts";
import type { Wish } from "./wishes.ts";

/** What became of a document's order: which engine did what, in whose place, and what it could not follow. */
export class Account {
  readonly #uses = new Map<string, EngineUse>();
  readonly #ignored = new Map<string, Set<Wish>>();
  readonly #varieties = new Map<string, string>();
  readonly #replaced = new Map<string, { segments: number; readonly why: Set<string> }>();

  get uses(): readonly EngineUse[] {
    return [...this.#uses.values()];
  }

  get remarks(): readonly OrderRemark[] {
    return [...this.#ignoredRemarks(), ...this.#varietyRemarks(), ...this.#replacedRemarks()];
  }

  /** Adds to what an engine did. */
  add({ name, model, ...done }: Pick<EngineUse, "name" | "model"> & Partial<EngineUse>): void {
    const { segments = 0, requests = 0, charactersBilled = 0 } = this.#uses.get(name) ?? {};
    this.#uses.set(name, {
      ...{ name, model },
      segments: segments + (done.segments ?? 0),
      requests: requests + (done.requests ?? 0),
      charactersBilled: charactersBilled + (done.charactersBilled ?? 0),
    });
  }

  ignored(engine: string, wishes: readonly Wish[]): void {
    const all = this.#ignored.get(engine) ?? new Set();
    this.#ignored.set(engine, all);
    for (const wish of wishes) all.add(wish);
  }

  /** The engine knows no varieties of the target language: it gives `as`, which may be another one. */
  inexact(engine: string, target: string, as: string): void {
    this.#varieties.set(engine, `The translation engine ${engine} does not tell ${target} apart: what it gives is ${as}.`);
  }

  /** So many segments are by `engine`, which was not the first to be asked. */
  replaced(engine: string, segments: number, why: readonly string[]): void {
    const known = this.#replaced.get(engine) ?? { segments: 0, why: new Set() };
    this.#replaced.set(engine, known);
    known.segments += segments;
    for (const reason of why) known.why.add(reason);
  }

  *#ignoredRemarks(): Generator<OrderRemark> {
    for (const [engine, wishes] of this.#ignored)
      for (const wish of wishes)
        yield { code: "OPTION_IGNORED", message: `The translation engine ${engine} cannot follow \`${wish}\`; it was left out.` };
  }

  *#varietyRemarks(): Generator<OrderRemark> {
    for (const message of this.#varieties.values()) yield { code: "OPTION_IGNORED", message };
  }

  *#replacedRemarks(): Generator<OrderRemark> {
    for (const [engine, { segments, why }] of this.#replaced) {
      const what = segments === 1 ? "A segment was" : `${segments} segments were`;
      yield { code: "ENGINE_REPLACED", message: `${what} translated by ${engine}: ${[...why].join("; ")}.` };
    }
  }
}
