import type { MessageInitShape } from "@bufbuild/protobuf";
import type { LanguagePair, TranslationEngine } from "../../gen/dragoman/v1/job_service_pb.ts";
import type { Hello, OrchestratorMessageSchema } from "../../gen/dragoman/v1/worker_service_pb.ts";
import type { Instant } from "../../platform/clock.ts";
import { isJobClass } from "../../platform/job_classes.ts";
import { type Ability, merged, type Offer } from "../jobs/capability.ts";
import type { TranslationAbility } from "../jobs/translation.ts";
import type { WorkerOrder } from "../policy/controls.ts";
import type { AnnouncedWorker } from "../store/store.ts";

export interface Session {
  /** As it was said last. */
  hello: Hello;
  /** The worker's own id, and whose key it came with: who holds a lease. */
  readonly workerId: string;
  /** The attempts it holds, by job. */
  readonly held: Map<string, number>;
  /** Whether the worker was told to claim no more here. */
  draining: boolean;
  /** What an operator has ordered of the worker: while there is anything, it claims nothing. */
  order: WorkerOrder | undefined;
  readonly connectedAt: Instant;
  /** Tells the worker that it may claim again. */
  readonly resume: () => void;
  /** Ends the stream, so that the worker connects elsewhere. */
  readonly end: () => void;
  /** The same, but first it is told to claim no more, and what it has said is answered. */
  readonly handOver: () => Promise<void>;
  readonly send: (message: NonNullable<MessageInitShape<typeof OrchestratorMessageSchema>["message"]>) => void;
}

/** What a worker says it can do. */
export function abilityOf({ pairs, engine, engines, classes }: Hello): Ability {
  return {
    pairs,
    ...(classes.length > 0 && { classes: classes.filter(isJobClass) }),
    ...(engines.length > 0 && { engines: translationOf(engines) }),
    ...(engine && { engine: { formats: engine.formats, ocr: engine.ocr, office: engine.office } }),
  };
}

const TRANSLATION = new WeakMap<readonly TranslationEngine[], readonly TranslationAbility[]>();

/** The same list for the same words of a worker: what it can do is compared with every commit. */
function translationOf(engines: readonly TranslationEngine[]): readonly TranslationAbility[] {
  const known = TRANSLATION.get(engines);
  if (known) return known;
  const plain = engines.map(({ name, model, languages, follows, billed }) => ({
    ...{ name, model, follows, billed },
    groups: languages.map(({ sources, targets, formality, glossary }) => ({ sources, targets, formality, glossary })),
  }));
  TRANSLATION.set(engines, plain);
  return plain;
}

/** The workers connected here. Free slots are counted from what each holds now, never by adding and subtracting. */
export class Sessions {
  readonly #open = new Map<string, Session>();
  #handedOver = false;

  open(session: Session): void {
    this.#open.set(session.workerId, session);
    if (this.#handedOver) void session.handOver();
  }

  /** False if a newer session of the same worker has taken its place. */
  close(session: Session): boolean {
    return this.#open.get(session.workerId) === session && this.#open.delete(session.workerId);
  }

  all(): Session[] {
    return [...this.#open.values()];
  }

  /** What is free, by what the workers can do. Those without a free slot are there as well, for what they can do; those that are to take nothing are not. */
  offers(): Offer[] {
    if (this.#handedOver) return [];
    return merged(
      this.#taking().map(({ hello, hello: { slots, prefetch }, held }) => ({
        ...abilityOf(hello),
        slots: Math.max(0, slots - held.size),
        prefetch: Math.max(0, slots + prefetch - Math.max(held.size, slots)),
      })),
    );
  }

  #taking(): Session[] {
    return this.all().filter(({ order }) => order === undefined);
  }

  /** All that are connected, for other orchestrators' lists. */
  members(): AnnouncedWorker[] {
    return this.all().map(({ hello, held, connectedAt }) => ({
      ...{ id: hello.workerId, slots: hello.slots, prefetch: hello.prefetch, connectedAt },
      jobIds: [...held.keys()],
      classes: hello.classes,
      engines: hello.engines.map(({ name }) => name),
      pairs: hello.pairs.length,
      ocr: hello.engine?.ocr ?? true,
      office: hello.engine?.office ?? false,
    }));
  }

  /** All that are connected. */
  totals(): { workers: number; slots: number } {
    let slots = 0;
    for (const { hello } of this.#open.values()) slots += hello.slots;
    return { workers: this.#open.size, slots };
  }

  pairs(): LanguagePair[] {
    const pairs = new Map<string, LanguagePair>();
    for (const { hello } of this.#taking()) for (const pair of hello.pairs) pairs.set(`${pair.source}-${pair.target}`, pair);
    return [...pairs.values()];
  }

  cancel(jobId: string, attempt: number): void {
    for (const session of this.#open.values()) {
      if (session.held.get(jobId) === attempt) session.send({ case: "cancel", value: { jobId, attempt } });
    }
  }

  /** Sends every worker to another orchestrator. Their leases go on. */
  async handOver(): Promise<void> {
    this.#handedOver = true;
    await Promise.all([...this.#open.values()].map((session) => session.handOver()));
  }

  get handedOver(): boolean {
    return this.#handedOver;
  }
}
