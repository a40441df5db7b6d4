import { createServer } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import type { AddressInfo, Server } from "node:net";
import { create, toBinary } from "@bufbuild/protobuf";
import { expect } from "chai";
import { connectListener } from "../../gateway/connect.ts";
import { JobSchema } from "../../gen/dragoman/v1/job_pb.ts";
import { JobService, WatchJobRequestSchema } from "../../gen/dragoman/v1/job_service_pb.ts";
import { openGrpcServer, register } from "../../platform/grpc/server.ts";
import { openLog } from "../../platform/log.ts";
import { openSocket } from "./hostile.ts";

const SLOW_MS = 500;
const JOB = create(JobSchema, { id: "j", fileName: "x".repeat(10_000) });
const log = openLog("test", "silent");
const REQUEST = toBinary(WatchJobRequestSchema, create(WatchJobRequestSchema, { id: "j" }));
/** As gRPC and Connect frame a message: flags, length, bytes. */
const FRAMED = Buffer.concat([Buffer.from([0, 0, 0, 0, REQUEST.length]), REQUEST]);

describe("a watch whose reader takes nothing", () => {
  const stack = new AsyncDisposableStack();
  after(() => stack.disposeAsync());
  let ended: PromiseWithResolvers<string>;
  let sent: number;

  /** More than any buffer between takes; tells when it is let go of. */
  async function* changes() {
    try {
      for (;;) {
        yield JOB;
        sent++;
      }
    } finally {
      ended.resolve("let go");
    }
  }
  beforeEach(() => {
    ended = Promise.withResolvers();
    sent = 0;
  });
  const outcome = () => Promise.race([ended.promise, new Promise((resolve) => setTimeout(resolve, 10_000, "held").unref())]);

  async function listen(server: Server): Promise<string> {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    stack.defer(() => void server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const connect = () =>
    connectListener(
      (router) => void router.service(JobService, { watchJob: changes }),
      async () => undefined,
      log,
      SLOW_MS,
    );

  /** Asks over HTTP/2 and reads nothing. */
  function watch(url: string, type: string): void {
    const session = connectHttp2(url);
    session.on("error", () => undefined);
    stack.defer(() => session.destroy());
    const headers = { ":method": "POST", ":path": "/dragoman.v1.JobService/WatchJob", "content-type": type, te: "trailers" };
    const stream = session.request({ ...headers, authorization: "Bearer key" });
    stream.on("error", () => undefined);
    stream.end(FRAMED);
  }

  it("is ended on the orchestrator's gRPC port", async () => {
    const registration = register(JobService, { watchJob: changes } as never);
    const server = stack.use(await openGrpcServer("127.0.0.1", 0, [registration], log, { slowMs: SLOW_MS }));
    watch(`http://127.0.0.1:${server.port}`, "application/grpc");
    expect(await outcome()).to.equal("let go");
    expect(sent).to.be.greaterThan(0);
  });
  for (const type of ["application/grpc", "application/connect+proto", "application/grpc-web+proto"]) {
    it(`is ended on a gateway's HTTP/2 port, over ${type}`, async () => {
      watch(await listen(createHttp2Server(connect() as never)), type);
      expect(await outcome()).to.equal("let go");
      expect(sent).to.be.greaterThan(0);
    });
  }
  for (const type of ["application/connect+proto", "application/grpc-web+proto"]) {
    it(`is ended on a gateway's HTTP/1.1 port, over ${type}`, async () => {
      const url = await listen(createServer(connect()));
      const socket = await openSocket(url);
      stack.defer(() => void socket.destroy());
      const head = `POST /dragoman.v1.JobService/WatchJob HTTP/1.1\r\nhost: gateway\r\ncontent-type: ${type}\r\n`;
      socket.write(`${head}authorization: Bearer key\r\ncontent-length: ${FRAMED.length}\r\n\r\n`);
      socket.write(FRAMED);
      expect(await outcome()).to.equal("let go");
      expect(sent).to.be.greaterThan(0);
    });
  }
});
