import { Code, type ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { expect } from "chai";
import { openGateway } from "../gateway/gateway.ts";
import { Health, HealthCheckResponse_ServingStatus } from "../gen/health/v1/health_pb.ts";
import { openRedisStore } from "../orchestrator/store/redis.ts";
import { openFileArtefacts } from "../platform/artefacts/files.ts";
import { openHealthServer } from "../platform/health.ts";
import { openLog } from "../platform/log.ts";
import { startRedis } from "./servers/redis.ts";
import { scratch } from "./support/documents.ts";

const { SERVING, NOT_SERVING } = HealthCheckResponse_ServingStatus;

describe("the health server", () => {
  it("says which dependency is away, and lives on without it", async () => {
    await using redis = await startRedis();
    await using store = await openRedisStore(redis.url, openLog("test", "silent"));
    await using health = await openHealthServer("127.0.0.1", 0, { store: () => store.countInvited() });
    const ask = async (path: string) => {
      const answer = await fetch(`http://127.0.0.1:${health.port}${path}`);
      return { status: answer.status, body: (await answer.json()) as { dependencies?: { store: string } } };
    };
    expect((await ask("/startupz")).status).to.equal(200);
    expect((await ask("/readyz")).body).to.deep.equal({ status: "ok", dependencies: { store: "ok" } });
    await redis.stop();
    const deadline = Date.now() + 5_000;
    let ready = await ask("/readyz");
    while (ready.status === 200 && Date.now() < deadline) ready = await ask("/readyz");
    expect([ready.status, ready.body.dependencies?.store]).to.deep.equal([503, "UNAVAILABLE: The store does not answer."]);
    expect([(await ask("/livez")).status, (await ask("/startupz")).status]).to.deep.equal([200, 200]);
    await redis.start();
  });
  it("of a gateway answers by gRPC, and tells those that watch when it stops", async () => {
    await using folder = await scratch();
    await using gateway = await openGateway({
      orchestrator: "127.0.0.1:9",
      artefacts: await openFileArtefacts(folder.path),
      uploadSecret: "a secret for tests that is long enough",
      ...{ host: "127.0.0.1", httpPort: 0, grpcPort: 0, graceMs: 2000, corsOrigins: [], tls: undefined, log: openLog("test", "silent") },
    });
    const client = createClient(Health, createGrpcTransport({ baseUrl: `http://127.0.0.1:${gateway.grpcPort}` }));
    expect(await client.check({})).to.include({ status: SERVING });
    expect((await client.check({ service: "none" }).catch((error: ConnectError) => error.code)) as Code).to.equal(Code.NotFound);
    const told: HealthCheckResponse_ServingStatus[] = [];
    let closed: Promise<void> | undefined;
    for await (const { status } of client.watch({}, { timeoutMs: 5000 })) {
      told.push(status);
      closed ??= gateway[Symbol.asyncDispose]() as Promise<void>;
    }
    expect(told).to.deep.equal([SERVING, NOT_SERVING]);
    await closed;
  });
  it("is not started before every dependency was there once", async () => {
    let there = false;
    const dependency = async () => {
      if (!there) throw new Error("not yet");
    };
    await using health = await openHealthServer("127.0.0.1", 0, { dependency });
    const status = async () => (await fetch(`http://127.0.0.1:${health.port}/startupz`)).status;
    expect(await status()).to.equal(503);
    there = true;
    const deadline = Date.now() + 5_000;
    let now = await status();
    while (now !== 200 && Date.now() < deadline) now = await status();
    expect(now).to.equal(200);
  });
});
