import { create } from "@bufbuild/protobuf";
import { Redis } from "ioredis";
import { JobOptionsSchema, LedgerSchema, Stage } from "../gen/dragoman/v1/job_pb.ts";
import type { Offer } from "../orchestrator/jobs/capability.ts";
import { newJob } from "../orchestrator/jobs/change.ts";
import { newId } from "../orchestrator/jobs/id.ts";
import { JobMetrics } from "../orchestrator/metrics.ts";
import type { JobLimits } from "../orchestrator/policy/charges.ts";
import { PLAIN_ORDER } from "../orchestrator/policy/order.ts";
import { Dispatcher } from "../orchestrator/scheduling/dispatcher.ts";
import { JobWriter } from "../orchestrator/scheduling/job_writer.ts";
import { openRedisStore } from "../orchestrator/store/redis.ts";
import type { Store } from "../orchestrator/store/store.ts";
import { openLog } from "../platform/log.ts";
import { startRedis } from "../test/servers/redis.ts";
import { inParallel } from "./driver.ts";
import { median } from "./median.ts";
import { withoutPolicy } from "./without_policy.ts";

/*
 * What quotas, rates and fair shares cost of a job's life in the orchestrator and the store: create, choose, invite, claim, heartbeat,
 * complete, on Redis with `appendfsync always`. With them every job is counted on the meters of its tenant, and of its key, and booked in the
 * order; without, it is only filed where it waits. Gateway, messaging and workers, which cost the same in both, are left out: of
 * the whole life the share is smaller. Rounds with and without take turns, so that what else the machine does is in both.
 */

const TENANTS = [10, 100, 1000, 10_000];
const ROUNDS = Number(process.argv[2] ?? 12);
const JOBS_A_ROUND = 256;
const SLOTS = 64;
const ENOUGH = 1e9;

const limits = {
  ...{ maxOpenJobs: ENOUGH, maxRunningJobs: ENOUGH, requestsPerMinute: ENOUGH, burst: ENOUGH },
  ...{ pagesPerDay: ENOUGH, maxStoredBytes: ENOUGH },
};
/** All six limits of the tenant; and of the key that makes the jobs as well. */
const LIMITED: readonly (readonly [name: string, held: JobLimits])[] = [
  ["tenants limited", { tenant: { ...limits, weight: 2 }, key: {} }],
  ["their keys too", { tenant: { ...limits, weight: 2 }, key: limits }],
];
const NO_LIMITS: JobLimits = { tenant: {}, key: {} };

const options = create(JobOptionsSchema, { sourceLanguage: "en", targetLanguage: "es" });
const ledger = create(LedgerSchema, { pagesIn: 3, pagesOut: 3 });
const log = openLog("bench", "silent");

interface Took {
  readonly wallMs: number;
  /** Of the processors, in Redis and here. */
  readonly cpuMs: number;
}

/** An orchestrator's part in jobs' lives, and a worker that takes no time. */
class Side implements AsyncDisposable {
  readonly #store: Store;
  readonly #jobs: JobWriter;
  readonly #dispatcher: Dispatcher;
  readonly #tenants: number;
  readonly #redis: Redis;
  #made = 0;

  constructor(store: Store, redis: Redis, tenants: number, held: JobLimits) {
    this.#store = store;
    this.#redis = redis;
    this.#tenants = tenants;
    const order = { ...PLAIN_ORDER, limits: held.tenant };
    this.#jobs = new JobWriter({ store, log, metrics: new JobMetrics(false), retentionMs: 0, order, limitsOf: async () => held });
    const offer: Offer = { pairs: [{ source: "en", target: "es" }], slots: SLOTS, prefetch: 0 };
    this.#dispatcher = new Dispatcher({ queue: store, jobs: this.#jobs, offers: () => [offer], limits: held.tenant });
  }

