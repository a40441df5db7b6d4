import { setTimeout as sleep } from "node:timers/promises";
import { AdminService } from "../gen/dragoman/v1/admin_service_pb.ts";
import { GlossaryService } from "../gen/dragoman/v1/glossary_service_pb.ts";
import { JobService } from "../gen/dragoman/v1/job_service_pb.ts";
import { KeyService } from "../gen/dragoman/v1/key_service_pb.ts";
import { MemoryService } from "../gen/dragoman/v1/memory_service_pb.ts";
import { SettingsService } from "../gen/dragoman/v1/settings_service_pb.ts";
import { UploadService } from "../gen/dragoman/v1/upload_service_pb.ts";
import { WebhookService } from "../gen/dragoman/v1/webhook_service_pb.ts";
import { WorkerService } from "../gen/dragoman/v1/worker_service_pb.ts";
import type { ArtefactStore } from "../platform/artefacts/artefacts.ts";
import { Loop } from "../platform/async/loop.ts";
import type { Instant } from "../platform/clock.ts";
import { openGrpcServer, register } from "../platform/grpc/server.ts";
import type { Logger } from "../platform/log.ts";
import type { Messaging, OutboxMessage } from "../platform/messaging/messaging.ts";
import { Callers } from "./access/callers.ts";
import { LimitsOfJobs } from "./access/job_limits.ts";
import { JobTokens } from "./access/job_tokens.ts";
import { KeyUses } from "./access/key_uses.ts";
import { LastingCalls } from "./access/lasting_calls.ts";
import { Seal } from "./access/sealed.ts";
import { Tenants } from "./access/tenants.ts";
import { Glossaries } from "./glossaries/glossaries.ts";
import type { JobRecord } from "./jobs/job.ts";
import { POLICY } from "./jobs/policy.ts";
import { ageLimiter, TranslationMemory } from "./memory/memory.ts";
import { JobMetrics, observeService } from "./metrics.ts";
import type { JobOwner } from "./policy/charges.ts";
import { openClasses } from "./policy/controls.ts";
import { DEFAULT_LIMITS, type Limits } from "./policy/limits.ts";
import { PLAIN_ORDER } from "./policy/order.ts";
import { oldAuditRemover } from "./scheduling/audit_keeping.ts";
import { Deletion, forgottenEvent } from "./scheduling/deletion.ts";
import { Dispatcher } from "./scheduling/dispatcher.ts";
import { Fleet } from "./scheduling/fleet.ts";
import { cutOffRemover, removeGarbage } from "./scheduling/garbage.ts";
import { inPublishSpans } from "./scheduling/job_spans.ts";
import { JobTimers, restart } from "./scheduling/job_timers.ts";
import { JobWriter } from "./scheduling/job_writer.ts";
import { KnownControls } from "./scheduling/known_controls.ts";
import { obey } from "./scheduling/orders.ts";
import { Sessions } from "./scheduling/sessions.ts";
import { adminService } from "./services/admin/admin_service.ts";
import { OperationRunner } from "./services/admin/operation_runner.ts";
import { Admission } from "./services/admission.ts";
import { glossaryService } from "./services/glossary_service.ts";
import { intakeOf } from "./services/intake.ts";
import { jobService } from "./services/job_service.ts";
import { keyService } from "./services/key_service.ts";
import { type MemoryLimits, memoryService } from "./services/memory_service.ts";
import { QuotaWarnings, warningEvent } from "./services/quota_warnings.ts";
import { settingsService } from "./services/settings_service.ts";
import { uploadService } from "./services/upload_service.ts";
import { webhookService } from "./services/webhook_service.ts";
import { workerService } from "./services/worker_service.ts";
import type { Store } from "./store/store.ts";
import { DEFAULTS, type WebhookConfig } from "./webhooks/config.ts";
import { openWebhooks } from "./webhooks/open.ts";

