import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { create, type DescMethod, type DescService, type Message, toJson } from "@bufbuild/protobuf";
import { pino } from "pino";
import { JobOptionsSchema, JobState } from "../../gen/dragoman/v1/job_pb.ts";
import { WorkerMessageSchema, WorkerService } from "../../gen/dragoman/v1/worker_service_pb.ts";
import { type Grant, issueKey } from "../../orchestrator/access/keys.ts";
import { Glossaries } from "../../orchestrator/glossaries/glossaries.ts";
import { uploadKey } from "../../orchestrator/jobs/artefact_keys.ts";
import { newJob } from "../../orchestrator/jobs/change.ts";
import { newId } from "../../orchestrator/jobs/id.ts";
import type { JobRecord } from "../../orchestrator/jobs/job.ts";
import { openOrchestrator } from "../../orchestrator/orchestrator.ts";
import { openSqliteStore } from "../../orchestrator/store/sqlite.ts";
import type { Store } from "../../orchestrator/store/store.ts";
import { openFileArtefacts } from "../../platform/artefacts/files.ts";
import { fromServiceError, grpcClient } from "../../platform/grpc/client.ts";
import { openMemoryMessaging } from "../../platform/messaging/memory.ts";
import { signUpload } from "../../platform/uploads.ts";
import type { Things } from "./rows.ts";

const SECRET = "test";
/** How long a stream of one's own jobs is listened to, which would not end by itself; a busy machine may take so long to refuse one. */
const LISTEN_MS = 400;
/** In all that another tenant has. */
export const CANARY = "canary";

/** What became of a call: the refusal, or what was answered. */
export interface Outcome {
  readonly code: string;
  readonly message: string;
  readonly answer: string;
}

/** Every service of the contract. */
export async function servicesOf(folder: URL): Promise<DescService[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith("_service_pb.ts"));
  const modules = await Promise.all(files.map((name) => import(new URL(name, folder).href)));
  return modules.flatMap((module: Record<string, { kind?: string }>) =>
    Object.values(module).filter((desc): desc is DescService => desc?.kind === "service"),
  );
}

