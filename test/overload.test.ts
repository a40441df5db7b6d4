import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { create, type Message } from "@bufbuild/protobuf";
import { expect } from "chai";
import { forwarder } from "../gateway/forward.ts";
import type { Error as ErrorMessage } from "../gen/dragoman/v1/error_pb.ts";
import { type Job, JobState } from "../gen/dragoman/v1/job_pb.ts";
import { CreateJobRequestSchema, JobService } from "../gen/dragoman/v1/job_service_pb.ts";
import { WorkerMessageSchema, WorkerService } from "../gen/dragoman/v1/worker_service_pb.ts";
import { issueKey } from "../orchestrator/access/keys.ts";
import { newId } from "../orchestrator/jobs/id.ts";
import { uploadKey } from "../orchestrator/jobs/place.ts";
import { openOrchestrator } from "../orchestrator/orchestrator.ts";
import { openSqliteStore } from "../orchestrator/store/sqlite.ts";
import type { Commit, Store } from "../orchestrator/store/store.ts";
import { openFileArtefacts } from "../platform/artefacts/files.ts";
import type { DragomanError } from "../platform/errors.ts";
import { grpcClient } from "../platform/grpc/client.ts";
import { openLog } from "../platform/log.ts";
import { openMemoryMessaging } from "../platform/messaging/memory.ts";
import { eventually } from "./support/service.ts";

const log = openLog("test", "silent");

/** An orchestrator behind a gateway's forwarder, whose store takes as long as `slowly` does to make a job. */
async function openSlow(slowly: () => Promise<unknown>) {
  const stack = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), "dragoman-overload-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const opened = stack.use(openSqliteStore(path.join(folder, "jobs.db")));
  const store = slowed(opened, slowly);
  const messaging = stack.use(openMemoryMessaging());
  const artefacts = await openFileArtefacts(path.join(folder, "artefacts"));
  const policy = { uploadSecret: "test", traceUi: "", measureTenants: false, retentionMs: 0 };
  const { port } = stack.use(await openOrchestrator({ store, messaging, artefacts, log, host: "127.0.0.1", port: 0, ...policy }));
  const address = `127.0.0.1:${port}`;
  const jobs = stack.use(grpcClient(JobService, address));
  const forward = forwarder([{ service: JobService, client: jobs as never }]);
  const caller = { authorization: `Bearer ${await issueKey(opened, { tenantId: "t", role: "client" })}` };
  const worker = stack.use(grpcClient(WorkerService, address)).session({
    authorization: `Bearer ${await issueKey(opened, { tenantId: "operator", role: "worker" })}`,
  });
  worker.on("error", () => undefined).resume();
  stack.defer(() => worker.cancel());
  const pairs = [{ source: "en", target: "es" }];
  worker.write(create(WorkerMessageSchema, { message: { case: "hello", value: { workerId: "idle", slots: 1, prefetch: 0, pairs } } }));
  await eventually(async () => (await jobs.listLanguagePairs({}, caller)).pairs.length > 0);
  return {
    async upload(): Promise<string> {
      const id = newId("t");
      await opened.saveUpload({ id, tenantId: "t", fileName: "a.txt", expireAt: Date.now() + 3600_000 });
      const bytes = async function* () {
        yield Buffer.from("The library is open.");
      };
      await artefacts.put(uploadKey("t", id), bytes(), { maxBytes: 1_000 });
      return id;
    },
    create: (uploadId: string, requestId = "") =>
      forward(
        JobService.method.createJob,
        create(CreateJobRequestSchema, { uploadId, requestId, options: { targetLanguage: "es" } }),
        caller,
      ) as Promise<Message> as Promise<Job>,
    jobs: async () => opened.list({ tenantId: "t", state: JobState.UNSPECIFIED, limit: 10_000, before: "~", from: "", label: "" }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function slowed(store: Store, slowly: () => Promise<unknown>): Store {
  let turn: Promise<unknown> = Promise.resolve();
  const commit = async (given: Commit) => {
    if (given.expectedVersion !== 0n) return store.commit(given);
    turn = turn.then(slowly);
    await turn;
    return store.commit(given);
  };
  return { ...store, commit };
}

const refusalOf = (error: DragomanError): ErrorMessage => error.detail;

describe("creation under load", function () {
  this.timeout(30_000);

  it("takes what it can in time and refuses the rest early: what was accepted exists, what was refused does not", async () => {
    await using service = await openSlow(() => sleep(15));
    const uploads = await Promise.all(Array.from({ length: 900 }, () => service.upload()));
    const answers = await Promise.all(uploads.map((id) => service.create(id).catch(refusalOf)));
    const accepted = answers.flatMap((answer) => (answer.$typeName === "dragoman.v1.Job" ? [answer.id] : []));
    const refused = answers.flatMap((answer) => (answer.$typeName === "dragoman.v1.Error" ? [answer] : []));
    expect((await service.jobs()).map(({ job }) => job.id).sort()).to.deep.equal(accepted.sort());
    expect(new Set(refused.map(({ code }) => code))).to.deep.equal(new Set(["OVERLOADED"]));
    for (const { retryAfter } of refused) expect(Number(retryAfter?.seconds)).to.be.at.least(1);
  });

  it("says with which request_id a create is repeated that took too long, and it makes one job", async () => {
    const held = Promise.withResolvers<void>();
    await using service = await openSlow(() => held.promise);
    const upload = await service.upload();
    const refusal = await service.create(upload).then(() => undefined, refusalOf);
    expect(refusal?.code).to.equal("DEADLINE_EXCEEDED");
    held.resolve();
    const again = await service.create(upload, refusal?.requestId);
    expect((await service.jobs()).map(({ job }) => job.id)).to.deep.equal([again.id]);
  });
});
