import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { Job, JobOptionsSchema } from "../../gen/dragoman/v1/job_pb.ts";
import { CreateJobRequestSchema, JobService } from "../../gen/dragoman/v1/job_service_pb.ts";
import { UploadService } from "../../gen/dragoman/v1/upload_service_pb.ts";
import {
  type OrchestratorMessage,
  type WorkerMessage,
  WorkerMessageSchema,
  WorkerService,
} from "../../gen/dragoman/v1/worker_service_pb.ts";
import { issueKey } from "../../orchestrator/access/keys.ts";
import { openOrchestrator } from "../../orchestrator/orchestrator.ts";
import { openSqliteStore } from "../../orchestrator/store/sqlite.ts";
import type { Store } from "../../orchestrator/store/store.ts";
import type { ArtefactStore } from "../../platform/artefacts/artefacts.ts";
import { openFileArtefacts } from "../../platform/artefacts/files.ts";
import { isFinal } from "../../platform/final.ts";
import { type GrpcClient, grpcClient } from "../../platform/grpc/client.ts";
import { openLog } from "../../platform/log.ts";
import { openMemoryMessaging } from "../../platform/messaging/memory.ts";
import type { Messaging } from "../../platform/messaging/messaging.ts";
import { verifyUpload } from "../../platform/uploads.ts";
import { eventually } from "./service.ts";

export const testLog = openLog("test", process.env["TEST_LOGS"] ? "info" : "silent");

type Hello = Extract<NonNullable<MessageInitShape<typeof WorkerMessageSchema>["message"]>, { case: "hello" }>["value"];

/** A worker of the test's own, which says what it is told to and works nothing. */
export interface FakeWorker {
  send(message: NonNullable<MessageInitShape<typeof WorkerMessageSchema>["message"]>): void;
  /** What it heard, in order. */
  readonly heard: OrchestratorMessage["message"][];
  /** Waits for the first message of this kind that `accepts` does. */
  hear<C extends Exclude<OrchestratorMessage["message"]["case"], undefined>>(
    kind: C,
    accepts?: (value: Extract<OrchestratorMessage["message"], { case: C }>["value"]) => boolean,
  ): Promise<Extract<OrchestratorMessage["message"], { case: C }>["value"]>;
  /** Whether its stream has ended. */
  readonly ended: boolean;
  hangUp(): void;
}

/** An orchestrator in this process, on embedded drivers where the test brings no others. */
export interface TestOrchestrator extends AsyncDisposable {
  readonly store: Store;
  readonly messaging: Messaging;
  readonly artefacts: ArtefactStore;
  readonly folder: string;
  readonly port: number;
  readonly workerKey: string;
  readonly jobs: GrpcClient<typeof JobService>;
  readonly caller: { readonly authorization: string };
  /** Makes a job once its languages are offered; from English to Spanish if nothing else is said. */
  create(content: Uint8Array | string, options?: MessageInitShape<typeof JobOptionsSchema>, fileName?: string): Promise<string>;
  until(id: string, accepts: (job: Job) => boolean, deadlineMs?: number): Promise<Job>;
  /** With `workerKey` if no other is given. */
  fakeWorker(hello: Hello, apiKey?: string): FakeWorker;
  /** Stops the orchestrator; all else goes on. */
  close(): Promise<void>;
}

export async function openTestOrchestrator(
  wrap: (messaging: Messaging) => Messaging = (messaging) => messaging,
  wrapStore: (store: Store) => Store = (store) => store,
): Promise<TestOrchestrator> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), "dragoman-orchestrator-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const store = wrapStore(stack.use(openSqliteStore(path.join(folder, "jobs.db"))));
  const messaging = wrap(stack.use(openMemoryMessaging()));
  const artefacts = await openFileArtefacts(path.join(folder, "artefacts"));
  const uploadSecret = "test";
  const drivers = { store, messaging, artefacts, log: testLog };
  const orchestrator = await openOrchestrator({
    ...drivers,
    ...{
      uploadSecret,
      host: "127.0.0.1",
      port: 0,
      traceUi: "",
      measureTenants: false,
      retentionMs: 0,
      memory: { maxBytes: 1024 ** 2, keepDays: 0 },
    },
  });
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= Promise.resolve(orchestrator[Symbol.asyncDispose]());
    return closing;
  };
  stack.defer(close);
  const address = `127.0.0.1:${orchestrator.port}`;
  const [jobs, uploads, workers] = [
    stack.use(grpcClient(JobService, address)),
    stack.use(grpcClient(UploadService, address)),
    stack.use(grpcClient(WorkerService, address)),
  ];
  const workerKey = await issueKey(store, { tenantId: "local", role: "worker" });
  const caller = { authorization: `Bearer ${await issueKey(store, { tenantId: "t", role: "client" })}` };
  const owned = stack.move();
  return {
    ...{ store, messaging, artefacts, folder, workerKey, jobs, caller, close },
    port: orchestrator.port,
    async create(content, given = {}, fileName = "") {
      const options = { sourceLanguage: "en", targetLanguage: "es", ...given };
      const upload = await uploads.createUpload({ fileName }, caller);
      const grant = verifyUpload(upload.url.slice("/uploads/".length), uploadSecret, Date.now());
      if (!grant) throw new Error("no grant");
      await artefacts.put(grant.key, [Buffer.from(content)] as never, grant);
      const offered = async () => (await jobs.listLanguagePairs({}, caller)).pairs;
      await eventually(async () => (await offered()).some(({ target }) => target === options.targetLanguage));
      return (await jobs.createJob(create(CreateJobRequestSchema, { uploadId: upload.id, options }), caller)).id;
    },
    async until(id, accepts, deadlineMs = 80_000) {
      for await (const job of jobs.watchJob({ id }, { ...caller, signal: AbortSignal.timeout(deadlineMs) })) if (accepts(job)) return job;
      throw new Error("the job ended first");
    },
    fakeWorker: (hello, apiKey = workerKey) => fakeWorker(workers.session({ authorization: `Bearer ${apiKey}` }), hello, owned),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

type Stream = ReturnType<GrpcClient<typeof WorkerService>["session"]>;

function fakeWorker(stream: Stream, hello: Hello, stack: AsyncDisposableStack): FakeWorker {
  const heard: OrchestratorMessage["message"][] = [];
  let ended = false;
  stream.on("error", () => undefined);
  stream.on("data", ({ message }: OrchestratorMessage) => heard.push(message));
  stream.on("close", () => {
    ended = true;
  });
  stream.on("end", () => {
    ended = true;
  });
  stack.defer(() => stream.cancel());
  const send: FakeWorker["send"] = (message) => void stream.write(create(WorkerMessageSchema, { message }) as WorkerMessage);
  send({ case: "hello", value: hello });
  return {
    ...{ send, heard },
    get ended() {
      return ended;
    },
    async hear(kind, accepts = () => true) {
      const find = () => heard.find((message) => message.case === kind && accepts(message.value as never));
      await eventually(async () => find() !== undefined);
      return find()?.value as never;
    },
    hangUp: () => stream.cancel(),
  };
}

export const finished = ({ state }: Job): boolean => isFinal(state);
