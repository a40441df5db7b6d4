import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { Redis } from "ioredis";
import { JobOptionsSchema, JobState, Priority } from "../../gen/dragoman/v1/job_pb.ts";
import { openLog } from "../../platform/log.ts";
import { Random } from "../../test/fuzz/random.ts";
import { describeStores, type StorePlace } from "../../test/support/stores.ts";
import { WaitingJobs } from "../../test/support/waiting_jobs.ts";
import { newJob } from "../jobs/change.ts";
import { newId, shardOfTenant } from "../jobs/id.ts";
import type { JobCommand, JobRecord } from "../jobs/job.ts";
import { transition } from "../jobs/machine.ts";
import { pagesOf } from "../policy/charges.ts";
import { choose } from "../policy/choice.ts";
import type { Limits } from "../policy/limits.ts";
import { type OrderSettings, PLAIN_ORDER, rankOf, turnOf } from "../policy/order.ts";
import { openRedisStore } from "./redis.ts";
import type { Store } from "./store.ts";

/** Jobs of one store, made and changed as the orchestrator does it. */
class Jobs {
  readonly #store: Store;
  readonly #settings: OrderSettings;
  readonly records = new Map<string, JobRecord>();
  #made = 0;

  constructor(store: Store, settings: OrderSettings = PLAIN_ORDER) {
    this.#store = store;
    this.#settings = settings;
  }

