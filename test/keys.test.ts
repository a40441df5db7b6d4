import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { Dragoman } from "../client/dragoman.ts";
import { openGateway } from "../gateway/gateway.ts";
import { ArtefactSchema, JobOptionsSchema, JobState, ResultFormat } from "../gen/dragoman/v1/job_pb.ts";
import { JobService } from "../gen/dragoman/v1/job_service_pb.ts";
import { WorkerMessageSchema, WorkerService } from "../gen/dragoman/v1/worker_service_pb.ts";
import { type Grant, issueKey, revokeKey } from "../orchestrator/access/keys.ts";
import { outputKey } from "../orchestrator/jobs/artefact_keys.ts";
import { newJob } from "../orchestrator/jobs/change.ts";
import { newId } from "../orchestrator/jobs/id.ts";
import type { JobRecord } from "../orchestrator/jobs/job.ts";
import { openOrchestrator } from "../orchestrator/orchestrator.ts";
import type { Role } from "../orchestrator/policy/scopes.ts";
import { openRedisStore } from "../orchestrator/store/redis.ts";
import { openFileArtefacts } from "../platform/artefacts/files.ts";
import { fromServiceError, grpcClient } from "../platform/grpc/client.ts";
import { openLog } from "../platform/log.ts";
import { openMemoryMessaging } from "../platform/messaging/memory.ts";
import { startRedis } from "./servers/redis.ts";

const log = openLog("test", process.env["TEST_LOGS"] ? "info" : "silent");
/** Within a second, and what a busy machine takes to notice. */
const SOON_MS = 8_000;
const DOCUMENT_BYTES = 64 * 1024 * 1024;

