import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { expect } from "chai";
import { openGateway } from "../../gateway/gateway.ts";
import { JobService } from "../../gen/dragoman/v1/job_service_pb.ts";
import { UploadService } from "../../gen/dragoman/v1/upload_service_pb.ts";
import { WorkerMessageSchema, WorkerService } from "../../gen/dragoman/v1/worker_service_pb.ts";
import { issueKey } from "../../orchestrator/access/keys.ts";
import { uploadKey } from "../../orchestrator/jobs/artefact_keys.ts";
import { openOrchestrator } from "../../orchestrator/orchestrator.ts";
import { openSqliteStore } from "../../orchestrator/store/sqlite.ts";
import { openFileArtefacts } from "../../platform/artefacts/files.ts";
import { grpcClient } from "../../platform/grpc/client.ts";
import { openLog } from "../../platform/log.ts";
import { openMemoryMessaging } from "../../platform/messaging/memory.ts";
import { eventually } from "../support/service.ts";

const WATCHES = 110;

describe("a hundred and ten watches on one connection", function () {
  this.timeout(60_000);
  const stack = new AsyncDisposableStack();
  after(() => stack.disposeAsync());
  const ports: Record<string, { readonly url: string; readonly ca?: string }> = {};
  let authorization: string;
  let id: string;

  before(async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "dragoman-streams-"));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    const log = openLog("test", "silent");
    const store = stack.use(openSqliteStore(path.join(folder, "jobs.db")));
    const messaging = stack.use(openMemoryMessaging());
    const artefacts = await openFileArtefacts(path.join(folder, "artefacts"));
    const common = { artefacts, log, uploadSecret: "test", host: "127.0.0.1" };
    const policy = { traceUi: "", measureTenants: false, retentionMs: 0, memory: { maxBytes: 1024 ** 2, keepDays: 0 } };
    const orchestrator = `127.0.0.1:${stack.use(await openOrchestrator({ ...common, ...policy, store, messaging, port: 0 })).port}`;
    const edge = { ...common, orchestrator, httpPort: 0, grpcPort: 0, graceMs: 500, corsOrigins: [] };
    const plain = stack.use(await openGateway({ ...edge, tls: undefined }));
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"];
    const [keyFile, certFile] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")];
    const flags = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
    await promisify(execFile)("openssl", ["req", ...flags, "-keyout", keyFile, "-out", certFile, ...subject]);
    const [key, cert] = await Promise.all([readFile(keyFile, "utf8"), readFile(certFile, "utf8")]);
    const secure = stack.use(await openGateway({ ...edge, tls: { key, cert } }));
    ports["the gateway's gRPC port"] = { url: `http://127.0.0.1:${plain.grpcPort}` };
    ports["the gateway's port with TLS"] = { url: `https://127.0.0.1:${secure.grpcPort}`, ca: cert };
    ports["the orchestrator's port"] = { url: `http://${orchestrator}` };

    const workers = stack.use(grpcClient(WorkerService, orchestrator));
    const session = workers.session({ authorization: `Bearer ${await issueKey(store, { tenantId: "operator", role: "worker" })}` });
    session.on("error", () => undefined);
    stack.defer(() => session.cancel());
    const hello = { workerId: "idle", slots: 1, pairs: [{ source: "en", target: "es" }] };
    session.write(create(WorkerMessageSchema, { message: { case: "hello", value: hello } }));
    authorization = `Bearer ${await issueKey(store, { tenantId: "t", role: "client" })}`;
    const jobs = stack.use(grpcClient(JobService, orchestrator));
    await eventually(async () => (await jobs.listLanguagePairs({}, { authorization })).pairs.length > 0);
    const upload = await stack.use(grpcClient(UploadService, orchestrator)).createUpload({}, { authorization });
    await artefacts.put(uploadKey("t", upload.id), [Buffer.from("text")] as never, { maxBytes: 10 });
    const options = { sourceLanguage: "en", targetLanguage: "es", notBefore: timestampFromMs(Date.now() + 3600_000) };
    ({ id } = await jobs.createJob({ uploadId: upload.id, options }, { authorization }));
  });

  for (const name of ["the gateway's gRPC port", "the gateway's port with TLS", "the orchestrator's port"]) {
    it(`let the next call through, on ${name}`, async () => {
      const { url, ca } = ports[name] as { url: string; ca?: string };
      const client = createClient(JobService, createGrpcTransport({ baseUrl: url, ...(ca && { nodeOptions: { ca } }) }));
      const headers = { authorization };
      const stop = new AbortController();
      const watches = Array.from({ length: WATCHES }, () =>
        client.watchJob({ id }, { headers, signal: stop.signal })[Symbol.asyncIterator](),
      );
      const first = await Promise.all(watches.map((watch) => watch.next()));
      expect(first.filter(({ value }) => value?.id === id)).to.have.lengthOf(WATCHES);
      expect((await client.getJob({ id }, { headers, timeoutMs: 10_000 })).id).to.equal(id);
      stop.abort();
      await Promise.allSettled(watches.map((watch) => watch.next()));
    });
  }
});
