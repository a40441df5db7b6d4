import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import path from "node:path";
import type { Granted } from "../gen/dragoman/v1/worker_service_pb.ts";
import type { ArtefactStore } from "../platform/artefacts/artefacts.ts";
import { Semaphore } from "../platform/async/semaphore.ts";
import { asDragomanError } from "../platform/errors.ts";
import { JOB_CLASSES, type JobClass } from "../platform/job_classes.ts";
import type { Logger } from "../platform/log.ts";
import type { Messaging } from "../platform/messaging/messaging.ts";
import { canDoNothing, type Engine, installedEngine } from "./ability.ts";
import type { ActiveAttemptParts } from "./active_attempt.ts";
import { ActiveAttempts } from "./active_attempts.ts";
import type { RunAttempt } from "./attempt.ts";
import { Claims } from "./claims.ts";
import { Intake } from "./intake.ts";
import { Lifecycle } from "./lifecycle.ts";
import { observeWorker } from "./metrics.ts";
import { Offer } from "./offer.ts";
import { previewer } from "./previews.ts";
import { reviser } from "./revisions.ts";
import { confine, requireAll } from "./sandbox/confinement.ts";
import type { Limits } from "./sandbox/limits.ts";
import { ChildPool } from "./sandbox/pool.ts";
import { type Incoming, Session } from "./session.ts";
import { SideWork } from "./side_work.ts";
import { type DocumentMemory, NO_MEMORY } from "./translators/memory/document_memory.ts";
import type { TranslationOrder } from "./translators/order.ts";
import type { Translators } from "./translators/translators.ts";

/** How long attempts that were handed back may take to say so. */
const RELEASE_MS = 5_000;

export interface WorkerParts {
  /** The orchestrator's `host:port`. */
  readonly orchestrator: string;
  /** A worker's key. */
  readonly apiKey: string;
  readonly slots: number;
  readonly prefetch: number;
  /** The classes of work that it takes; all if not given. */
  readonly classes?: readonly JobClass[];
  /** Whom its engines ask. What they serve is looked at again while it runs; without any pair it takes no work. */
  readonly translators: Translators;
  /** What its engines read now, likewise; what those of this version do on this machine if not given. */
  readonly engine?: () => Promise<Engine>;
  /** Where corrections of a job's result are remembered; nowhere if not given. */
  readonly memoryOf?: (order: TranslationOrder) => DocumentMemory;
  readonly messaging: Messaging;
  /** What is done with a job. */
  readonly run: RunAttempt;
  readonly artefacts: ArtefactStore;
  /** Where documents lie while they are worked on. */
  readonly scratch: string;
  readonly limits: Limits;
  /** Whether it refuses to start where a document would not be walled off entirely. */
  readonly requireSandbox?: boolean;
  /** How many engines are held ready for documents; 0 if not given: each is started for one document. */
  readonly prepared?: number;
  /** How long it goes on with what it holds when it is told to stop, in milliseconds. */
  readonly graceMs: number;
  readonly log: Logger;
  /** How often it looks again at what it can do, in milliseconds. */
  readonly lookEveryMs?: number;
}

/** Takes work and holds leases; never computes. Each document runs in a child process. Closing it releases what it holds. */
export class DragomanWorker implements AsyncDisposable {
  readonly #parts: WorkerParts;
  /** Says where to look: in a container the host's name is the pod's. */
  readonly #id = `${hostname()}-${process.pid}-${randomUUID().slice(0, 4)}`;
  readonly #lifecycle = new Lifecycle();
  readonly #attempts = new ActiveAttempts();
  readonly #claims = new Claims();
  readonly #offer: Offer;
  readonly #session: Session;
  readonly #intake: Intake;
  /** A document takes one while it is worked on. */
  readonly #slots: Semaphore;
  /** Since it started. */
  #children: ChildPool | undefined;
  /** Since it started: previews and revisions. */
  #answering: SideWork | undefined;
  #loops: Promise<unknown> = Promise.resolve();

