import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { JobOptionsSchema } from "../../gen/dragoman/v1/job_pb.ts";
import type { JobClass } from "../../platform/job_classes.ts";
import { openLog } from "../../platform/log.ts";
import type { Offer } from "../jobs/capability.ts";
import { newJob } from "../jobs/change.ts";
import { newId } from "../jobs/id.ts";
import type { JobRecord } from "../jobs/job.ts";
import { JobMetrics } from "../metrics.ts";
import type { Limits } from "../policy/limits.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import type { Store } from "../store/store.ts";
import { Dispatcher } from "./dispatcher.ts";
import { JobWriter } from "./job_writer.ts";

const PAIRS = [{ source: "en", target: "es" }];

/** A dispatcher on a store of its own, with so many free slots for English to Spanish. */
class Bench implements AsyncDisposable {
  readonly store: Store = openSqliteStore(":memory:");
  readonly jobs: JobWriter;
  classes?: JobClass[];
  readonly #slots: number;
  readonly #limits: Limits;
  readonly #dispatcher: Dispatcher;

  constructor(slots: number, { tenant = {}, key = () => ({}) }: { tenant?: Limits; key?: (keyId: string) => Limits } = {}) {
    this.#slots = slots;
    this.#limits = tenant;
    const parts = { store: this.store, log: openLog("test", "silent"), metrics: new JobMetrics(false), retentionMs: 0 };
    this.jobs = new JobWriter({
      ...parts,
      order: { priorityAgeMs: 0, limits: tenant },
      limitsOf: async ({ keyId }) => ({ tenant, key: key(keyId) }),
    });
    this.#dispatcher = new Dispatcher({ queue: this.store, jobs: this.jobs, offers: () => this.#offers(), limits: this.#limits });
  }

  #offers(): Offer[] {
    return [{ pairs: PAIRS, slots: this.#slots, prefetch: 0, ...(this.classes && { classes: this.classes }) }];
  }

  /** One that an operator has go before all others. */
  async makeUrgent(tenantId: string, targetLanguage = "es"): Promise<void> {
    await this.make(tenantId, "k", 1, targetLanguage);
    const { records } = await this.store.listAll({ tenantId, states: [], label: "", before: "~", from: "", limit: 1 });
    const [{ job }] = records as [JobRecord];
    await this.jobs.apply(job.id, { kind: "override", override: { kind: "run_now" }, by: "k", reason: "r", operationId: "" });
  }

  async make(tenantId: string, keyId: string, count: number, targetLanguage = "es", jobClass: JobClass = "default"): Promise<void> {
    for (let made = 0; made < count; made++) {
      const options = create(JobOptionsSchema, { sourceLanguage: "en", targetLanguage });
      const given = { id: newId(tenantId), tenantId, keyId, inputKey: "k", fileName: "f.txt", sizeBytes: 1, options, jobClass };
      expect(await this.jobs.create(newJob({ ...given, traceparent: "", traceUrl: "" }, 1000), {})).to.equal(true);
    }
  }

  /** Whose jobs workers are invited to, after so many looks at the queue. */
  async invited(looks = 1): Promise<string[]> {
    for (let look = 0; look < looks; look++) await this.#dispatcher.step();
    const records = await Promise.all((await this.store.invited()).map((id) => this.store.get(id)));
    return records.map((record) => `${record?.tenantId} ${record?.job.keyId}`).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store[Symbol.asyncDispose]();
  }
}

describe("the dispatcher", () => {
  it("invites to an urgent job before others, though the one before it is such that nobody can do it", async () => {
    await using bench = new Bench(1);
    await bench.makeUrgent("a", "fr");
    await bench.make("b", "k", 3);
    await bench.makeUrgent("c");
    expect(await bench.invited()).to.deep.equal(["c k"]);
  });
  it("invites to as many jobs as there are free slots, tenants in turn", async () => {
    await using bench = new Bench(4);
    await bench.make("a", "k", 9);
    await bench.make("b", "k", 9);
    expect(await bench.invited(6)).to.deep.equal(["a k", "a k", "b k", "b k"]);
  });
  it("lets a key that has as many jobs running as it may hold up nobody, its tenant's other keys neither", async () => {
    await using bench = new Bench(6, { key: (keyId) => (keyId === "few" ? { maxRunningJobs: 1 } : {}) });
    await bench.make("a", "few", 40);
    await bench.make("a", "many", 3);
    await bench.make("b", "k", 2);
    expect(await bench.invited(6)).to.deep.equal(["a few", "a many", "a many", "a many", "b k", "b k"]);
  });
  it("looks past jobs that no worker can do, however many they are", async () => {
    await using bench = new Bench(2);
    await bench.make("a", "k", 60, "fr");
    await bench.make("a", "k", 1);
    await bench.make("b", "k", 60, "fr");
    expect(await bench.invited(6)).to.deep.equal(["a k"]);
  });
  it("comes to a tenant behind more than it looks at once of whom nobody can do anything", async () => {
    await using bench = new Bench(2);
    for (let tenant = 0; tenant < 1100; tenant++) await bench.make(`t${tenant}`, "k", 1, "fr");
    await bench.make("z", "k", 3);
    expect(await bench.invited(4)).to.deep.equal(["z k", "z k"]);
  });
  it("does not look at classes of work that no worker takes, however many tenants wait there", async () => {
    await using bench = new Bench(2);
    bench.classes = ["default"];
    for (let tenant = 0; tenant < 1100; tenant++) await bench.make(`t${tenant}`, "k", 1, "es", "pictures");
    await bench.make("z", "k", 1);
    expect(await bench.invited(2)).to.deep.equal(["z k"]);
  });
  it("gives out no more of a tenant than it may have, and the slots to others", async () => {
    await using bench = new Bench(5, { tenant: { maxRunningJobs: 2 } });
    await bench.make("a", "k", 9);
    await bench.make("b", "k", 1);
    expect(await bench.invited(6)).to.deep.equal(["a k", "a k", "b k"]);
  });
});
