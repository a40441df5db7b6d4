import { createHash } from "node:crypto";
import { appendFile, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { CreateJobRequestSchema, RetryJobRequestSchema } from "../gen/dragoman/v1/job_service_pb.ts";
import { GrantedSchema } from "../gen/dragoman/v1/worker_service_pb.ts";
import { Seal } from "../orchestrator/access/sealed.ts";
import { Glossaries } from "../orchestrator/glossaries/glossaries.ts";
import { uploadKey } from "../orchestrator/jobs/artefact_keys.ts";
import { newId } from "../orchestrator/jobs/id.ts";
import type { JobRecord } from "../orchestrator/jobs/job.ts";
import { JobMetrics } from "../orchestrator/metrics.ts";
import { DEFAULT_LIMITS } from "../orchestrator/policy/limits.ts";
import type { Fleet } from "../orchestrator/scheduling/fleet.ts";
import { removeGarbage } from "../orchestrator/scheduling/garbage.ts";
import { JobWriter } from "../orchestrator/scheduling/job_writer.ts";
import { createJob, retryJob } from "../orchestrator/services/creation.ts";
import { openRedisStore } from "../orchestrator/store/redis.ts";
import { openSqliteStore } from "../orchestrator/store/sqlite.ts";
import type { Store } from "../orchestrator/store/store.ts";
import type { ArtefactStore } from "../platform/artefacts/artefacts.ts";
import { openFileArtefacts } from "../platform/artefacts/files.ts";
import { openS3Artefacts } from "../platform/artefacts/s3.ts";
import type { DragomanError } from "../platform/errors.ts";
import { openLog } from "../platform/log.ts";
import { chunksPrefix, putUpload } from "../platform/uploads.ts";
import { runAttempt } from "../worker/attempt.ts";
import { type RedisServer, startRedis } from "./servers/redis.ts";
import { type S3Server, startS3 } from "./servers/s3.ts";
import { bucketKeys, expectNothingOfNobody, fileKeys, type Rows, redisRows, sqliteRows } from "./support/leftovers.ts";
import { listOf } from "./support/stored_jobs.ts";

const log = openLog("test", "silent");
const DAY_MS = 24 * 3600_000;
const LATER = Number.MAX_SAFE_INTEGER;
const caller = {
  principal: { tenantId: "t", keyId: "", scopes: [], limits: {} },
  tenantId: "t",
  traceparent: "" as const,
  setHeader: () => undefined,
  signal: new AbortController().signal,
};
const TEXT = "The garden is open today.";

interface Drivers extends AsyncDisposable {
  readonly store: Store;
  readonly artefacts: ArtefactStore;
  rows(): Promise<Rows>;
  keys(): Promise<string[]>;
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

async function code(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "none",
    (error: DragomanError) => error.code,
  );
}

/** A service without workers, its calls made straight. */
function serviceOn({ store, artefacts }: Pick<Drivers, "store" | "artefacts">) {
  const limitsOf = async () => ({ tenant: DEFAULT_LIMITS, key: {} });
  const jobs = new JobWriter({ store, log, metrics: new JobMetrics(false), retentionMs: 0, limitsOf });
  const pairs = () => [{ source: "en", target: "es" }];
  const fleet = { pairs, engines: () => [], ownEngines: () => [], intakePausedForMs: () => 0 } as unknown as Fleet;
  const own = {
    traceUi: "",
    largeMb: 0,
    seal: new Seal("secret"),
    webhookRefusal: async () => undefined,
    intake: { require: async () => undefined },
  };
  const parts = { store, jobs, artefacts, fleet, glossaries: new Glossaries(store), ...own };
  return {
    async upload(text = TEXT) {
      const id = newId("t");
      await store.saveUpload({ id, tenantId: "t", fileName: "a.txt", expireAt: store.clock.now() + DAY_MS });
      await putUpload(artefacts, uploadKey("t", id), once(text), { maxBytes: 1000 });
      return id;
    },
    async create(uploadId: string, given: { requestId?: string; contentSha256?: string } = {}) {
      const options = { sourceLanguage: "en", targetLanguage: "es", labels: { order: "1" } };
      const { id } = await createJob(parts, create(CreateJobRequestSchema, { uploadId, options, ...given }) as never, caller as never);
      return id;
    },
    end: (id: string) => jobs.apply(id, { kind: "cancel", reason: "" }),
    retry: async (record: JobRecord) =>
      (await retryJob(parts, create(RetryJobRequestSchema, { id: record.job.id }) as never, record, caller as never)).id,
    all: () => listOf(store),
  };
}

/** What becomes of inputs on one pair of drivers. */
function describeLeftovers(name: string, open: () => Promise<Drivers>): void {
  describe(`on ${name}`, () => {
    let drivers: Drivers;
    let service: ReturnType<typeof serviceOn>;
    beforeEach(async () => {
      drivers = await open();
      service = serviceOn(drivers);
    });
    afterEach(() => drivers[Symbol.asyncDispose]());

    it("of retries, deletions, repeats and uploads without a job at once, nothing is left that is nobody's", async () => {
      const { store, artefacts } = drivers;
      const round = async (index: number) => {
        const requestId = `request ${index}`;
        const contentSha256 = createHash("sha256").update(TEXT).digest("hex");
        const uploadId = await service.upload();
        const id = await service.create(uploadId, { requestId, contentSha256 });
        expect(await service.create(await service.upload(), { requestId, contentSha256 }), "the same request").to.equal(id);
        // It becomes no job, and is half sent besides.
        const unused = uploadKey("t", await service.upload());
        await artefacts.put(`${chunksPrefix(unused)}/0`, once("half"), { maxBytes: 9 });
        const ended = await service.end(id);
        const [retried] = await Promise.allSettled([service.retry(ended), store.forget(ended, store.clock.now())]);
        if (retried.status === "rejected") expect((retried.reason as DragomanError).code).to.equal("JOB_NOT_FOUND");
        else if (index % 2 === 0) await store.forget(await service.end(retried.value), store.clock.now());
        const again = await code(service.create(uploadId));
        expect(again).to.equal((await store.upload(uploadId)) ? "none" : "UPLOAD_NOT_FOUND");
      };
      await Promise.all(Array.from({ length: 12 }, (_, index) => round(index)));
      await removeGarbage(store, artefacts, LATER);
      expectNothingOfNobody(await drivers.rows(), await drivers.keys(), await service.all());
      for (const record of await service.all()) {
        const last = await service.end(record.job.id).catch(() => record);
        await store.forget(last, store.clock.now());
      }
      await removeGarbage(store, artefacts, LATER);
      expectNothingOfNobody(await drivers.rows(), await drivers.keys(), []);
    });

    it("bytes that come for an upload after its job was deleted are gone an hour after its address is", async () => {
      const { store, artefacts } = drivers;
      const uploadId = await service.upload();
      const key = uploadKey("t", uploadId);
      expect(await store.forget(await service.end(await service.create(uploadId)), store.clock.now())).to.equal(true);
      await removeGarbage(store, artefacts, store.clock.now());
      expect(await artefacts.size(key)).to.equal(undefined);
      await putUpload(artefacts, key, once(TEXT), { maxBytes: 1000 });
      await removeGarbage(store, artefacts, store.clock.now() + DAY_MS);
      expect(await artefacts.size(key), "its address is still good").to.equal(TEXT.length);
      await removeGarbage(store, artefacts, store.clock.now() + DAY_MS + 3600_001);
      expectNothingOfNobody(await drivers.rows(), await drivers.keys(), []);
    });

    it("chunks that a gateway left when it had made one file of them go with the job's beginning", async () => {
      const { store, artefacts } = drivers;
      const uploadId = await service.upload();
      await artefacts.put(`${chunksPrefix(uploadKey("t", uploadId))}/0`, once(TEXT), { maxBytes: 1000 });
      await service.create(uploadId);
      await removeGarbage(store, artefacts, LATER);
      expectNothingOfNobody(await drivers.rows(), await drivers.keys(), await service.all());
    });

    it("a job is bound to the SHA-256 of its bytes, and other bytes end the attempt with a type", async () => {
      const { store, artefacts } = drivers;
      const uploadId = await service.upload();
      const sha256 = createHash("sha256").update(TEXT).digest("hex");
      expect(await code(service.create(uploadId, { contentSha256: "0".repeat(64) }))).to.equal("CHECKSUM_MISMATCH");
      const record = await store.get(await service.create(uploadId, { contentSha256: sha256 }));
      expect(record?.inputSha256).to.equal(sha256);
      const inputKey = uploadKey("t", uploadId);
      await artefacts.remove(inputKey);
      await artefacts.put(inputKey, once("Something else."), { maxBytes: 1000 });
      const folder = await mkdtemp(path.join(tmpdir(), "dragoman-attempt-"));
      const attempt = runAttempt(
        create(GrantedSchema, { jobId: "j", attempt: 1, inputKey, inputSha256: record?.inputSha256 ?? "" }),
        { artefacts, folder, slot: async () => ({ [Symbol.dispose]: () => undefined }), log } as never,
        () => undefined,
        AbortSignal.timeout(20_000),
      );
      expect(await code(attempt)).to.equal("INPUT_CHANGED");
    });
  });
}

describe("what is nobody's", () => {
  describeLeftovers("SQLite and files", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "dragoman-leftovers-"));
    const [file, root] = [path.join(folder, "jobs.db"), path.join(folder, "artefacts")];
    const store = openSqliteStore(file);
    return {
      store,
      artefacts: await openFileArtefacts(root),
      rows: async () => sqliteRows(file),
      keys: () => fileKeys(root),
      async [Symbol.asyncDispose]() {
        await store[Symbol.asyncDispose]();
        await rm(folder, { recursive: true });
      },
    };
  });

  for (const [name, openAny] of [
    ["SQLite", async (folder: string) => openSqliteStore(path.join(folder, "jobs.db"))],
    ["Redis", async (_: string, stack: AsyncDisposableStack) => openRedisStore(stack.use(await startRedis()).url, log)],
  ] as const) {
    it(`of 1,040 jobs that come at once ${name} takes a tenant's 1,000`, async () => {
      await using stack = new AsyncDisposableStack();
      const folder = await mkdtemp(path.join(tmpdir(), "dragoman-quota-"));
      stack.defer(() => rm(folder, { recursive: true }));
      const store = stack.use(await openAny(folder, stack));
      const artefacts = await openFileArtefacts(path.join(folder, "artefacts"));
      const service = serviceOn({ store, artefacts });
      const uploadId = await service.upload();
      const codes = await Promise.all(Array.from({ length: 1040 }, () => code(service.create(uploadId))));
      expect(codes.filter((refused) => refused !== "none")).to.deep.equal(Array.from({ length: 40 }, () => "QUOTA_EXCEEDED"));
      expect(await store.countOpen("t")).to.equal(1000);
    });
  }

  describe("on servers", () => {
    let redis: RedisServer;
    let s3: S3Server;
    before(async () => {
      [redis, s3] = await Promise.all([startRedis(), startS3()]);
    });
    after(async () => {
      await redis?.[Symbol.asyncDispose]();
      await s3?.[Symbol.asyncDispose]();
    });

    describeLeftovers("Redis and S3", async () => {
      const store = await openRedisStore(redis.url, log);
      const artefacts = await openS3Artefacts(s3.url());
      return {
        store,
        artefacts,
        rows: () => redisRows(redis.url),
        keys: () => bucketKeys(s3),
        async [Symbol.asyncDispose]() {
          for (const record of await listOf(store)) await store.forget(record, 0);
          await removeGarbage(store, artefacts, LATER);
          await store[Symbol.asyncDispose]();
        },
      };
    });

    it("an upload in parts that was begun a day ago is removed, and no younger one, and what is begun of an upload with it", async () => {
      const artefacts = await openS3Artefacts(`${s3.url()}&public=${encodeURIComponent(`http://127.0.0.1:${s3.port}`)}`);
      await artefacts.direct?.beginParts("t/parts");
      const mine = async () => (await bucketKeys(s3)).filter((key) => key.startsWith("t/parts"));
      await artefacts.removeCutOff(Date.now() - DAY_MS);
      expect(await mine()).to.deep.equal(["t/parts (unfinished)"]);
      await artefacts.removeCutOff(Date.now() + 60_000);
      expect(await mine()).to.deep.equal([]);
      await artefacts.direct?.beginParts("t/parts");
      await artefacts.direct?.beginParts("t/parts-of-another");
      await artefacts.remove("t/parts");
      expect(await mine()).to.deep.equal(["t/parts-of-another (unfinished)"]);
      await artefacts.remove("t/parts-of-another");
    });
  });

  it("files of puts that were cut off a day ago are removed, and none that is being written", async () => {
    const root = await mkdtemp(path.join(tmpdir(), "dragoman-leftovers-"));
    await using stack = new AsyncDisposableStack();
    stack.defer(() => rm(root, { recursive: true }));
    const artefacts = await openFileArtefacts(root);
    const [old, young] = [path.join(root, ".incoming", "old"), path.join(root, ".incoming", "young")];
    for (const file of [old, young]) await writeFile(file, "half");
    const then = new Date(Date.now() - 2 * DAY_MS);
    for (const file of [old, young]) await utimes(file, then, then);
    await appendFile(young, "more");
    await artefacts.removeCutOff(Date.now() - DAY_MS);
    expect(await fileKeys(root)).to.deep.equal([".incoming/young"]);
  });
});
