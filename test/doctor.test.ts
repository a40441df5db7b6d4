import { expect } from "chai";
import { diagnose } from "../cli/doctor/doctor.ts";
import type { DriverUrls } from "../cli/drivers.ts";
import { openLog } from "../platform/log.ts";
import { openJetStream } from "../platform/messaging/jetstream.ts";
import { startNats } from "./servers/nats.ts";
import { freePort } from "./servers/process.ts";
import { startRedis } from "./servers/redis.ts";
import { startS3 } from "./servers/s3.ts";

describe("dragoman doctor", () => {
  const machine = { slots: 1, memoryBytes: 1024 ** 3, engines: [], orchestrator: "", natsMonitor: "" };

  async function examine(drivers: DriverUrls, options: Partial<typeof machine> = {}) {
    const diagnoses = await diagnose({ dataDirectory: "unused", health: undefined, drivers }, { ...machine, ...options });
    const of = (subject: string) => diagnoses.find((diagnosis) => diagnosis.subject === subject);
    return { diagnoses, of };
  }

  it("finds nothing wrong with servers that are set as the README says", async () => {
    const monitorPort = await freePort();
    await using redis = await startRedis();
    await using nats = await startNats(`http: "127.0.0.1:${monitorPort}"`);
    await using s3 = await startS3();
    await using _ = await openJetStream(nats.url, openLog("test", "silent"));
    const artefacts = `${s3.url()}&public=${encodeURIComponent(`http://127.0.0.1:${s3.port}`)}`;
    const { diagnoses, of } = await examine(
      { store: redis.url, messaging: nats.url, artefacts },
      { natsMonitor: `http://127.0.0.1:${monitorPort}` },
    );
    expect(diagnoses.filter(({ verdict, subject }) => verdict !== "ok" && subject !== "a document's processes")).to.deep.equal([]);
    expect(of("NATS sync_interval")?.found).to.equal("always");
    expect(of("stream JOBS_READY")?.found).to.contain("0 messages");
    expect(of("links straight to the bucket")?.found).to.equal("work, and only they do");
    expect(of("artefact store's clock")?.verdict).to.equal("ok");
  });
  it("says which settings lose jobs", async () => {
    await using redis = await startRedis("--appendfsync", "everysec", "--maxmemory-policy", "allkeys-lru");
    await using nats = await startNats();
    const { of } = await examine({ store: redis.url, messaging: nats.url, artefacts: "file:package.json/nowhere" });
    expect(of("Redis maxmemory-policy")).to.include({ verdict: "error", found: "allkeys-lru" });
    expect(of("Redis appendfsync")).to.include({ verdict: "warning", found: "everysec" });
    expect(of("NATS sync_interval")?.verdict).to.equal("warning");
    expect(of("artefact store")?.verdict).to.equal("error");
  });
  it("tells servers that are away, and a key that is refused, without the secret", async () => {
    const dead = `127.0.0.1:${await freePort()}`;
    await using s3 = await startS3();
    const artefacts = s3.url().replace(/:[^:@]*@/, ":a-planted-secret@");
    const { diagnoses, of } = await examine({ store: `redis://${dead}`, messaging: `nats://${dead}`, artefacts }, { orchestrator: dead });
    for (const subject of ["Redis", "NATS JetStream", "artefact store", `orchestrator ${dead}`])
      expect(of(subject)?.verdict, subject).to.equal("error");
    expect(diagnoses.filter(({ verdict, advice }) => verdict === "error" && !advice)).to.deep.equal([]);
    expect(of("artefact store")?.found).to.contain("CREDENTIALS_REFUSED");
    expect(JSON.stringify(diagnoses)).not.to.contain("planted");
  });
});
