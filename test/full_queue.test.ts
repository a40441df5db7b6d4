import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { CreateJobRequestSchema, JobService } from "../gen/dragoman/v1/job_service_pb.ts";
import { UploadService } from "../gen/dragoman/v1/upload_service_pb.ts";
import { WorkerMessageSchema, WorkerService } from "../gen/dragoman/v1/worker_service_pb.ts";
import { issueKey } from "../orchestrator/access/keys.ts";
import { uploadKey } from "../orchestrator/jobs/artefact_keys.ts";
import { openOrchestrator } from "../orchestrator/orchestrator.ts";
import { openSqliteStore } from "../orchestrator/store/sqlite.ts";
import { openFileArtefacts } from "../platform/artefacts/files.ts";
import { type DragomanError, errorKind } from "../platform/errors.ts";
import { grpcClient } from "../platform/grpc/client.ts";
import { openLog } from "../platform/log.ts";
import { openJetStream } from "../platform/messaging/jetstream.ts";
import { startNats } from "./servers/nats.ts";
import { eventually } from "./support/service.ts";

const log = openLog("test", "silent");

describe("a full work queue", () => {
  it("makes CreateJob answer RESOURCE_EXHAUSTED with a delay, and drops nothing that was accepted", async () => {
    await using stack = new AsyncDisposableStack();
    const folder = await mkdtemp(path.join(tmpdir(), "dragoman-full-"));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    const nats = stack.use(await startNats());
    const store = stack.use(openSqliteStore(path.join(folder, "jobs.db")));
    const messaging = stack.use(await openJetStream(nats.url, log, { maxReady: 1 }));
    const artefacts = await openFileArtefacts(path.join(folder, "artefacts"));
    const parts = {
      store,
      messaging,
      artefacts,
      log,
      uploadSecret: "test",
      host: "127.0.0.1",
      port: 0,
      traceUi: "",
      measureTenants: false,
      retentionMs: 0,
      memory: { maxBytes: 1024 ** 2, keepDays: 0 },
    };
    const address = `127.0.0.1:${stack.use(await openOrchestrator(parts)).port}`;
    const [jobs, uploads, workers] = [
      stack.use(grpcClient(JobService, address)),
      stack.use(grpcClient(UploadService, address)),
      stack.use(grpcClient(WorkerService, address)),
    ];
    // It says that it has slots, and takes nothing.
    const session = workers.session({ authorization: `Bearer ${await issueKey(store, { tenantId: "operator", role: "worker" })}` });
    session.on("error", () => undefined);
    stack.defer(() => session.cancel());
    const hello = { workerId: "idle", slots: 8, pairs: [{ source: "en", target: "es" }] };
    session.write(create(WorkerMessageSchema, { message: { case: "hello", value: hello } }));
    const caller = { authorization: `Bearer ${await issueKey(store, { tenantId: "t", role: "client" })}` };
    await eventually(async () => (await jobs.listLanguagePairs({}, caller)).pairs.length > 0);
    const upload = await uploads.createUpload({}, caller);
    await artefacts.put(uploadKey("t", upload.id), [Buffer.from("text")] as never, { maxBytes: 10 });
    const request = create(CreateJobRequestSchema, { uploadId: upload.id, options: { sourceLanguage: "en", targetLanguage: "es" } });
    const accepted: string[] = [];
    let refusal: DragomanError | undefined;
    await eventually(async () => {
      await jobs.createJob(request, caller).then(
        ({ id }) => accepted.push(id),
        (error: DragomanError) => {
          refusal = error;
        },
      );
      return refusal !== undefined;
    });
    expect([refusal?.code, errorKind(refusal?.code ?? "").grpc]).to.deep.equal(["OVERLOADED", 8]);
    expect(refusal?.detail.retryAfter?.seconds).to.not.equal(undefined);
    for (const id of accepted) expect((await jobs.getJob({ id }, caller)).id).to.equal(id);
  });
});
