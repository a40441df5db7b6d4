import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import * as grpc from "@grpc/grpc-js";
import { expect } from "chai";
import { ErrorSchema } from "../gen/dragoman/v1/error_pb.ts";
import type { Job } from "../gen/dragoman/v1/job_pb.ts";
import { JobService } from "../gen/dragoman/v1/job_service_pb.ts";
import { Health, HealthCheckResponse_ServingStatus } from "../gen/health/v1/health_pb.ts";
import { type RunningService, startService } from "./support/service.ts";

/** What clients of gRPC and Connect that are not ours rely on. */
describe("the gateway's gRPC port", function () {
  this.timeout(60_000);
  let service: RunningService;
  let waiting: Job;
  before(async () => {
    service = await startService();
    waiting = await service.client.create(new File(["Not yet."], "b.txt"), {
      to: "es",
      from: "en",
      options: { notBefore: timestampFromDate(new Date(Date.now() + 3600_000)) },
    });
  });
  after(() => service?.[Symbol.asyncDispose]());

  const url = () => `http://${service.grpcAddress}`;
  const headers = () => ({ authorization: `Bearer ${service.apiKey}` });
  const transports = () => ({
    gRPC: createGrpcTransport({ baseUrl: url() }),
    "gRPC-Web": createGrpcWebTransport({ baseUrl: service.url, httpVersion: "1.1" }),
    Connect: createConnectTransport({ baseUrl: service.url, httpVersion: "1.1" }),
  });

  /** What grpc-js, which takes the protocol as it is written, makes of the answer to an empty message. */
  async function refusalOf(method: string): Promise<grpc.ServiceError | null> {
    const client = new grpc.Client(service.grpcAddress, grpc.credentials.createInsecure());
    const metadata = new grpc.Metadata();
    metadata.set("authorization", `Bearer ${service.apiKey}`);
    const refused = await new Promise<grpc.ServiceError | null>((resolve) =>
      client.makeUnaryRequest(
        method,
        () => Buffer.alloc(0),
        (bytes) => bytes,
        {},
        metadata,
        { deadline: Date.now() + 20_000 },
        resolve,
      ),
    );
    client.close();
    return refused;
  }

  it("gives grpc-js a message as it was written", async () => {
    expect((await refusalOf("/dragoman.v1.JobService/CreateJob"))?.details)
      .to.contain('target_language is required, a BCP 47 code as in "es"')
      .and.not.match(/%[0-9A-F]{2}/);
  });

  it("says UNIMPLEMENTED to grpc-js for a method or a service that there is not", async () => {
    for (const method of ["/dragoman.v1.JobService/Guess", "/dragoman.v1.WorkerService/Session", "/foo.Bar/Baz"])
      expect(await refusalOf(method), method).to.include({ code: grpc.status.UNIMPLEMENTED, details: "There is no such method." });
  });

  it("says UNIMPLEMENTED for a method that there is not, on each protocol", async () => {
    const method = { ...JobService.method.getJob, name: "Guess" } as (typeof JobService)["method"]["getJob"];
    for (const [protocol, transport] of Object.entries(transports())) {
      const error = await transport.unary(method, undefined, 20_000, headers(), {}).then(
        () => undefined,
        (thrown: unknown) => ConnectError.from(thrown),
      );
      expect(error?.code, protocol).to.equal(Code.Unimplemented);
      expect(error?.findDetails(ErrorSchema)[0]?.code, protocol).to.equal("ROUTE_NOT_FOUND");
    }
  });

  it("says at a call's deadline that the call ended, and the job goes on", async () => {
    for (const [protocol, transport] of Object.entries(transports())) {
      const client = createClient(JobService, transport);
      // By its header alone, so that the server's answer is what is seen, and not the client's own clock.
      const error = await client
        .getJob({ id: waiting.id, waitSeconds: 50 }, { headers: { ...headers(), ...deadlineHeaders(protocol) } })
        .then(() => undefined, ConnectError.from);
      expect(error?.code, protocol).to.equal(Code.DeadlineExceeded);
      const [detail] = error?.findDetails(ErrorSchema) ?? [];
      expect(detail?.code, protocol).to.equal("DEADLINE_EXCEEDED");
      expect(`${detail?.message} ${detail?.hint}`, protocol).to.contain("call ended").and.not.contain("job was cancelled.");
    }
    expect((await service.client.job(waiting.id)).state).to.equal(waiting.state);
  });

  it("answers the standard health check for its services, and for no others", async () => {
    const client = createClient(Health, createGrpcTransport({ baseUrl: url() }));
    for (const name of ["", "dragoman.v1.JobService", "dragoman.v1.UploadService"])
      expect((await client.check({ service: name })).status, name).to.equal(HealthCheckResponse_ServingStatus.SERVING);
    const other = await client.check({ service: "dragoman.v1.WorkerService" }).then(() => undefined, ConnectError.from);
    expect(other?.code).to.equal(Code.NotFound);
  });

  it("tells clients that have no files its contract", async () => {
    const buf = (...args: string[]) =>
      promisify(execFile)("node_modules/.bin/buf", ["curl", "--protocol", "grpc", "--http2-prior-knowledge", ...args], { timeout: 30_000 });
    const { stdout: methods } = await buf("--list-methods", url());
    expect(methods).to.contain("dragoman.v1.JobService/GetJob").and.not.contain("WorkerService");
    const { stdout: job } = await buf(
      "-H",
      `authorization: Bearer ${service.apiKey}`,
      "-d",
      `{"id":"${waiting.id}"}`,
      `${url()}/dragoman.v1.JobService/GetJob`,
    );
    expect(JSON.parse(job)).to.include({ id: waiting.id });
  });

  it("lets what only reads be asked by GET", async () => {
    const message = encodeURIComponent(JSON.stringify({ id: waiting.id }));
    const answer = await fetch(`${service.url}/dragoman.v1.JobService/GetJob?connect=v1&encoding=json&message=${message}`, {
      headers: headers(),
    });
    expect([answer.status, ((await answer.json()) as { id: string }).id]).to.deep.equal([200, waiting.id]);
  });

  for (const timeout of [{ "grpc-timeout": "720H" }, { "grpc-timeout": "99999999H" }, { "connect-timeout-ms": "9999999999" }]) {
    it(`answers a call whose deadline is as far away as ${JSON.stringify(timeout)}`, async () => {
      const transport = "grpc-timeout" in timeout ? transports().gRPC : transports().Connect;
      const job = await createClient(JobService, transport).getJob({ id: waiting.id }, { headers: { ...headers(), ...timeout } as never });
      expect(job.id).to.equal(waiting.id);
    });
  }

  function deadlineHeaders(protocol: string): Record<string, string> {
    return protocol === "Connect" ? { "connect-timeout-ms": "700" } : { "grpc-timeout": "700m" };
  }
});