export interface OrchestratorParts {
  readonly store: Store;
  readonly messaging: Messaging;
  readonly artefacts: ArtefactStore;
  readonly log: Logger;
  /** Signs upload URLs, for which the gateway holds the same; passwords of documents are sealed by it. */
  readonly uploadSecret: string;
  /** Where traces are looked at (Jaeger's origin); empty for nowhere. */
  readonly traceUi: string;
  /** Whether metrics carry tenants' names: only where these are few. */
  readonly measureTenants: boolean;
  /** How long jobs are kept after their end, in milliseconds; 0 for ever. */
  readonly retentionMs: number;
  /** How long an upload is kept that becomes no job, in milliseconds; a day, which is the most, if not given. */
  readonly uploadAgeMs?: number;
  /** How long the audit log keeps its entries, in milliseconds; for ever for 0, or if not given. */
  readonly auditMs?: number;
  /** How long it can be read that a job was deleted, in days; 90 if not given. */
  readonly receiptDays?: number;
  /** From how many megabytes on a document is work of the class `large`; never for 0, or if not given. */
  readonly largeMb?: number;
  /** What every tenant may have and do of which nothing else was set. */
  readonly limits?: Limits;
  /** For how many days a day's usage is kept; 400 if not given. */
  readonly usageDays?: number;
  /** How much older a waiting job is taken to be, or younger, by its priority. */
  readonly priorityAgeMs?: number;
  readonly webhooks?: WebhookConfig;
  /** Of each tenant's memory of translations. */
  readonly memory: MemoryLimits;
  readonly host: string;
  readonly port: number;
}

export interface Orchestrator extends AsyncDisposable {
  readonly port: number;
}

/** What an ended stream takes to reach its worker. */
const HAND_OVER_MS = 200;

