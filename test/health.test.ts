import { expect } from "chai";
import { openRedisStore } from "../orchestrator/store/redis.ts";
import { openHealthServer } from "../platform/health.ts";
import { openLog } from "../platform/log.ts";
import { startRedis } from "./servers/redis.ts";

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
