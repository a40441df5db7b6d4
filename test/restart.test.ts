import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { JobOptionsSchema, JobState, Stage } from "../gen/dragoman/v1/job_pb.ts";
import { newJob } from "../orchestrator/jobs/change.ts";
import { newId } from "../orchestrator/jobs/id.ts";
import type { JobCommand, JobRecord } from "../orchestrator/jobs/job.ts";
import { transition } from "../orchestrator/jobs/machine.ts";
import { POLICY } from "../orchestrator/jobs/policy.ts";
import { openOrchestrator } from "../orchestrator/orchestrator.ts";
import { openRedisStore } from "../orchestrator/store/redis.ts";
import { openSqliteStore } from "../orchestrator/store/sqlite.ts";
import type { Store } from "../orchestrator/store/store.ts";
import { openFileArtefacts } from "../platform/artefacts/files.ts";
import { openLog } from "../platform/log.ts";
import { openMemoryMessaging } from "../platform/messaging/memory.ts";
import { type RedisServer, startRedis } from "./servers/redis.ts";
import { SetClock, withClock } from "./support/clock.ts";
import { eventually } from "./support/service.ts";

const HOURS = 2 * 3600_000;
const log = openLog("test", "silent");

const CLAIMED: JobCommand[] = [{ kind: "invite" }, { kind: "claim", workerId: "gone", deliveryAttempt: 1, invitationTraceparent: "" }];
const OPENED: JobCommand[] = [
  ...CLAIMED,
  { kind: "heartbeat", attempt: 1, stage: Stage.OCR_PROCESSING, percent: 10, pagesDone: 0, pagesTotal: 1, longestSpans: [] },
];

/** Stores a job as a service left it that has ended at `now`. */
async function left(store: Store, now: number, commands: readonly JobCommand[]): Promise<string> {
  const options = create(JobOptionsSchema, { targetLanguage: "es" });
  const given = { tenantId: "t", inputKey: "k", fileName: "f", sizeBytes: 1, traceparent: "", traceUrl: "", options };
  let record: JobRecord = newJob({ ...given, id: newId("t") }, now);
  await store.commit({ record, expectedVersion: 0n, outbox: [] });
  for (const command of commands) {
    const outcome = transition(record, command, now);
    if (outcome.kind !== "changed") throw new Error(`${command.kind}: ${outcome.kind}`);
    await store.commit({ record: outcome.record, expectedVersion: record.job.version, outbox: [] });
    record = outcome.record;
  }
  return record.job.id;
}

/** An orchestrator on `store`, and no worker. */
async function openAlone(store: Store, folder: string): Promise<AsyncDisposable> {
  const stack = new AsyncDisposableStack();
  const messaging = stack.use(openMemoryMessaging());
  const artefacts = await openFileArtefacts(path.join(folder, "artefacts"));
  const policy = { uploadSecret: "test", traceUi: "", measureTenants: false, retentionMs: 0, memory: { maxBytes: 1024 ** 2, keepDays: 0 } };
  stack.use(await openOrchestrator({ store, messaging, artefacts, log, host: "127.0.0.1", port: 0, ...policy }));
  return stack;
}

/** What holds after a restart, whatever the clock did meanwhile. `open` gives the same store each time. */
function describeRestart(name: string, open: () => Promise<Store>): void {
  describe(`a service on ${name} that begins anew`, () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(path.join(tmpdir(), "dragoman-restart-"));
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    for (const [direction, aheadMs] of [
      ["went on for a minute", 60_000],
      ["was set back by two hours", -HOURS],
      ["was set forward by two hours", HOURS],
    ] as const) {
      it(`takes a job back from a worker that is gone, and counts no attempt: the clock ${direction}`, async () => {
        await using opened = await open();
        const id = await left(opened, Date.now() - aheadMs, OPENED);
        await using _service = await openAlone(opened, folder);
        const record = async () => (await opened.get(id)) as JobRecord;
        // Where workers may have outlived the service, they have their leases' time to come back in.
        if (opened.shared && aheadMs < 0) {
          await eventually(async () => ((await record()).timerAt ?? 0) <= Date.now() + POLICY.leaseTtlMs);
          expect(await record()).to.include({ heardAt: null });
          return;
        }
        await eventually(async () => (await record()).job.state !== JobState.RUNNING);
        expect((await record()).job.error?.code).to.equal("WORKER_LOST");
        expect(await record()).to.include({ losses: 1 });
      });

      it(`invites to a job again: the clock ${direction}`, async () => {
        await using opened = await open();
        const id = await left(opened, Date.now() - aheadMs, CLAIMED.slice(0, 1));
        await using _service = await openAlone(opened, folder);
        await eventually(async () => ((await opened.get(id))?.invitedAt ?? 0) <= Date.now());
      });
    }

    for (const [direction, aheadMs] of [
      ["back", -HOURS],
      ["forward", HOURS],
    ] as const)
      it(`leaves a worker its lease, no more and no less, when the clock is set ${direction} meanwhile`, async () => {
        await using opened = await open();
        const clock = new SetClock();
        const store = withClock(opened, clock);
        await using _service = await openAlone(store, folder);
        const id = await left(opened, Date.now(), OPENED);
        const before = await store.get(id);
        clock.aheadMs = aheadMs;
        await eventually(async () => ((await store.get(id))?.job.version ?? 0n) > (before?.job.version ?? 0n));
        const record = await store.get(id);
        expect(record?.job.state).to.equal(JobState.RUNNING);
        expect((record?.leaseExpireAt ?? 0) - clock.now()).to.be.within(POLICY.leaseTtlMs / 2, POLICY.leaseTtlMs);
      });
  });
}

describe("", () => {
  let redis: RedisServer;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "dragoman-restart-"));
    redis = await startRedis();
  });
  after(async () => {
    await redis[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });
  describeRestart("SQLite", async () => openSqliteStore(path.join(folder, "jobs.db")));
  describeRestart("Redis", () => openRedisStore(redis.url, log));
});