  constructor(parts: WorkerParts) {
    const { orchestrator, apiKey, slots, messaging, log } = parts;
    this.#parts = parts;
    this.#slots = new Semaphore(slots);
    this.#offer = new Offer({
      translators: parts.translators,
      engine: parts.engine ?? installedEngine,
      classes: parts.classes ?? JOB_CLASSES,
      log,
      everyMs: parts.lookEveryMs,
    });
    this.#session = new Session({
      orchestrator,
      apiKey,
      log,
      onOpen: () => {
        this.#sayHello();
        this.#answer();
        this.#attempts.report();
        this.#claims.askAgain();
      },
      onMessage: (message) => this.#receive(message),
      onDrain: (byOperator) => {
        this.#intake.shut();
        if (byOperator) this.#answering?.stop();
      },
      onResume: () => {
        this.#sayHello();
        this.#answer();
      },
      onAway: () => this.#intake.shut(),
    });
    this.#intake = new Intake({
      messaging,
      session: this.#session,
      claims: this.#claims,
      offer: this.#offer,
      run: (grant) => this.#attempts.run(grant, this.#attemptParts(grant)),
    });
    observeWorker(() => ({ slots, ...this.#attempts.load() }));
  }

  async start(): Promise<void> {
    const {
      scratch,
      requireSandbox,
      limits,
      prepared = 0,
      artefacts,
      messaging,
      log,
      slots,
      prefetch,
      memoryOf = () => NO_MEMORY,
    } = this.#parts;
    const [draining, closed] = [this.#lifecycle.entered("DRAINING"), this.#lifecycle.entered("CLOSED")];
    const confinement = await confine(scratch);
    if (requireSandbox) requireAll(confinement);
    this.#children = new ChildPool({ confinement, limits, folder: scratch, size: prepared, log });
    this.#children.prepare();
    const beside = { artefacts, scratch, log, children: this.#children, signal: draining };
    const { name, layers, missing, advice } = confinement;
    const sandbox = { way: name, layers: [...layers].join(" "), ...(missing.length > 0 && { missing: missing.join(" "), advice }) };
    await this.#offer.look();
    const { pairs, engine } = this.#offer.ability;
    const able = { office: engine.office ?? false };
    const [paint, revise] = [previewer(beside), reviser({ ...beside, memoryOf, runMs: limits.runMs })];
    this.#answering = new SideWork(async () => {
      using stack = new DisposableStack();
      stack.use(await messaging.answerPreviews(paint));
      stack.use(await messaging.answerRevisions(revise, able));
      return stack.move();
    });
    await this.#answering.begin();
    log.info({ workerId: this.#id, pairs: pairs.length, ...engine, sandbox }, "worker starts");
    this.#lifecycle.enter("TAKING");
    this.#loops = Promise.all([
      this.#session.run(closed),
      this.#attempts.beat(closed),
      this.#offer.watch(() => this.#offerChanged(), closed),
      ...Array.from({ length: slots + prefetch }, () => this.#intake.fillSlot(draining)),
    ]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#answering?.[Symbol.dispose]();
    this.#lifecycle.enter("DRAINING");
    await this.#attempts.settled(this.#parts.graceMs);
    this.#lifecycle.enter("RELEASING");
    this.#attempts.release();
    await this.#attempts.settled(RELEASE_MS);
    this.#lifecycle.enter("CLOSED");
    this.#intake.wake();
    this.#session.cancel();
    this.#claims.abandon();
    await this.#loops;
    await this.#children?.[Symbol.asyncDispose]();
  }

  /** Says what it can do, and takes invitations from then on if that is anything. */
  #sayHello(): void {
    const { slots, prefetch, classes = JOB_CLASSES } = this.#parts;
    const { ability } = this.#offer;
    const [pairs, formats] = [[...ability.pairs], [...ability.engine.formats]];
    const engine = { ...ability.engine, formats };
    const engines = (ability.engines ?? []).map(({ name, model, groups, follows, billed }, index) => ({
      ...{ name, model, own: index === 0, follows: [...follows], billed },
      languages: groups.map(({ sources, targets, ...has }) => ({ sources: [...sources], targets: [...targets], ...has })),
    }));
    this.#session.send({ case: "hello", value: { workerId: this.#id, slots, prefetch, pairs, engine, engines, classes: [...classes] } });
    if (canDoNothing(ability)) this.#intake.shut();
    else this.#intake.open();
  }

  /** Goes on with what an operator's drain had it leave; it may have been resumed while it was away. */
  #answer(): void {
    this.#answering?.begin().catch((error: unknown) => {
      this.#parts.log.warn({ err: asDragomanError(error).code }, "nothing is answered beside jobs in this session");
    });
  }

  #offerChanged(): void {
    // In a session that is being ended it says nothing more: the next one begins with it.
    if (this.#session.state === "OPEN") this.#sayHello();
  }

  #attemptParts({ jobId, attempt, tenantId, traceId }: Granted): ActiveAttemptParts {
    const { artefacts, scratch, limits, translators, run, log } = this.#parts;
    return {
      run,
      session: this.#session,
      artefacts,
      folder: path.join(scratch, `${jobId}-${attempt}`),
      children: this.#children as ChildPool,
      translators,
      runMs: limits.runMs,
      slot: (signal) => this.#slots.take(signal),
      log: log.child({ jobId, attempt, tenantId, traceId }),
    };
  }

  #receive(message: Incoming): void {
    if (!message.case) return;
    const { jobId, attempt } = message.value;
    if (message.case === "granted") {
      const isAwaited = this.#claims.answer(jobId, message.value);
      if (!isAwaited) this.#session.send({ case: "release", value: { jobId, attempt, reason: "CLAIM_TIMED_OUT" } });
    } else if (message.case === "refused" && attempt === 0)
      this.#claims.answer(jobId, message.value.reason === "NOT_SERVED" ? "unserved" : "refused");
    else this.#attempts.receive(message);
  }
}
