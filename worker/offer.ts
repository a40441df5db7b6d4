import { setTimeout as sleep } from "node:timers/promises";
import { asDragomanError } from "../platform/errors.ts";
import type { JobClass } from "../platform/job_classes.ts";
import type { Logger } from "../platform/log.ts";
import { type Ability, canDoNothing, type Engine, sameAbility } from "./ability.ts";
import type { Translators } from "./translators/translators.ts";

const LOOK_EVERY_MS = 30_000;
const NOTHING: Ability = { pairs: [], engine: { formats: [], ocr: false, office: false } };

export interface OfferParts {
  /** What can be translated now, and by what. */
  readonly translators: Pick<Translators, "pairs" | "engines">;
  /** What can be read now. */
  readonly engine: () => Promise<Engine>;
  /** The classes of work that it is to take. */
  readonly classes: readonly JobClass[];
  readonly log: Logger;
  /** How often it is looked at again, in milliseconds. */
  readonly everyMs?: number | undefined;
}

/** What a worker can do, as it was seen last. */
export class Offer {
  readonly #parts: OfferParts;
  #ability = NOTHING;

  constructor(parts: OfferParts) {
    this.#parts = parts;
  }

  get ability(): Ability {
    return this.#ability;
  }

  /** The classes of which it takes invitations: not those of which it can do nothing. */
  get classes(): JobClass[] {
    return this.#parts.classes.filter((jobClass) => jobClass !== "pictures" || this.#ability.engine.ocr);
  }

  /** Throws what looking at the pairs or the engine does. */
  async look(): Promise<void> {
    this.#ability = await this.#seen();
  }

  /** Looks again until `signal` aborts, and tells of each change: what is installed or broken meanwhile is offered or withdrawn. */
  async watch(onChange: () => void, signal: AbortSignal): Promise<void> {
    const { log, everyMs = LOOK_EVERY_MS } = this.#parts;
    if (canDoNothing(this.#ability)) log.warn("no language pair is installed: no work is taken");
    while (!signal.aborted) {
      await sleep(everyMs, undefined, { signal }).catch(() => undefined);
      const found = await this.#seen().catch((error: unknown) => {
        log.warn({ err: asDragomanError(error).cause ?? error }, "what is installed could not be looked at");
        return this.#ability;
      });
      if (signal.aborted || sameAbility(found, this.#ability)) continue;
      log.info({ ...logged(found), before: logged(this.#ability) }, "what this worker can do changed");
      this.#ability = found;
      onChange();
    }
  }

  async #seen(): Promise<Ability> {
    const { translators } = this.#parts;
    const [pairs, engines, engine] = await Promise.all([translators.pairs(), translators.engines?.(), this.#parts.engine()]);
    return { pairs, engine, ...(engines && { engines }) };
  }
}

function logged({ pairs, engines = [], engine }: Ability) {
  return { pairs: pairs.length, engines: engines.map(({ name }) => name), ...engine };
}
