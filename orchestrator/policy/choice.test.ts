import { expect } from "chai";
import fc from "fast-check";
import { type WaitingJob, WaitingJobs } from "../../test/support/waiting_jobs.ts";
import { type Ahead, choose, type TenantAhead } from "./choice.ts";

const MOST_PAGES = 50;
const WEIGHTS: Readonly<Record<string, number>> = { a: 1, b: 0.5, c: 3, d: 10 };
const weightOf = (tenantId: string) => WEIGHTS[tenantId] ?? 1;
const tenantNames = fc.constantFrom(...Object.keys(WEIGHTS));
const jobShape = fc.record({ tenantId: tenantNames, cost: fc.integer({ min: 1, max: MOST_PAGES }), lane: fc.constantFrom("x", "y") });

/** Gives out one job after the other, and says what each cost. */
class Service {
  readonly waiting = new WaitingJobs(weightOf);
  readonly jobs = new Map<string, WaitingJob>();
  readonly given: Record<string, number> = {};

  add({ tenantId, cost, lane }: { tenantId: string; cost: number; lane: string }): WaitingJob {
    const rank = this.jobs.size;
    const job = { id: String(rank).padStart(6, "0"), tenantId, cost, lane, rank, share: 1 };
    this.jobs.set(job.id, job);
    this.waiting.add(job);
    return job;
  }

  give(): WaitingJob | undefined {
    const [first] = choose(this.waiting.ahead(1), 1, (id) => this.jobs.get(id)).chosen;
    if (!first) return undefined;
    const job = this.jobs.get(first.id) as WaitingJob;
    this.waiting.give(job, first.chosenAt);
    this.given[job.tenantId] = (this.given[job.tenantId] ?? 0) + job.cost;
    return job;
  }
}

/** The pages that the others were given. */
function othersOf(given: Readonly<Record<string, number>>, tenantId: string): number {
  return Object.entries(given).reduce((sum, [name, pages]) => sum + (name === tenantId ? 0 : pages), 0);
}