/** Starts one of the equals that have authority over job state; any of them answers any call about any job. Closing it stops its loops, then its server. */
export async function openOrchestrator(parts: OrchestratorParts): Promise<Orchestrator> {
  const { store, messaging, artefacts, log } = parts;
  await using stack = new AsyncDisposableStack();
  const sessions = new Sessions();
  const fleet = stack.use(new Fleet(store, store.clock, sessions));
  const metrics = new JobMetrics(parts.measureTenants);
  const { limits = DEFAULT_LIMITS, priorityAgeMs = PLAIN_ORDER.priorityAgeMs, uploadAgeMs = POLICY.uploadTtlMs } = parts;
  const tenants = new Tenants(store, limits);
  const limitsOfJobs = new LimitsOfJobs(store, tenants);
  const limitsOf = (owner: JobOwner) => limitsOfJobs.of(owner);
  const onCommit = () => {
    relay.kick();
    dispatcher.kick();
  };
  const { retentionMs, usageDays } = parts;
  const order = { priorityAgeMs, limits };
  const onCharged = (tenantId: string) => warnings.mark(tenantId);
  const jobs = new JobWriter({ store, log, metrics, retentionMs, usageDays, limitsOf, order, onCommit, onCharged });
  const seal = new Seal(parts.uploadSecret);
  const { endpoints, webhooks, refusal } = openWebhooks(stack, { store, seal, tenants, config: parts.webhooks ?? DEFAULTS, log });
  const warnings = new QuotaWarnings({
    store,
    limitsOf: async (tenantId) => (await tenants.of(tenantId)).effective,
    tell: (warning) => webhooks.tell(warningEvent(warning)),
  });
  stack.use(new Loop("quota warnings", 1000, () => warnings.step(), log));
  const publish = async (messages: readonly OutboxMessage[]) => {
    await webhooks.owe(messages);
    const started = performance.now();
    const { full } = await inPublishSpans(messages, messaging.system, (spanned) => messaging.publish(spanned));
    metrics.published((performance.now() - started) / 1000);
    if (full) fleet.pauseIntake();
  };
  const relay = stack.use(new Loop("relay", 1000, () => store.relay(publish), log));
  const controls = new KnownControls(store);
  observeService(store, fleet, store.clock, () => controls.now());
  const classes = async () => openClasses(await controls.now());
  const dispatching = new Dispatcher({ queue: store, jobs, offers: () => fleet.offers(), classes, limits });
  const dispatcher = stack.use(new Loop("dispatcher", 1000, () => dispatching.step(), log));
  const announcer = stack.use(new Loop("announcer", 1000, () => fleet.announce(), log));
  if (!store.shared) await restart(store, jobs);
  const orders = stack.use(new Loop("orders", 500, async () => obey(sessions, { jobs, log }, await controls.now()), log));
  const intake = intakeOf(controls, tenants);
  const onControls = () => {
    orders.kick();
    dispatcher.kick();
  };
  const removeCutOff = cutOffRemover(artefacts);
  const lookEveryMs = Math.min(60_000, uploadAgeMs);
  const garbage = stack.use(new Loop("garbage", lookEveryMs, () => removeGarbage(store, artefacts, store.clock.now()), log));
  const removeOldAudit = oldAuditRemover(store, parts.auditMs ?? 0);
  stack.use(new Loop("audit log", 60_000, () => removeOldAudit(store.clock.now()), log));
  stack.use(new Loop("puts that were cut off", 60_000, () => removeCutOff(store.clock.now()), log));
  const memory = new TranslationMemory(store, parts.memory.maxBytes);
  const deletion = new Deletion(store, memory, parts.receiptDays ?? 90, (receipt) => {
    garbage.kick();
    // Nothing is owed: whoever watches looks at the store as well, only later.
    messaging.publish([forgottenEvent(receipt)]).catch(() => undefined);
  });
  const timed = {
    ...{ clock: store.clock, due: store.due.bind(store), underWay: store.underWay.bind(store) },
    forget: (record: JobRecord, now: Instant) => deletion.forget(record, { now }),
  };
  const timers = new JobTimers(timed, jobs, fleet);
  stack.use(new Loop("timers", 250, () => timers.step(), log));
  const forgetOld = ageLimiter(store, memory, parts.memory.keepDays);
  stack.use(new Loop("memories", 60_000, () => forgetOld(store.clock.now()), log));
  stack.use(await messaging.subscribe({ cancels: ({ jobId, attempt }) => sessions.cancel(jobId, attempt) }));
  const tokens = new JobTokens(parts.uploadSecret);
  const callers = new Callers({ store, tokens, uses: stack.use(new KeyUses(store, log)) });
  const lasting = stack.use(new LastingCalls(callers, log));
  const gate = { store, callers, lasting };
  const glossaries = new Glossaries(store);
  const ways = { seal, traceUi: parts.traceUi, largeMb: parts.largeMb ?? 0, webhookRefusal: refusal };
  const creation = { store, jobs, artefacts, fleet, intake, glossaries, deletion, ...ways };
  const runner = new OperationRunner(creation);
  const operations: Loop = stack.use(new Loop("operations", 1000, async () => void ((await runner.step()) && operations.kick()), log));
  const onSlots = () => dispatcher.kick();
  const server = stack.use(
    await openGrpcServer(
      parts.host,
      parts.port,
      [
        register(
          JobService,
          jobService({
            ...creation,
            messaging,
            ...gate,
            tenants,
            controls,
            admission: new Admission(),
          }),
        ),
        register(UploadService, uploadService({ ...gate, artefacts, uploadSecret: parts.uploadSecret, limitsOf, intake, uploadAgeMs })),
        register(MemoryService, memoryService(gate, memory, parts.memory)),
        register(SettingsService, settingsService(gate, fleet)),
        register(KeyService, keyService({ ...gate, tokens })),
        register(
          AdminService,
          adminService({ ...gate, tenants, creation, fleet, controls, onControls, onOperation: () => operations.kick() }),
        ),
        register(GlossaryService, glossaryService(gate, glossaries)),
        register(WebhookService, webhookService(gate, { endpoints, webhooks, refusal })),
        register(
          WorkerService,
          workerService({
            seal,
            jobs,
            sessions,
            controls,
            offers: () => fleet.offers(),
            ...gate,
            memory,
            glossaries,
            tenants,
            onCharged,
            onSlots,
            onSession: () => announcer.kick(),
            log,
          }),
        ),
      ],
      log,
      { facts: { "store.durable": store.durable } },
    ),
  );
  // Before the server closes: its workers go elsewhere, their jobs untouched.
  stack.defer(async () => {
    server.stopServing();
    await sessions.handOver();
    await sleep(HAND_OVER_MS);
  });
  announcer.kick();
  relay.kick();
  const owned = stack.move();
  return { port: server.port, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
