import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { WorkerMessageSchema, WorkerService } from "../../gen/dragoman/v1/worker_service_pb.ts";
import { DragomanError } from "../errors.ts";
import { openLog } from "../log.ts";
import { fromServiceError, grpcClient } from "./client.ts";
import { openGrpcServer, serve } from "./server.ts";

describe("a gRPC server", () => {
  it("tells a client why its stream ended when the handler fails in the middle of it", async () => {
    const failing = serve(WorkerService, {
      async session(stream) {
        for await (const _ of stream.incoming) throw DragomanError.of("UNAVAILABLE", "The store does not answer.", { retryAfterMs: 1_000 });
      },
    });
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