/** Two orchestrators on one Redis, each with its own connection, and a gateway before both. */
async function openService() {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), "dragoman-keys-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const redis = stack.use(await startRedis());
  const artefacts = await openFileArtefacts(path.join(folder, "artefacts"));
  const messaging = stack.use(openMemoryMessaging());
  const addresses: string[] = [];
  for (const _ of ["one", "other"]) {
    const store = stack.use(await openRedisStore(redis.url, log));
    const common = {
      uploadSecret: "test",
      host: "127.0.0.1",
      port: 0,
      traceUi: "",
      measureTenants: false,
      retentionMs: 0,
      memory: { maxBytes: 1024 ** 2, keepDays: 0 },
    };
    addresses.push(`127.0.0.1:${stack.use(await openOrchestrator({ store, messaging, artefacts, log, ...common })).port}`);
  }
  const store = stack.use(await openRedisStore(redis.url, log));
  const gateway = stack.use(
    await openGateway({
      ...{ orchestrator: addresses.join(","), artefacts, uploadSecret: "test", host: "127.0.0.1", httpPort: 0, grpcPort: 0 },
      ...{ graceMs: 0, corsOrigins: [], tls: undefined, log },
    }),
  );
  const owned = stack.move();
  const issue = async (role: Role = "client", rest: Pick<Grant, "expireAt" | "scopes"> = {}) => {
    const key = await issueKey(store, { tenantId: "t", role, ...rest });
    const revoke = () => revokeKey(store, key.split("_")[1] ?? "");
    return { key, authorization: `Bearer ${key}`, revoke };
  };
  return {
    ...{ store, artefacts, addresses, issue, url: `http://127.0.0.1:${gateway.httpPort}` },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function aJob(change: Partial<JobRecord["job"]> = {}): JobRecord {
  const origin = { id: newId("t"), tenantId: "t", inputKey: "k", fileName: "letter.txt", sizeBytes: 1, traceparent: "", traceUrl: "" };
  const record = newJob({ ...origin, options: create(JobOptionsSchema, { targetLanguage: "es" }) }, Date.now() + 3600_000);
  return { ...record, timerAt: null, job: { ...record.job, ...change } };
}

/** What the stream ends with; fails where it does not end soon. */
async function endOf(stream: AsyncIterable<unknown>): Promise<string> {
  const late = AbortSignal.timeout(SOON_MS);
  const read = async () => {
    for await (const _ of stream) if (late.aborted) break;
    return "nothing";
  };
  const never = new Promise<string>((resolve) => late.addEventListener("abort", () => resolve("no end")));
  return Promise.race([read().catch((error: unknown) => fromServiceError(error).code), never]);
}

/** What the stream ends with when `revoke` is called after its first message. */
async function endAfter(stream: AsyncIterable<unknown>, revoke: () => Promise<void>): Promise<string> {
  const iterator = stream[Symbol.asyncIterator]();
  await iterator.next();
  await revoke();
  return endOf({ [Symbol.asyncIterator]: () => iterator });
}

describe("a key", () => {
  let service: Awaited<ReturnType<typeof openService>>;
  before(async () => {
    service = await openService();
  });
  after(() => service[Symbol.asyncDispose]());

  it("is told what it may, and comes in where it may not read", async () => {
    const { key, authorization } = await service.issue("client", { scopes: ["admin"] });
    const ask = (path: string, init: RequestInit = {}) =>
      fetch(`${service.url}${path}`, { ...init, headers: { authorization, "content-type": "application/json" } });
    expect(await (await ask("/whoami")).json()).to.deep.include({ tenantId: "t", keyId: key.split("_")[1], scopes: ["admin"] });
    expect((await ask("/settings", { method: "PUT", body: "{}" })).status).to.equal(200);
    expect((await ask("/jobs")).status).to.equal(403);
  });
});

describe("a token for one job", () => {
  let service: Awaited<ReturnType<typeof openService>>;
  before(async () => {
    service = await openService();
  });
  after(() => service[Symbol.asyncDispose]());

  const ask = (path: string, credential: string, init: RequestInit = {}) =>
    fetch(`${service.url}${path}`, { ...init, headers: { authorization: `Bearer ${credential}`, "content-type": "application/json" } });
  async function stored(record: JobRecord): Promise<string> {
    expect(await service.store.commit({ record, expectedVersion: 0n, outbox: [] })).to.equal(true);
    return record.job.id;
  }
  async function tokenFor(id: string, key: string, request: object = {}): Promise<string> {
    const answer = await ask(`/jobs/${id}/tokens`, key, { method: "POST", body: JSON.stringify(request) });
    expect(answer.status).to.equal(200);
    return ((await answer.json()) as { token: string }).token;
  }

  it("reads its job, follows it and downloads its result, and does nothing else", async () => {
    const artefact = create(ArtefactSchema, {
      ...{ format: ResultFormat.TEXT, fileName: "letter.es.txt", mediaType: "text/plain", sizeBytes: 4n, sha256: "0".repeat(64) },
    });
    const record = aJob({ state: JobState.SUCCEEDED, artefacts: [artefact] });
    await service.artefacts.put(outputKey(record, artefact), [Buffer.from("hola")] as never, { maxBytes: 4 });
    const [id, other] = [await stored(record), await stored(aJob())];
    const { key } = await service.issue();
    const token = await tokenFor(id, key);
    expect(await (await ask(`/jobs/${id}`, token)).json()).to.include({ id });
    expect(await (await ask(`/jobs/${id}/events`, token)).text()).to.contain(id);
    expect(await (await ask(`/jobs/${id}/result?format=text`, token)).text()).to.equal("hola");
    expect(await (await ask("/whoami", token)).json()).to.include({ jobId: id, mayCancel: false, tenantId: "t" });
    for (const path of [`/jobs/${other}`, `/jobs/${other}/events`, `/jobs/${other}/result`])
      expect((await ask(path, token)).status, path).to.equal(404);
    for (const path of ["/jobs", `/jobs/${id}/explanation`, "/languages", "/settings", "/usage"])
      expect((await ask(path, token)).status, path).to.equal(403);
    for (const path of [`/jobs/${id}/cancel`, `/jobs/${id}/retry`, `/jobs/${id}/tokens`, "/uploads"])
      expect((await ask(path, token, { method: "POST", body: "{}" })).status, path).to.equal(403);
    expect((await ask(`/jobs/${id}`, token, { method: "DELETE" })).status).to.equal(403);
  });

  it("does not show where its job's end is posted to, which may be a secret of the key's owner", async () => {
    const options = create(JobOptionsSchema, { targetLanguage: "es", webhookUrl: "https://hooks.example/services/secret" });
    const id = await stored(aJob({ state: JobState.SUCCEEDED, options }));
    const { key } = await service.issue();
    const token = await tokenFor(id, key);
    for (const path of [`/jobs/${id}`, `/jobs/${id}?wait_seconds=1`, `/jobs/${id}/events`]) {
      expect(await (await ask(path, key)).text(), path).to.contain("hooks.example");
      expect(await (await ask(path, token)).text(), path)
        .to.contain(id)
        .and.not.contain("hooks.example");
    }
  });

  it("cancels its job where that was granted, by a key that may itself", async () => {
    const id = await stored(aJob());
    const reader = await service.issue("client", { scopes: ["jobs:read"] });
    const request = { method: "POST", body: '{"mayCancel": true}' };
    expect((await ask(`/jobs/${id}/tokens`, reader.key, request)).status).to.equal(403);
    const { key } = await service.issue();
    const token = await tokenFor(id, key, { mayCancel: true });
    expect(await (await ask(`/jobs/${id}/cancel`, token, { method: "POST", body: "{}" })).json()).to.include({
      state: "JOB_STATE_CANCELLED",
    });
  });

  it("ends with the key that it was made with: its calls at once, what it watches within a second", async () => {
    const id = await stored(aJob());
    const { key, revoke } = await service.issue();
    const token = await tokenFor(id, key);
    const { body } = await ask(`/jobs/${id}/events`, token);
    expect(await endAfter(body as unknown as AsyncIterable<unknown>, revoke)).to.not.equal("no end");
    expect((await ask(`/jobs/${id}`, token)).status).to.equal(401);
  });

  it("is made of no other tenant's job, and for seven days at most", async () => {
    const id = await stored(aJob());
    const foreign = await issueKey(service.store, { tenantId: "other", role: "client" });
    const { key } = await service.issue();
    const make = async (credential: string, request: object) =>
      (await ask(`/jobs/${id}/tokens`, credential, { method: "POST", body: JSON.stringify(request) })).status;
    expect(await make(foreign, {})).to.equal(404);
    expect(await make(key, { ttlSeconds: 7 * 86_400 + 1 })).to.equal(400);
    expect(await make(key, { ttlSeconds: 7 * 86_400 })).to.equal(200);
  });
});

describe("a key that was taken back", () => {
  let service: Awaited<ReturnType<typeof openService>>;
  before(async () => {
    service = await openService();
  });
  after(() => service[Symbol.asyncDispose]());

  async function stored(record: JobRecord): Promise<string> {
    expect(await service.store.commit({ record, expectedVersion: 0n, outbox: [] })).to.equal(true);
    return record.job.id;
  }

  it("is refused at once by every orchestrator", async () => {
    const { authorization, revoke } = await service.issue();
    for (const address of service.addresses) {
      using jobs = grpcClient(JobService, address);
      await jobs.listJobs({}, { authorization });
    }
    await revoke();
    for (const address of service.addresses) {
      using jobs = grpcClient(JobService, address);
      const code = await jobs.listJobs({}, { authorization }).catch((error: unknown) => fromServiceError(error).code);
      expect(code).to.equal("UNAUTHENTICATED");
    }
  });

  it("is refused within a second by a gateway that remembers its answers about a job", async () => {
    const id = await stored(aJob({ state: JobState.CANCELLED }));
    const { authorization, revoke } = await service.issue();
    const ask = async () => (await fetch(`${service.url}/jobs/${id}`, { headers: { authorization } })).status;
    expect(await ask()).to.equal(200);
    await revoke();
    const revokedAt = performance.now();
    let lastAnsweredMs = 0;
    for (;;) {
      const askedAt = performance.now();
      if ((await ask()) === 401) break;
      lastAnsweredMs = askedAt - revokedAt;
    }
    expect(lastAnsweredMs).to.be.below(1_000);
    expect(await ask()).to.equal(401);
  });

  it("ends a watch that it began", async () => {
    const id = await stored(aJob());
    for (const address of service.addresses) {
      const { authorization, revoke } = await service.issue();
      using jobs = grpcClient(JobService, address);
      expect(await endAfter(jobs.watchJob({ id }, { authorization }), revoke)).to.equal("UNAUTHENTICATED");
    }
  });

  it("ends a watch through a gateway, and the client library does not ask on", async () => {
    const id = await stored(aJob());
    const { key, revoke } = await service.issue();
    const watched = new Dragoman({ server: service.url, apiKey: key }).watch(id);
    await watched.next();
    await revoke();
    const error = await Promise.race([watched.next().catch((thrown: unknown) => thrown), sleep(SOON_MS)]);
    expect(error).to.include({ code: "UNAUTHENTICATED", retryable: false });
  });

  it("ends a wait for a job's change", async () => {
    const id = await stored(aJob());
    const { authorization, revoke } = await service.issue();
    const waited = fetch(`${service.url}/jobs/${id}?wait_seconds=60`, { headers: { authorization } });
    // Authenticated, and waiting.
    await sleep(300);
    await revoke();
    expect((await Promise.race([waited, sleep(SOON_MS)]))?.status).to.equal(401);
  });

  it("ends server-sent events", async () => {
    const id = await stored(aJob());
    const { authorization, revoke } = await service.issue();
    const { body } = await fetch(`${service.url}/jobs/${id}/events`, { headers: { authorization } });
    expect(await endAfter(body as unknown as AsyncIterable<unknown>, revoke)).to.not.equal("no end");
  });

  it("ends a download that is under way, though its reader takes nothing", async () => {
    const artefact = create(ArtefactSchema, {
      ...{ format: ResultFormat.TEXT, fileName: "letter.es.txt", mediaType: "text/plain" },
      ...{ sizeBytes: BigInt(DOCUMENT_BYTES), sha256: "0".repeat(64) },
    });
    const record = aJob({ state: JobState.SUCCEEDED, artefacts: [artefact] });
    const id = await stored(record);
    const bytes = Array.from({ length: 64 }, () => Buffer.alloc(DOCUMENT_BYTES / 64, "a"));
    await service.artefacts.put(outputKey(record, artefact), bytes as never, { maxBytes: DOCUMENT_BYTES });
    const { authorization, revoke } = await service.issue();
    using jobs = grpcClient(JobService, service.addresses[0] ?? "");
    const end = await endAfter(jobs.getResult({ id, format: ResultFormat.TEXT }, { authorization }), async () => {
      await revoke();
      await sleep(2_000);
    });
    expect(end).to.equal("UNAUTHENTICATED");
  });

  it("ends its worker's session", async () => {
    const { authorization, revoke } = await service.issue("worker");
    using workers = grpcClient(WorkerService, service.addresses[0] ?? "");
    const session = workers.session({ authorization });
    const ended = new Promise<string>((resolve) => session.on("error", (error) => resolve(fromServiceError(error).code)));
    session.resume();
    const hello = { workerId: "w", slots: 1, pairs: [{ source: "en", target: "es" }] };
    session.write(create(WorkerMessageSchema, { message: { case: "hello", value: hello } }));
    const client = await service.issue();
    using jobs = grpcClient(JobService, service.addresses[0] ?? "");
    while ((await jobs.listLanguagePairs({}, client)).pairs.length === 0) await sleep(20);
    await revoke();
    expect(await Promise.race([ended, sleep(SOON_MS)])).to.equal("UNAUTHENTICATED");
  });

  it("ends as one that expires does", async () => {
    const id = await stored(aJob());
    const { authorization } = await service.issue("client", { expireAt: service.store.clock.now() + 2_000 });
    using jobs = grpcClient(JobService, service.addresses[0] ?? "");
    expect(await endOf(jobs.watchJob({ id }, { authorization }))).to.equal("UNAUTHENTICATED");
  });
});
