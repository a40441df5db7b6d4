import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { create } from "@bufbuild/protobuf";
import * as grpc from "@grpc/grpc-js";
import { expect } from "chai";
import { service as healthService } from "grpc-health-check";
import { WorkerMessageSchema, WorkerService } from "../../gen/dragoman/v1/worker_service_pb.ts";
import { sessionsOnly } from "../../test/support/sessions_only.ts";
import { DragomanError } from "../errors.ts";
import { openLog } from "../log.ts";
import { fromServiceError, grpcClient } from "./client.ts";
import { openGrpcServer, register } from "./server.ts";

describe("a gRPC server", () => {
  it("answers the standard health check for itself and for each fact, and stops serving when told to", async () => {
    await using server = await openGrpcServer("127.0.0.1", 0, [], openLog("test", "silent"), { facts: { "store.durable": false } });
    const Health = grpc.makeGenericClientConstructor(healthService, "Health");
    const client = new Health(`127.0.0.1:${server.port}`, grpc.credentials.createInsecure());
    const status = (service: string) =>
      new Promise((resolve, reject) => {
        client["check"]?.({ service }, (error: Error | null, answer: { status: string }) =>
          error ? reject(error) : resolve(answer.status),
        );
      });
    try {
      expect([await status(""), await status("store.durable")]).to.deep.equal(["SERVING", "NOT_SERVING"]);
      server.stopServing();
      expect(await status("")).to.equal("NOT_SERVING");
    } finally {
      client.close();
    }
  });

  it("tells clients that have no files its contract", async () => {
    const failing = register(
      WorkerService,
      sessionsOnly(async () => undefined),
    );
    await using server = await openGrpcServer("127.0.0.1", 0, [failing], openLog("test", "silent"));
    const args = ["curl", "--protocol", "grpc", "--http2-prior-knowledge", "--list-methods", `http://127.0.0.1:${server.port}`];
    const { stdout } = await promisify(execFile)("node_modules/.bin/buf", args, { timeout: 20_000 });
    expect(stdout.split("\n")).to.include("dragoman.v1.WorkerService/Session");
  });
  it("tells a client why its stream ended when the handler fails in the middle of it", async () => {
    const failing = register(
      WorkerService,
      sessionsOnly(async (stream) => {
        for await (const _ of stream.incoming) throw DragomanError.of("UNAVAILABLE", "The store does not answer.", { retryAfterMs: 1_000 });
      }),
    );
    await using server = await openGrpcServer("127.0.0.1", 0, [failing], openLog("test", "silent"));
    using client = grpcClient(WorkerService, `127.0.0.1:${server.port}`);
    const stream = client.session({ signal: AbortSignal.timeout(5_000) });
    stream.write(create(WorkerMessageSchema, { message: { case: "hello", value: {} } }));
    const ended = await stream.toArray().then(
      () => undefined,
      (error: unknown) => fromServiceError(error),
    );
    expect([ended?.code, ended?.detail.retryAfter?.seconds]).to.deep.equal(["UNAVAILABLE", 1n]);
  });
});
