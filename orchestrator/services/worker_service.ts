import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { JobOptionsSchema } from "../../gen/dragoman/v1/job_pb.ts";
import {
  Budget,
  GetGlossaryTermsResponseSchema,
  type Hello,
  KeepUnitsResponseSchema,
  type OrchestratorMessage,
  OrchestratorMessageSchema,
  RecallUnitsResponseSchema,
  ReserveCharactersResponseSchema,
  TakeRateResponseSchema,
  type WorkerMessage,
  WorkerService,
} from "../../gen/dragoman/v1/worker_service_pb.ts";
import { KeyedQueue } from "../../platform/async/keyed_queue.ts";
import type { Instant } from "../../platform/clock.ts";
import { asDragomanError, DragomanError } from "../../platform/errors.ts";
import type { DuplexStream, Handlers } from "../../platform/grpc/server.ts";
import { LANGUAGE } from "../../platform/languages.ts";
import type { Logger } from "../../platform/log.ts";
import type { Callers } from "../access/callers.ts";
import { guarded, type Requires } from "../access/guard.ts";
import type { LastingCalls } from "../access/lasting_calls.ts";
import type { Seal } from "../access/sealed.ts";
import type { Tenants } from "../access/tenants.ts";
import type { Glossaries } from "../glossaries/glossaries.ts";
import { outputPrefix } from "../jobs/artefact_keys.ts";
import { isFor, type Offer } from "../jobs/capability.ts";
import type { JobRecord } from "../jobs/job.ts";
import { attemptTraceparent } from "../jobs/periods.ts";
import { POLICY, runDeadlineMs } from "../jobs/policy.ts";
import { pairsOf } from "../jobs/translation.ts";
import type { TranslationMemory } from "../memory/memory.ts";
import { orderFor } from "../policy/controls.ts";
import type { JobWriter } from "../scheduling/job_writer.ts";
import type { KnownControls } from "../scheduling/known_controls.ts";
import { command } from "../scheduling/orders.ts";
import { abilityOf, type Session, type Sessions } from "../scheduling/sessions.ts";
import type { Store } from "../store/store.ts";
import { areAdmitted } from "./admitted_pages.ts";
import { reserveCharacters, takeRate } from "./allowances.ts";
import { boundedEngines, servedBy } from "./engine_rules.ts";
import { pageOf } from "./glossary_service.ts";
import { commandOf } from "./reports.ts";
import { requireUnits } from "./unit_rules.ts";

/** Messages of one worker that are answered side by side. */
const MAX_AT_ONCE = 64;
const MAX_PAIRS = 2000;
const FORMAT = /^[a-z0-9_]{1,40}$/;
const MAX_FORMATS = 100;
/** Those of newer versions among them. */
const MAX_CLASSES = 50;
const CLASS = FORMAT;
/** In place of the attempt of a job whose claim is not committed yet. */
const BEING_CLAIMED = 0;
/** How long a worker that is handed over waits for what it has said to be answered. */
const HAND_OVER_DEADLINE_MS = 2_000;

const REQUIRES: Requires<typeof WorkerService> = {
  session: "worker",
  getGlossaryTerms: "worker",
  recallUnits: "worker",
  keepUnits: "worker",
  takeRate: "worker",
  reserveCharacters: "worker",
};

interface WorkerServiceParts {
  /** For passwords of documents. */
  readonly seal: Seal;
  readonly store: Store;
  readonly jobs: JobWriter;
  readonly sessions: Sessions;
  readonly controls: KnownControls;
  /** What all workers can do, here and elsewhere. */
  readonly offers: () => readonly Offer[];
  readonly callers: Callers;
  readonly lasting: LastingCalls;
  readonly memory: TranslationMemory;
  readonly glossaries: Glossaries;
  readonly tenants: Pick<Tenants, "of">;
  /** A tenant was billed more. */
  readonly onCharged: (tenantId: string) => void;
  readonly onSlots: () => void;
  /** A worker came or went. */
  readonly onSession: () => void;
  readonly log: Logger;
}