  async make(tenantId: string, given: { lane?: string; share?: number; priority?: Priority; urgent?: boolean; pages?: number } = {}) {
    const { lane = "k", share = 1, priority = Priority.NORMAL, urgent = false, pages = 0 } = given;
    const options = create(JobOptionsSchema, { targetLanguage: "es", priority });
    const job = { id: newId(tenantId), tenantId, inputKey: "k", fileName: "f", sizeBytes: 1, options, traceparent: "", traceUrl: "" };
    this.#made += 1;
    const record: JobRecord = { ...newJob(job, 1000 + this.#made), lane, share };
    Object.assign(record.job, { urgent, pagesTotal: pages });
    const turn = turnOf(undefined, record, this.#settings);
    expect(await this.#store.commit({ record, expectedVersion: 0n, outbox: [], turn })).to.equal(true);
    this.records.set(record.job.id, record);
    return record;
  }

  async apply(id: string, command: JobCommand, chosenAt = 0): Promise<void> {
    const before = this.of(id);
    const outcome = transition(before, command, 5000);
    if (outcome.kind !== "changed") throw new Error(outcome.kind);
    const turn = turnOf(before, outcome.record, this.#settings, chosenAt);
    const commit = { record: outcome.record, expectedVersion: before.job.version, outbox: [], turn };
    expect(await this.#store.commit(commit)).to.equal(true);
    this.records.set(id, outcome.record);
  }

  of(id: string): JobRecord {
    return this.records.get(id) as JobRecord;
  }

  /** The next jobs, which workers are not invited to by that. */
  async next(wanted: number, classes: readonly string[] = ["default"]) {
    const take = (id: string) => ({ cost: pagesOf(this.of(id)), share: this.of(id).share });
    const look = async (far: number) => choose(await this.#store.ahead(far, classes, this.#settings.limits), wanted, take);
    const near = await look(wanted);
    return near.chosen.length > 0 || !near.isShort ? near.chosen : (await look(8 * wanted)).chosen;
  }

  /** Invites workers to so many jobs, one after the other, and gives what tells them apart. */
  async invite(count: number, tell: (record: JobRecord) => string = ({ tenantId }) => tenantId): Promise<string[]> {
    const told: string[] = [];
    for (let turn = 0; turn < count; turn++) {
      const [first] = await this.next(1);
      if (!first) break;
      await this.apply(first.id, { kind: "invite", jobClass: "default" }, first.chosenAt);
      told.push(tell(this.of(first.id)));
    }
    return told;
  }
}

function counts(names: readonly string[]): Record<string, number> {
  return Object.fromEntries([...new Set(names)].sort().map((name) => [name, names.filter((each) => each === name).length]));
}

/** A job that an older version has waiting, filed as that does it. */
async function fileAsBefore(url: string, { job, tenantId }: JobRecord): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const redis = stack.adopt(new Redis(url), (client) => client.disconnect());
  const prefix = `dgm:{${shardOfTenant(tenantId)}}`;
  await redis.hdel(`${prefix}:job:${job.id}`, "place");
  await redis.del(`${prefix}:queue:default:k:${tenantId}`, `${prefix}:lanes:default:${tenantId}`, `${prefix}:turns:default`);
  await redis.zadd(`${prefix}:waiting:${tenantId}`, -2, job.id);
  await redis.zadd(`${prefix}:turns`, 1, tenantId);
}

describeStores(
  (driver: string, place: () => StorePlace) => {
    describe(`the order of jobs on ${driver}`, () => {
      let at: StorePlace;
      let store: Store;
      let jobs: Jobs;
      const setTenant = async (tenantId: string, version: number, limits: Limits, paused = false) => {
        const pause = paused && { paused: { reason: "r", at: 1, by: "k" } };
        expect(await store.saveTenant({ tenantId, version, limits, ...pause })).to.equal(true);
      };
      const makeAll = async (tenantId: string, count: number, given: Parameters<Jobs["make"]>[1] = {}) => {
        for (let made = 0; made < count; made++) await jobs.make(tenantId, given);
      };
      beforeEach(async () => {
        at = place();
        store = await at.open();
        jobs = new Jobs(store);
      });
      afterEach(async () => {
        await store[Symbol.asyncDispose]();
        await at.remove();
      });

      it("gives tenants shares by their weights", async () => {
        await setTenant("three", 1, { weight: 3 });
        await makeAll("three", 12);
        await makeAll("one", 12);
        expect(counts(await jobs.invite(12))).to.deep.equal({ one: 3, three: 9 });
      });
      it("counts pages, not documents", async () => {
        await makeAll("long", 6, { pages: 10 });
        await makeAll("short", 12, { pages: 1 });
        expect(counts(await jobs.invite(11))).to.deep.equal({ long: 1, short: 10 });
      });
      it("lets a tenant that comes back take no turns that it did not need", async () => {
        await makeAll("busy", 10);
        await jobs.invite(8);
        await makeAll("late", 10);
        expect(counts(await jobs.invite(4))).to.deep.equal({ busy: 2, late: 2 });
      });
      it("lets a tenant's lanes take turns, by their shares", async () => {
        await makeAll("t", 8, { lane: "flood" });
        await makeAll("t", 8, { lane: "other", share: 3 });
        expect(counts(await jobs.invite(8, ({ lane }) => lane))).to.deep.equal({ flood: 2, other: 6 });
      });
      it("gives back what an invitation cost that nobody claimed", async () => {
        await makeAll("a", 4);
        await makeAll("b", 4);
        await jobs.invite(2);
        const [lost] = [...jobs.records.values()].filter(({ tenantId, invitedAt }) => tenantId === "a" && invitedAt !== null);
        await jobs.apply(lost?.job.id ?? "", { kind: "restart" });
        expect(await jobs.invite(1)).to.deep.equal(["a"]);
      });
      it("passes over a paused tenant until it is resumed, its urgent jobs too", async () => {
        await makeAll("paused", 2);
        await jobs.make("paused", { urgent: true });
        await setTenant("paused", 1, {}, true);
        await makeAll("other", 2);
        expect(await jobs.invite(9)).to.deep.equal(["other", "other"]);
        await setTenant("paused", 2, {});
        expect(await jobs.invite(9)).to.deep.equal(["paused", "paused", "paused"]);
      });
      it("passes over a tenant that has as many jobs given out as it may, until one of them ends", async () => {
        await setTenant("few", 1, { maxRunningJobs: 2 });
        await makeAll("few", 4);
        await makeAll("other", 3);
        expect(counts(await jobs.invite(9))).to.deep.equal({ few: 2, other: 3 });
        const running = [...jobs.records.values()].find(({ tenantId, invitedAt }) => tenantId === "few" && invitedAt !== null);
        await jobs.apply(running?.job.id ?? "", { kind: "cancel", reason: "" });
        expect(await jobs.invite(9)).to.deep.equal(["few"]);
        await setTenant("few", 2, { maxRunningJobs: 3 });
        expect(await jobs.invite(9)).to.deep.equal(["few"]);
      });
      it("gives out no more of a tenant at once than it may have", async () => {
        await setTenant("few", 1, { maxRunningJobs: 2 });
        await makeAll("few", 5);
        expect(await jobs.next(5)).to.have.length(2);
      });
      it("holds to the deployment's limit where nothing is set of a tenant", async () => {
        jobs = new Jobs(store, { ...PLAIN_ORDER, limits: { maxRunningJobs: 1 } });
        await makeAll("a", 2);
        await makeAll("b", 2);
        expect((await jobs.invite(9)).sort()).to.deep.equal(["a", "b"]);
      });
      it("gives urgent jobs out before all others, the one that was made first", async () => {
        await jobs.make("a", { priority: Priority.HIGH });
        const [first, second] = [await jobs.make("b", { urgent: true }), await jobs.make("a", { urgent: true })];
        expect((await jobs.next(2)).map(({ id }) => id)).to.have.members([first.job.id, second.job.id]);
        expect(await store.position("b", first.job.id)).to.equal(1);
      });
      it("says that there may be urgent jobs behind those of a tenant that is paused", async () => {
        await jobs.make("paused", { urgent: true });
        await setTenant("paused", 1, {}, true);
        const near = await store.ahead(1, ["default"], {});
        expect([near.urgent, near.moreUrgent]).to.deep.equal([[], true]);
        const far = await store.ahead(8, ["default"], {});
        expect([far.urgent, far.moreUrgent]).to.deep.equal([[], false]);
      });
      it("looks at the classes of work alone that it is asked for", async () => {
        await jobs.make("a");
        expect(await jobs.next(5, ["pictures"])).to.deep.equal([]);
        expect(await jobs.next(5, ["pictures", "default"])).to.have.length(1);
      });
      it("counts what waits of each class, whatever becomes of it", async () => {
        const counts = async () => (await store.waitingByClass()).map(({ count }) => count);
        const made = [
          await jobs.make("a"),
          await jobs.make("b"),
          await jobs.make("b", { urgent: true }),
          await jobs.make("b", { lane: "l" }),
        ];
        expect(await counts()).to.deep.equal([4]);
        const [first, second, urgent] = made.map(({ job }) => job.id) as [string, string, string];
        for (const id of [first, urgent]) await jobs.apply(id, { kind: "invite" });
        await jobs.apply(second, { kind: "cancel", reason: "" });
        expect(await counts()).to.deep.equal([1]);
        await jobs.apply(first, { kind: "restart" });
        expect(await counts()).to.deep.equal([2]);
      });
      it("tells a place among all lanes of a tenant", async () => {
        const first = await jobs.make("t", { lane: "a" });
        const second = await jobs.make("t", { lane: "a" });
        await makeAll("t", 5, { lane: "b" });
        const positions = [await store.position("t", first.job.id), await store.position("t", second.job.id)];
        expect([...positions, await store.position("other", first.job.id)]).to.deep.equal([1, 3, 0]);
      });
      it("says that there is more than it was asked to look at", async () => {
        for (let tenant = 0; tenant < 6; tenant++) await jobs.make(`t${tenant}`);
        const few = await store.ahead(4, ["default"], {});
        expect([few.tenants.length, few.moreTenants]).to.deep.equal([4, true]);
        const all = await store.ahead(64, ["default"], {});
        expect([all.tenants.length, all.moreTenants]).to.deep.equal([6, false]);
        await makeAll("t0", 40);
        const one = (await store.ahead(1, ["default"], {})).tenants[0];
        expect(one?.lanes[0]?.ids.length).to.be.lessThan(20);
      });
      it("gives the jobs of a random day in the order of the pure code", async () => {
        // Of one shard, for others tell their times apart a little later.
        const [one = "", two = "", three = ""] = Array.from({ length: 200 }, (_, index) => `t${index}`).filter(
          (name) => shardOfTenant(name) === "7",
        );
        const weights: Record<string, number> = { [one]: 1, [two]: 0.5, [three]: 4 };
        for (const [tenantId, weight] of Object.entries(weights)) await setTenant(tenantId, 1, { weight });
        const random = new Random(7);
        const model = new WaitingJobs((tenantId) => weights[tenantId] ?? 1);
        const expected: string[] = [];
        const given: string[] = [];
        const ofModel = (id: string) => {
          const record = jobs.of(id);
          const { tenantId, lane, share } = record;
          return { id, tenantId, lane, share, cost: pagesOf(record), rank: rankOf(record, PLAIN_ORDER.priorityAgeMs) };
        };
        for (let step = 0; step < 80; step++) {
          if (step < 50 && random.int(5) > 1) {
            const lane = random.pick(["x", "y"]);
            const made = await jobs.make(random.pick(Object.keys(weights)), {
              ...{ lane, share: lane === "x" ? 1 : 3, pages: 1 + random.int(20) },
              priority: random.pick([Priority.LOW, Priority.NORMAL, Priority.HIGH]),
            });
            model.add(ofModel(made.job.id));
            continue;
          }
          const [first] = choose(model.ahead(1), 1, ofModel).chosen;
          if (!first) continue;
          expected.push(first.id);
          model.give(ofModel(first.id), first.chosenAt);
          given.push(...(await jobs.invite(1, ({ job }) => job.id)));
        }
        expect(given).to.deep.equal(expected);
        expect(given.length).to.be.greaterThan(20);
      });
      it("shows all tenants in parts, each once, whatever they have in other classes of work", async () => {
        for (let tenant = 0; tenant < 40; tenant++) await jobs.make(`t${tenant}`);
        const seen: string[] = [];
        for (let page = 0, more = true; more; page++) {
          const ahead = await store.ahead(2, ["default", "office"], {}, page);
          seen.push(...ahead.tenants.map(({ tenantId }) => tenantId));
          more = ahead.moreTenants;
        }
        expect(seen.sort()).to.deep.equal(Array.from({ length: 40 }, (_, index) => `t${index}`).sort());
      });
      it("forgets what a tenant's lanes had once the tenant has no open job", async () => {
        await makeAll("t", 2);
        await jobs.invite(2);
        expect((await store.ahead(1, ["default"], {})).tenants).to.deep.equal([]);
        for (const id of jobs.records.keys()) await jobs.apply(id, { kind: "cancel", reason: "" });
        await jobs.make("t");
        expect((await store.ahead(1, ["default"], {})).tenants[0]?.lanesNow).to.equal(0);
      });
    });
  },
  (url) => {
    it("leaves out what an older version ended or forgot while it waited on Redis", async () => {
      const redis = new Redis(url());
      const key = ({ job }: JobRecord) => `dgm:{${shardOfTenant("t")}}:job:${job.id}`;
      const cancel = (record: JobRecord) => redis.hset(key(record), "state", String(JobState.CANCELLED), "open", "0");
      await using store = await openRedisStore(url(), openLog("test", "silent"));
      /** As another process has it, which looks for what is left as it begins. */
      const ids = async () => {
        await using after = await openRedisStore(url(), openLog("test", "silent"));
        const { urgent, tenants } = await after.ahead(1, ["default"], {});
        return [...urgent, ...tenants.flatMap(({ lanes }) => lanes.flatMap((lane) => lane.ids))];
      };
      const jobs = new Jobs(store);
      await cancel(await jobs.make("t", { urgent: true }));
      expect(await ids()).to.deep.equal([]);
      await cancel(await jobs.make("t"));
      await redis.del(key(await jobs.make("t", { lane: "l" })));
      const { job } = await jobs.make("t");
      expect(await ids()).to.deep.equal([job.id]);
      expect(await store.waitingByClass()).to.deep.equal([{ jobClass: "default", count: 1 }]);
      await redis.flushall();
      redis.disconnect();
    });
    it("takes over what an older version has waiting on Redis", async () => {
      await using store = await openRedisStore(url(), openLog("test", "silent"));
      const record = await new Jobs(store).make("older");
      await fileAsBefore(url(), record);
      const ids = async () => (await store.ahead(9, ["default"], {})).tenants.flatMap(({ lanes }) => lanes.flatMap((lane) => lane.ids));
      expect(await ids()).to.deep.equal([record.job.id]);
      const redis = new Redis(url());
      expect(await redis.exists(`dgm:{${shardOfTenant("older")}}:turns`)).to.equal(0);
      await redis.flushall();
      redis.disconnect();
    });
  },
);
