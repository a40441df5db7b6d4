import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { type Gateway, openGateway } from "../gateway/gateway.ts";
import { JobService } from "../gen/dragoman/v1/job_service_pb.ts";
import { WorkerService } from "../gen/dragoman/v1/worker_service_pb.ts";
import { type Orchestrator, openOrchestrator } from "../orchestrator/orchestrator.ts";
import type { Store } from "../orchestrator/store/store.ts";
import type { ArtefactStore } from "../platform/artefacts/artefacts.ts";
import { asDragomanError } from "../platform/errors.ts";
import { grpcClient } from "../platform/grpc/client.ts";
import { type Dependencies, openHealthServer } from "../platform/health.ts";
import { openLog } from "../platform/log.ts";
import type { Messaging } from "../platform/messaging/messaging.ts";
import { watchEventLoop } from "../platform/watchdog.ts";
import { runAttempt } from "../worker/attempt.ts";
import { openWay } from "../worker/sandbox/confinement.ts";
import { ratesIn, sharedAllowances } from "../worker/translators/allowances.ts";
import { engineOf } from "../worker/translators/drivers.ts";
import { TenantMemory } from "../worker/translators/memory/tenant_memory.ts";
import { openTranslators } from "../worker/translators/open_translators.ts";
import { StoredGlossaries } from "../worker/translators/terms/stored_glossaries.ts";
import { NO_TERMS } from "../worker/translators/terms/term_book.ts";
import { DragomanWorker } from "../worker/worker.ts";
import type { CommonConfig, GatewayConfig, OrchestratorConfig, WorkerConfig } from "./config.ts";
import { needShared, openArtefacts, openMessaging, openStore } from "./drivers.ts";
import { ownFolder } from "./own_folder.ts";

/** A key to ask the artefact store for, to see that it answers. */
const NO_ARTEFACT = "health";
const SILENCE_MS = 300_000;
const GATEWAY_GRACE_MS = 10_000;
const MAX_RUN_MS = 24 * 3600_000;

/** One orchestrator as a process of its own. */
export async function runOrchestrator(common: CommonConfig, config: OrchestratorConfig): Promise<Orchestrator> {
  needShared(common.drivers);
  const log = openLog("orchestrator");
  await using stack = new AsyncDisposableStack();
  stack.use(watchEventLoop("orchestrator"));
  const store: Store = stack.use(await openStore(common.drivers.store, log));
  const messaging = stack.use(await openMessaging(common.drivers.messaging, log));
  const artefacts = await openArtefacts(common.drivers.artefacts);
  const { port } = stack.use(await openOrchestrator({ store, messaging, artefacts, log, ...config }));
  await tellHealth(stack, common, dependenciesOf(store, messaging, artefacts));
  const owned = stack.move();
  return { port, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** One gateway as a process of its own. */
export async function runGateway(common: CommonConfig, config: GatewayConfig): Promise<Gateway> {
  needShared(common.drivers);
  await using stack = new AsyncDisposableStack();
  stack.use(watchEventLoop("gateway"));
  const artefacts = await openArtefacts(common.drivers.artefacts);
  const { httpPort, grpcPort } = stack.use(await openGateway({ artefacts, log: openLog("gateway"), graceMs: GATEWAY_GRACE_MS, ...config }));
  const orchestrator = stack.use(grpcClient(JobService, config.orchestrator));
  await tellHealth(stack, common, {
    artefacts: () => artefacts.size(NO_ARTEFACT),
    orchestrator: () => orchestrator.listLanguagePairs({}).catch(unlessRefused),
  });
  const owned = stack.move();
  return { httpPort, grpcPort, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Without a key an orchestrator refuses, and so it is there. */
function unlessRefused(error: unknown): void {
  if (asDragomanError(error).code !== "UNAUTHENTICATED") throw error;
}

/** What an orchestrator cannot serve without. */
export function dependenciesOf(store: Store, messaging: Messaging, artefacts: ArtefactStore): Dependencies {
  return {
    store: () => store.countInvited(),
    messaging: () => messaging.check(),
    artefacts: () => artefacts.size(NO_ARTEFACT),
  };
}

/** Serves health for as long as `stack` lives, where the configuration names a port for it. */
export async function tellHealth(stack: AsyncDisposableStack, { health }: CommonConfig, dependencies: Dependencies): Promise<void> {
  if (health) stack.use(await openHealthServer(health.host, health.port, dependencies));
}

/** One worker as a process of its own. */
export async function runWorker(common: CommonConfig, config: WorkerConfig): Promise<AsyncDisposable> {
  needShared(common.drivers);
  await using stack = new AsyncDisposableStack();
  stack.use(watchEventLoop("worker"));
  const messaging = stack.use(await openMessaging(common.drivers.messaging, openLog("worker")));
  const artefacts = await openArtefacts(common.drivers.artefacts);
  stack.use(await openWorker(common, config, messaging, artefacts));
  const orchestrator = stack.use(grpcClient(JobService, config.orchestrator));
  await tellHealth(stack, common, {
    messaging: () => messaging.check(),
    artefacts: () => artefacts.size(NO_ARTEFACT),
    orchestrator: () => orchestrator.listLanguagePairs({}).catch(unlessRefused),
  });
  return stack.move();
}

/** A worker on drivers that are open already, with the translation engines that are configured. */
export async function openWorker(
  { dataDirectory }: CommonConfig,
  config: WorkerConfig,
  messaging: Messaging,
  artefacts: ArtefactStore,
): Promise<AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const scratch = await ownScratch(path.join(dataDirectory, "scratch"));
  stack.defer(() => rm(scratch, { recursive: true, force: true }));
  const log = openLog("worker");
  const orchestrator = stack.use(grpcClient(WorkerService, config.orchestrator));
  const { apiKey } = config;
  const memory = { orchestrator, apiKey, log };
  const glossaries = new StoredGlossaries(orchestrator.getGlossaryTerms, apiKey);
  const translators = stack.use(
    openTranslators({
      engines: config.engines.map(engineOf),
      termsOf: (order) => glossaries.bookOf(order),
      allowances: sharedAllowances({
        orchestrator,
        apiKey,
        rates: new Map(config.engines.map((engine) => [engine.name, ratesIn(engine)])),
      }),
      memoryOf: async (order, book) => new TenantMemory(memory, order, book),
      log,
    }),
  );
  const worker = stack.use(
    new DragomanWorker({
      orchestrator: config.orchestrator,
      apiKey: config.apiKey,
      slots: config.slots,
      classes: config.classes,
      prefetch: 1,
      prepared: config.slots,
      translators,
      memoryOf: (order) => new TenantMemory(memory, order, NO_TERMS),
      messaging,
      run: runAttempt,
      artefacts,
      scratch,
      limits: { memoryBytes: config.memoryBytes, runMs: MAX_RUN_MS, silenceMs: SILENCE_MS, stepCpuMs: config.stepCpuMs },
      requireSandbox: config.requireSandbox,
      graceMs: config.graceMs,
      log,
    }),
  );
  await worker.start();
  return stack.move();
}

/** A folder for this process alone; what dead processes left beside it is removed. */
async function ownScratch(parent: string): Promise<string> {
  await ownFolder(parent);
  await openWay(parent);
  for (const name of await readdir(parent))
    if (name === String(process.pid) || !isAlive(Number(name))) await rm(path.join(parent, name), { recursive: true, force: true });
  return path.join(parent, String(process.pid));
}

function isAlive(pid: number): boolean {
  try {
    return Number.isInteger(pid) && pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