/** Serves workers: each message is one command on one job, answered by one message; those of one job in turn. */
export function workerService(parts: WorkerServiceParts): Handlers<typeof WorkerService> {
  const { store, sessions, controls, memory, glossaries, onSlots, onSession, log } = parts;
  return guarded(WorkerService, parts, REQUIRES, {
    async session(stream, context) {
      let session: Session | undefined;
      const queue = new KeyedQueue(MAX_AT_ONCE);
      try {
        for await (const { message } of stream.incoming) {
          if (message.case === "hello") {
            if (session) changeHello(session, message.value);
            else {
              session = openSession(message.value, { authorization: context.authorization, stream, queue, now: store.clock.now() });
              // Before it is offered anything. Its invitations may come ahead of this, and are refused then.
              command(session, orderFor(await controls.now().catch(() => controls.last), session.hello.workerId));
              sessions.open(session);
            }
            onSession();
            const { slots, pairs } = session.hello;
            const engines = session.hello.engines.map(({ name }) => name);
            const { formats, ocr } = session.hello.engine ?? {};
            log.info({ workerId: session.workerId, slots, pairs: pairs.length, engines, formats, ocr }, "worker connected");
            onSlots();
          } else if (session && message.case) {
            const current = session;
            await queue.add(message.value.jobId, async () => {
              await answer(parts, current, message).catch(stream.end);
              onSlots();
            });
          } else {
            throw DragomanError.of("INVALID_REQUEST", "A session starts with a Hello.");
          }
        }
      } catch (error) {
        if (!context.signal.aborted) throw error;
      } finally {
        await queue.finish();
        if (session) await closeSession(parts, session);
      }
    },
    async getGlossaryTerms({ tenantId, id, version, offset }) {
      const { glossary, terms } = await glossaries.terms(tenantId, id, version);
      const { sourceLanguage, targetLanguage } = glossary;
      const page = pageOf(terms, Math.max(0, offset), terms.length);
      return create(GetGlossaryTermsResponseSchema, { terms: page, termCount: terms.length, sourceLanguage, targetLanguage });
    },
    async recallUnits({ tenantId, units }) {
      requireUnits(units, { translated: false });
      return create(RecallUnitsResponseSchema, { units: await memory.recall(tenantId, units) });
    },
    async keepUnits({ tenantId, units }) {
      requireUnits(units, { translated: true });
      await memory.keep(tenantId, units);
      return create(KeepUnitsResponseSchema);
    },
    async takeRate(request) {
      return create(TakeRateResponseSchema, { waitMs: BigInt(await takeRate(store, request)) });
    },
    async reserveCharacters(request, { signal }) {
      const isMore = request.characters + request.ahead > 0n;
      if (isMore && !(await areAdmitted(parts, request.jobId, signal)))
        return create(ReserveCharactersResponseSchema, { exceeded: Budget.TENANT });
      const { effective } = await parts.tenants.of(request.tenantId);
      if (isMore) parts.onCharged(request.tenantId);
      return create(ReserveCharactersResponseSchema, { exceeded: await reserveCharacters(store, effective.charactersPerMonth, request) });
    },
  });
}

interface Connected {
  readonly authorization: string;
  readonly stream: DuplexStream<WorkerMessage, OrchestratorMessage>;
  readonly queue: KeyedQueue;
  readonly now: Instant;
}

function openSession(hello: Hello, { authorization, stream, queue, now }: Connected): Session {
  if (!/^[\x21-\x7e]{1,128}$/.test(hello.workerId))
    throw DragomanError.of("INVALID_REQUEST", "A worker's id has 1 to 128 visible ASCII characters.");
  const session: Session = {
    hello: bounded(hello),
    workerId: `${hello.workerId}/${fingerprint(authorization)}`,
    held: new Map(),
    draining: false,
    order: undefined,
    connectedAt: now,
    resume() {
      if (session.draining) return;
      // An older worker claims again in its next session only.
      if (session.hello.classes.length === 0) stream.end();
      else session.send({ case: "resume", value: {} });
    },
    end: () => stream.end(),
    async handOver() {
      session.draining = true;
      session.send({ case: "drain", value: {} });
      await Promise.race([queue.finish(), sleep(HAND_OVER_DEADLINE_MS, undefined, { ref: false })]);
      stream.end();
    },
    send: (message) => stream.send(create(OrchestratorMessageSchema, { message })),
  };
  return session;
}

/** A key's holder cannot take the leases of another's workers, though their ids can be read in any timeline. */
function fingerprint(authorization: string): string {
  return createHash("sha256")
    .update(authorization.replace(/^Bearer /i, ""))
    .digest("hex")
    .slice(0, 8);
}

/** Who can do nothing has no slots. What is offered to clients is language codes, whatever a worker says. */
function bounded(hello: Hello): Hello {
  const pairs = hello.pairs.filter(({ source, target }) => LANGUAGE.test(source) && LANGUAGE.test(target)).slice(0, MAX_PAIRS);
  const engines = boundedEngines(hello.engines);
  const { engine } = hello;
  if (engine) engine.formats = engine.formats.filter((format) => FORMAT.test(format)).slice(0, MAX_FORMATS);
  const translatesNothing = engines.length > 0 ? pairsOf(engines.map(servedBy)).length === 0 : pairs.length === 0;
  const nothing = translatesNothing || engine?.formats.length === 0;
  const slots = nothing ? 0 : Math.min(64, Math.max(1, hello.slots));
  const classes = hello.classes.filter((name) => CLASS.test(name)).slice(0, MAX_CLASSES);
  return { ...hello, pairs, engines, classes, slots, prefetch: nothing ? 0 : Math.min(8, Math.max(0, hello.prefetch)) };
}

