import { JobService } from "../gen/dragoman/v1/job_service_pb.ts";
import { UploadService } from "../gen/dragoman/v1/upload_service_pb.ts";
import { WorkerService } from "../gen/dragoman/v1/worker_service_pb.ts";
import type { ArtefactStore } from "../platform/artefacts/artefacts.ts";
import type { Clock } from "../platform/clock.ts";
import { type GrpcServer, openGrpcServer, serve } from "../platform/grpc/server.ts";
import type { Logger } from "../platform/log.ts";
import type { Messaging } from "../platform/messaging/messaging.ts";
import { dispatch, sweep } from "./scheduling/dispatcher.ts";
import { Jobs } from "./scheduling/jobs.ts";
import { Loop } from "./scheduling/loop.ts";
import { relayOutbox } from "./scheduling/relay.ts";
import { jobService } from "./services/job_service.ts";
import { removeExpiredUploads, uploadService } from "./services/upload_service.ts";
import { Sessions, workerService } from "./services/worker_service.ts";
import type { Store } from "./store/store.ts";

export interface OrchestratorParts {
  readonly store: Store;
  readonly messaging: Messaging;
  readonly artefacts: ArtefactStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** Signs upload URLs; the gateway holds the same. */
  readonly uploadSecret: string;
  readonly host: string;
  readonly port: number;
}

/** Starts the one authority on job state. Closing it stops its loops, then its server. */
export async function openOrchestrator(parts: OrchestratorParts): Promise<GrpcServer> {
  const { store, messaging, artefacts, clock, log } = parts;
  await using stack = new AsyncDisposableStack();
  const sessions = new Sessions();
  const jobs = new Jobs(store, clock, log, () => {
    relay.kick();
    dispatcher.kick();
  });
  const relay = stack.use(new Loop("relay", 1000, () => relayOutbox(store, messaging), log));
  const dispatcher = stack.use(new Loop("dispatcher", 1000, () => dispatch(store, jobs, () => sessions.freeSlots()), log));
  stack.use(new Loop("sweeper", 250, () => sweep(store, jobs, clock.now()), log));
  stack.use(new Loop("uploads", 60_000, () => removeExpiredUploads(store, artefacts, clock.now()), log));
  stack.use(messaging.subscribe({ cancels: ({ jobId, attempt }) => sessions.cancel(jobId, attempt) }));
  const server = stack.use(
    await openGrpcServer(
      parts.host,
      parts.port,
      [
        serve(JobService, jobService({ store, jobs, messaging, artefacts, sessions, clock })),
        serve(UploadService, uploadService(store, clock, parts.uploadSecret)),
        serve(WorkerService, workerService({ store, jobs, sessions, onSlots: () => dispatcher.kick(), log })),
      ],
      log,
    ),
  );
  relay.kick();
  const owned = stack.move();
  return { port: server.port, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
