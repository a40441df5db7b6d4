import { expect } from "chai";
import { Redis } from "ioredis";
import type { CommonConfig } from "../cli/config.ts";
import { diagnose } from "../cli/doctor/doctor.ts";
import { type DriverUrls, openMessaging, openStore } from "../cli/drivers.ts";
import { asDragomanError } from "../platform/errors.ts";
import { openLog } from "../platform/log.ts";
import { startNats } from "./servers/nats.ts";
import { startRedis } from "./servers/redis.ts";

const log = openLog("test", "silent");

describe("a server that refuses Dragoman's password or key", () => {
  /** What starting with `opened` ends in, and what `doctor` finds under `subject`. */
  async function tried(opened: Promise<unknown>, subject: string, drivers: Partial<DriverUrls>) {
    const { detail } = asDragomanError(await opened.catch((error: unknown) => error));
    const all = { store: "sqlite:unused/jobs.db", messaging: "memory:", artefacts: "file:package.json/nowhere", ...drivers };
    const common: CommonConfig = { dataDirectory: "unused", health: undefined, drivers: all };
    const diagnoses = await diagnose(common, { slots: 1, memoryBytes: 1024 ** 3, engines: [], orchestrator: "", natsMonitor: "" });
    const found = diagnoses.find((diagnosis) => diagnosis.subject === subject);
    return { code: detail.code, hint: detail.hint, found: `${found?.verdict}: ${found?.found}`, advice: found?.advice };
  }
  const withUser = (url: string, user: string) => url.replace("://", `://${user}@`);

  it("is told from one that is away: Redis, without a password and with a wrong one", async () => {
    await using server = await startRedis();
    const operator = new Redis(server.url);
    await operator.config("SET", "requirepass", "right");
    operator.disconnect();
    for (const store of [server.url, withUser(server.url, ":wrong"), withUser(server.url, "nobody:wrong")]) {
      const { code, hint, found, advice } = await tried(openStore(store, log), "Redis", { store });
      expect(code).to.equal("CREDENTIALS_REFUSED");
      expect(hint).to.contain("DRAGOMAN_STORE");
      expect(found).to.equal("error: The store refuses the user or password that Dragoman has for it.");
      expect(advice).to.equal(hint);
    }
    await (await openStore(withUser(server.url, ":right"), log))[Symbol.asyncDispose]();
  });
  it("is told from one that is away: NATS, without a password and with a wrong one", async () => {
    await using server = await startNats('authorization { user: "dragoman", password: "right" }');
    for (const messaging of [server.url, withUser(server.url, "dragoman:wrong")]) {
      const { code, hint, found, advice } = await tried(openMessaging(messaging, log), "NATS JetStream", { messaging });
      expect(code).to.equal("CREDENTIALS_REFUSED");
      expect(hint).to.contain("DRAGOMAN_MESSAGING");
      expect(found).to.equal("error: refuses the user or password");
      expect(advice).to.contain("DRAGOMAN_MESSAGING");
    }
    await (await openMessaging(withUser(server.url, "dragoman:right"), log))[Symbol.asyncDispose]();
  });
});