/** One orchestrator, on which another tenant has something of everything. */
export async function openAccessService(services: readonly DescService[]) {
  await using stack = new AsyncDisposableStack();
  const logged: string[] = [];
  const log = pino({ level: "trace" }, { write: (line: string) => void logged.push(line) });
  const folder = await mkdtemp(path.join(tmpdir(), "dragoman-access-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const store = stack.use(openSqliteStore(":memory:"));
  const artefacts = await openFileArtefacts(path.join(folder, "artefacts"));
  const messaging = stack.use(openMemoryMessaging());
  const orchestrator = stack.use(
    await openOrchestrator({
      ...{ store, messaging, artefacts, log, uploadSecret: SECRET, host: "127.0.0.1", port: 0 },
      ...{ traceUi: "", measureTenants: false, retentionMs: 0, memory: { maxBytes: 1024 ** 2, keepDays: 0 } },
    }),
  );
  const address = `127.0.0.1:${orchestrator.port}`;
  const clients = new Map(services.map((service) => [service.typeName, stack.use(grpcClient(service, address))]));
  stack.use(await connectWorker(store, address));
  const sent = new Set<string>();
  const call = async (method: DescMethod, credential: string, request: object = {}): Promise<Outcome> => {
    const client = clients.get(method.parent.typeName) as unknown as Record<string, (...args: unknown[]) => unknown>;
    sent.add(credential);
    const options = { authorization: credential && `Bearer ${credential}` };
    try {
      return { code: "", message: "", answer: await answerOf(method, (...args) => client[method.localName]?.(...args), request, options) };
    } catch (thrown) {
      const { code, detail } = fromServiceError(thrown);
      return { code, message: detail.message, answer: "" };
    }
  };
  const issue = (grant: Partial<Grant> = {}) => issueKey(store, { tenantId: "ours", role: "client", ...grant });
  const owned = stack.move();
  return {
    ...{
      store,
      call,
      issue,
      logged,
      sent,
      theirs: await fill(store),
      nobodys: nobodys(),
      commit: (tenantId: string) => commit(store, tenantId),
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function answerOf(
  { methodKind, output }: DescMethod,
  begin: (...args: unknown[]) => unknown,
  request: object,
  options: object,
): Promise<string> {
  if (methodKind === "unary") return JSON.stringify(toJson(output, (await begin(request, options)) as Message));
  if (methodKind === "bidi_streaming") return sessionOf(begin(options) as ReturnType<typeof openSession>);
  const signal = AbortSignal.timeout(LISTEN_MS);
  const messages: unknown[] = [];
  try {
    for await (const message of begin(request, { ...options, signal }) as AsyncIterable<Message>) messages.push(toJson(output, message));
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return JSON.stringify(messages);
}

const openSession = (address: string, authorization: string) => grpcClient(WorkerService, address).session({ authorization });

function sessionOf(session: ReturnType<typeof openSession>): Promise<string> {
  return new Promise((resolve, reject) => {
    session.on("error", reject);
    session.resume();
    setTimeout(() => {
      session.cancel();
      resolve("");
    }, LISTEN_MS).unref();
  });
}

/** A worker that translates into Spanish, without which no job is taken. */
async function connectWorker(store: Store, address: string): Promise<AsyncDisposable> {
  const session = openSession(address, `Bearer ${await issueKey(store, { tenantId: "workers", role: "worker" })}`);
  session.on("error", () => undefined);
  const greeted = new Promise((resolve) => session.once("data", resolve));
  const hello = { workerId: "w", slots: 0, pairs: [{ source: "en", target: "es" }] };
  session.write(create(WorkerMessageSchema, { message: { case: "hello", value: hello } }));
  await Promise.race([greeted, sleep(200)]);
  return { [Symbol.asyncDispose]: async () => session.cancel() };
}

function recordOf(tenantId: string): JobRecord {
  const options = create(JobOptionsSchema, { targetLanguage: "es", sourceLanguage: "en", labels: { of: tenantId } });
  const file = { fileName: `${tenantId}.txt`, sizeBytes: 1, inputKey: uploadKey(tenantId, newId(tenantId)) };
  const record = newJob({ id: newId(tenantId), tenantId, ...file, options, traceparent: "", traceUrl: "" }, Date.now());
  return { ...record, timerAt: null };
}

async function commit(store: Store, tenantId: string, state: JobState = JobState.QUEUED): Promise<string> {
  const record = recordOf(tenantId);
  await store.commit({ record: { ...record, job: { ...record.job, state } }, expectedVersion: 0n, outbox: [] });
  return record.job.id;
}

/** Something of everything, of the tenant `canary`. */
async function fill(store: Store): Promise<Things> {
  const tenantId = CANARY;
  const uploadId = newId(tenantId);
  await store.saveUpload({ id: uploadId, tenantId, fileName: `${CANARY}.txt`, expireAt: Date.now() + 3600_000 });
  const key = await issueKey(store, { tenantId, role: "client", name: CANARY });
  const webhookId = newId(tenantId);
  const webhook = { id: webhookId, tenantId, url: `https://${CANARY}.example/`, events: [], description: CANARY };
  await store.saveEndpoint({ ...webhook, secrets: [{ sealed: "" }], createdAt: Date.now(), version: 1 }, 9);
  const glossary = { tenantId, name: CANARY, sourceLanguage: "en", targetLanguage: "es" };
  const { id: glossaryId } = await new Glossaries(store).create(glossary as never, { terms: [], skipped: 0 });
  return {
    ...{ tenantId, webhookId, uploadId, glossaryId, partsToken: partsToken(tenantId), keyId: key.split("_")[1] ?? "" },
    ...{ jobId: await commit(store, tenantId), finishedJobId: await commit(store, tenantId, JobState.CANCELLED) },
  };
}

function nobodys(): Things {
  const id = () => newId(CANARY);
  return {
    ...{
      tenantId: "nobody",
      webhookId: id(),
      uploadId: id(),
      glossaryId: id(),
      partsToken: "none",
      keyId: "0".repeat(16),
      jobId: id(),
      finishedJobId: id(),
    },
  };
}

function partsToken(tenantId: string): string {
  const multipart = { id: "none", partBytes: 1 };
  return signUpload(
    { key: uploadKey(tenantId, newId(tenantId)), maxBytes: 1, expireAt: Date.now() + 3600_000, md5: "", multipart },
    SECRET,
  );
}