function changeHello(session: Session, hello: Hello): void {
  if (hello.workerId !== session.hello.workerId) throw DragomanError.of("INVALID_REQUEST", "A session is one worker's.");
  session.hello = bounded(hello);
}

async function closeSession({ jobs, sessions, log, onSlots, onSession }: WorkerServiceParts, session: Session): Promise<void> {
  const current = sessions.close(session);
  onSession();
  log.info({ workerId: session.workerId, held: session.held.size }, "worker disconnected");
  if (current && !sessions.handedOver) {
    for (const [jobId, attempt] of session.held) {
      await jobs.apply(jobId, { kind: "disconnect", attempt }).catch((error: unknown) => {
        log.warn({ err: asDragomanError(error).code, jobId }, "lease left to expire");
      });
    }
  }
  onSlots();
}

async function answer(parts: WorkerServiceParts, session: Session, message: WorkerMessage["message"]): Promise<void> {
  const parsed = commandOf(message, session.workerId);
  if (!parsed) return;
  const { jobId, command, report } = parsed;
  // Its grant might not reach the worker any more. Unanswered, the invitation goes back to the queue.
  if (command.kind === "claim" && session.draining) return;
  // The invitation is for others.
  if (command.kind === "claim" && session.order) {
    session.send({ case: "refused", value: { jobId, attempt: BEING_CLAIMED, reason: "NOT_SERVED" } });
    return;
  }
  // It has the attempt already: the invitation came twice.
  if (command.kind === "claim" && (session.held.get(jobId) ?? BEING_CLAIMED) !== BEING_CLAIMED) {
    session.send({ case: "refused", value: { jobId, attempt: BEING_CLAIMED, reason: "NOT_CLAIMABLE" } });
    return;
  }
  // Before its commit, which has the dispatcher count the free slots.
  if (command.kind === "claim" && !session.held.has(jobId)) session.held.set(jobId, BEING_CLAIMED);
  try {
    if (command.kind === "claim") await requireServed(parts, jobId, session);
    const record = await parts.jobs.apply(jobId, command);
    if (command.kind === "claim") {
      session.held.set(jobId, record.job.attempt);
      session.send({ case: "granted", value: await granted(record, parts) });
      return;
    }
    const attempt = "attempt" in command ? command.attempt : 0;
    if (command.kind === "heartbeat") session.held.set(jobId, attempt);
    else session.held.delete(jobId);
    session.send({ case: "accepted", value: { jobId, attempt, report } });
  } catch (error) {
    const refusal = asDragomanError(error);
    const attempt = "attempt" in command ? command.attempt : BEING_CLAIMED;
    if (command.kind === "claim" && session.held.get(jobId) === attempt) session.held.delete(jobId);
    if (refusal.detail.retryable) throw refusal;
    if (session.held.get(jobId) === attempt) session.held.delete(jobId);
    session.send({ case: "refused", value: { jobId, attempt, reason: refusal.code } });
  }
}

/** Throws NOT_SERVED. */
async function requireServed({ jobs, offers }: WorkerServiceParts, jobId: string, { hello }: Session): Promise<void> {
  const job = await jobs.known(jobId);
  if (job && !isFor(abilityOf(hello), job.demand, offers())) throw DragomanError.of("NOT_SERVED", "The worker cannot do this job.");
}

async function granted(record: JobRecord, { seal, tenants }: WorkerServiceParts) {
  const { job } = record;
  const { effective } = await tenants.of(record.tenantId);
  const password = seal.open(record.sealedPassword, job.id);
  return {
    jobId: job.id,
    attempt: job.attempt,
    inputKey: record.inputKey,
    inputSha256: record.inputSha256,
    outputPrefix: outputPrefix(record),
    ...(job.options && { options: create(JobOptionsSchema, { ...job.options, password }) }),
    leaseExpireTime: timestampFromMs(record.leaseExpireAt ?? 0),
    leaseTtlMs: POLICY.leaseTtlMs,
    runDeadlineMs: BigInt(runDeadlineMs(job.options)),
    traceId: job.traceId,
    fileName: job.fileName,
    traceparent: attemptTraceparent(record),
    tenantId: record.tenantId,
    budgeted: (effective.charactersPerMonth ?? 0) > 0,
  };
}