  /** Processor time of Redis and of this process until now, in milliseconds. */
  async cpuMs(): Promise<number> {
    const info = await this.#redis.info("cpu");
    const ofRedis = ["used_cpu_sys", "used_cpu_user"].reduce((sum, name) => sum + Number(new RegExp(`${name}:(\\S+)`).exec(info)?.[1]), 0);
    const { user, system } = process.cpuUsage();
    return ofRedis * 1000 + (user + system) / 1000;
  }

  /** What so many jobs take from their making to their end, in milliseconds, while each tenant has another one that waits. */
  async round(jobs: number): Promise<Took> {
    const [started, cpuMs] = [performance.now(), await this.cpuMs()];
    for (let done = 0; done < jobs; ) {
      await this.make(Math.min(SLOTS, jobs - done));
      await this.#dispatcher.step();
      const invited = await this.#store.invited();
      await Promise.all(invited.map((id) => this.#work(id)));
      done += invited.length;
    }
    return { wallMs: performance.now() - started, cpuMs: (await this.cpuMs()) - cpuMs };
  }

  async make(count: number): Promise<void> {
    await inParallel(count, SLOTS, async () => {
      const tenantId = `tenant-${this.#made++ % this.#tenants}`;
      const given = {
        id: newId(tenantId),
        tenantId,
        keyId: `key-${tenantId}`,
        inputKey: "k",
        fileName: "a.docx",
        sizeBytes: 30_000,
        options,
      };
      await this.#jobs.create(newJob({ ...given, traceparent: "", traceUrl: "" }, this.#store.clock.now()), {});
    });
  }

  async #work(id: string): Promise<void> {
    const own = { attempt: 1, workerId: "w" };
    await this.#jobs.apply(id, { kind: "claim", workerId: "w", deliveryAttempt: 1, invitationTraceparent: "" });
    const progress = { stage: Stage.CONVERTING, percent: 50, pagesDone: 0, pagesTotal: 3, longestSpans: [] };
    await this.#jobs.apply(id, { kind: "heartbeat", ...own, ...progress });
    await this.#jobs.apply(id, { kind: "complete", ...own, ledger, artefacts: [], longestSpans: [] });
  }

  async relay(): Promise<void> {
    await this.#store.relay(async () => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#store[Symbol.asyncDispose]();
  }
}

async function measure(tenants: number, name: string, limited: JobLimits): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const open = async (held: JobLimits, as: (store: Store) => Store) => {
    const { url } = stack.use(await startRedis());
    const redis = stack.adopt(new Redis(url), (client) => client.disconnect());
    const side = stack.use(new Side(as(await openRedisStore(url, log)), redis, tenants, held));
    await side.make(tenants);
    await side.round(JOBS_A_ROUND);
    await side.relay();
    return { side, took: [] as Took[] };
  };
  const on = await open(limited, (store) => store);
  const off = await open(NO_LIMITS, withoutPolicy);
  for (let round = 0; round < ROUNDS; round++) {
    for (const { side, took } of round % 2 === 0 ? [on, off] : [off, on]) {
      took.push(await side.round(JOBS_A_ROUND));
      await side.relay();
    }
  }
  const more = (of: keyof Took) => {
    const ratios = on.took.map((took, round) => took[of] / (off.took[round] as Took)[of] - 1);
    return `${(100 * median(ratios)).toFixed(1)} %`;
  };
  const each = (took: readonly Took[], of: keyof Took) => (median(took.map((one) => one[of])) / JOBS_A_ROUND).toFixed(2);
  console.log(
    `${String(tenants).padStart(6)} tenants, ${name}: ${each(on.took, "wallMs")} ms a job with, ${each(off.took, "wallMs")} without, ${more("wallMs")} more;` +
      ` processor time ${each(on.took, "cpuMs")} and ${each(off.took, "cpuMs")} ms, ${more("cpuMs")} more`,
  );
}

for (const tenants of TENANTS) for (const [name, limited] of LIMITED) await measure(tenants, name, limited);