describe("the choice of the next jobs", () => {
  it("gives tenants that all wait their shares, to within a document of each", () => {
    const backlog = fc.array(fc.integer({ min: 1, max: MOST_PAGES }), { minLength: 40, maxLength: 40 });
    fc.assert(
      fc.property(backlog, (costs) => {
        const service = new Service();
        for (const tenantId of Object.keys(WEIGHTS)) for (const cost of costs) service.add({ tenantId, cost, lane: "x" });
        // None has nothing left so early.
        for (let turn = 0; turn < 40; turn++) {
          service.give();
          const shares = Object.entries(WEIGHTS).map(([name, weight]) => ({ of: (service.given[name] ?? 0) / weight, weight }));
          for (const one of shares)
            for (const other of shares)
              expect(Math.abs(one.of - other.of)).to.be.at.most(MOST_PAGES / one.weight + MOST_PAGES / other.weight + 1e-9);
        }
      }),
      { numRuns: 50 },
    );
  });
  it("starts every job within a bound that its tenant's weight gives, whatever the others send", () => {
    // In bursts, so that some are served alone for long.
    const burst = fc.tuple(fc.oneof(jobShape, fc.constant("give" as const)), fc.integer({ min: 1, max: 15 }));
    fc.assert(
      fc.property(fc.array(burst, { minLength: 10, maxLength: 40 }), (bursts) => {
        const all = bursts.flatMap(([step, count]) => Array<typeof step>(count).fill(step));
        const service = new Service();
        // What a tenant was given before, and what the others were when its first job came.
        const began = new Map<string, { time: number; others: number; ownBefore: number }>();
        const open = new Map<string, number>();
        const check = (job: WaitingJob) => {
          const start = began.get(job.tenantId);
          if (!start) throw new Error(job.id);
          const own = (service.given[job.tenantId] ?? 0) - job.cost - start.ownBefore;
          const ahead = start.time + own / weightOf(job.tenantId);
          const bound = Object.entries(WEIGHTS)
            .filter(([name]) => name !== job.tenantId)
            .reduce((sum, [, weight]) => sum + weight * ahead + MOST_PAGES, 0);
          expect(othersOf(service.given, job.tenantId) - start.others).to.be.at.most(bound + 1e-6);
          const left = (open.get(job.tenantId) ?? 0) - 1;
          open.set(job.tenantId, left);
        };
        for (const step of [...all, ...Array<"give">(all.length).fill("give")]) {
          if (step === "give") {
            const job = service.give();
            if (job) check(job);
            continue;
          }
          const waiting = open.get(step.tenantId) ?? 0;
          if (waiting === 0) {
            const last = MOST_PAGES / weightOf(step.tenantId);
            const ownBefore = service.given[step.tenantId] ?? 0;
            // It may be ahead of the others by its last document, no more.
            began.set(step.tenantId, { time: ownBefore > 0 ? last : 0, others: othersOf(service.given, step.tenantId), ownBefore });
          }
          open.set(step.tenantId, waiting + 1);
          service.add(step);
        }
        expect([...open.values()].every((left) => left === 0)).to.equal(true);
      }),
      { numRuns: 200 },
    );
  });
  it("is the same however little of the queue it is shown, as far as it goes", () => {
    const passed = fc.func(fc.boolean());
    fc.assert(
      fc.property(fc.array(jobShape, { maxLength: 60 }), fc.integer({ min: 1, max: 12 }), passed, (shapes, wanted, isPassed) => {
        const service = new Service();
        for (const shape of shapes) service.add(shape);
        const take = (id: string) => (isPassed(id) ? undefined : service.jobs.get(id));
        const whole = choose(service.waiting.ahead(10_000), wanted, take);
        const some = choose(service.waiting.ahead(Math.min(wanted, 3)), wanted, take);
        expect(some.chosen).to.deep.equal(whole.chosen.slice(0, some.chosen.length));
        if (some.chosen.length < whole.chosen.length) expect(some.isShort).to.equal(true);
      }),
      { numRuns: 300 },
    );
  });

  const aTenant = (tenantId: string, given: Partial<TenantAhead> = {}): TenantAhead => ({
    ...{ tenantId, time: 0, weight: 1, running: 0, maxRunning: 0, lanesNow: 0, moreLanes: false },
    lanes: [{ lane: "k", time: 0, ids: [`${tenantId}1`, `${tenantId}2`, `${tenantId}3`], more: false }],
    ...given,
  });
  const anAhead = (given: Partial<Ahead>): Ahead => ({ now: 0, urgent: [], moreUrgent: false, tenants: [], moreTenants: false, ...given });
  const any = () => ({ cost: 1, share: 1 });
  const idsOf = (ahead: Ahead, wanted: number) => choose(ahead, wanted, any).chosen.map(({ id }) => id);

  it("takes urgent jobs first", () => {
    expect(idsOf(anAhead({ urgent: ["u"], tenants: [aTenant("a")] }), 2)).to.deep.equal(["u", "a1"]);
  });
  it("takes nothing else before it has seen whether there are other urgent jobs behind one that nobody can do", () => {
    const take = (id: string) => (id === "u1" ? undefined : any());
    const ahead = anAhead({ urgent: ["u1"], moreUrgent: true, tenants: [aTenant("a")] });
    expect(choose(ahead, 1, take)).to.deep.equal({ chosen: [], isShort: true });
    expect(choose({ ...ahead, urgent: ["u1", "u2"], moreUrgent: false }, 2, take).chosen.map(({ id }) => id)).to.deep.equal(["u2", "a1"]);
    expect(choose(ahead, 1, take, true).chosen.map(({ id }) => id)).to.deep.equal(["a1"]);
  });
  it("stops at what a tenant may have running", () => {
    expect(idsOf(anAhead({ tenants: [aTenant("a", { running: 1, maxRunning: 2 }), aTenant("b")] }), 9)).to.deep.equal([
      "a1",
      "b1",
      "b2",
      "b3",
    ]);
  });
  it("lets a job that nobody can do hold up none behind it, and charges nothing for it", () => {
    const take = (id: string) => (id === "a1" ? undefined : any());
    const { chosen } = choose(anAhead({ tenants: [aTenant("a"), aTenant("b")] }), 3, take);
    expect(chosen.map(({ id }) => id)).to.deep.equal(["a2", "b1", "a3"]);
  });
  it("goes on without what was not looked at where it cannot look farther", () => {
    const full = aTenant("a", { lanes: [{ lane: "k", time: 0, ids: ["a1"], more: true }] });
    const take = (id: string) => (id === "a1" ? undefined : any());
    const ahead = anAhead({ tenants: [full, aTenant("b", { time: 5 })], moreTenants: true });
    expect(choose(ahead, 1, take)).to.deep.equal({ chosen: [], isShort: true });
    expect(choose(ahead, 1, take, true).chosen).to.deep.equal([{ id: "b1", chosenAt: 0 }]);
  });
});
