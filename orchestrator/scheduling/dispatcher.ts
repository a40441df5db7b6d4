import { LatestMap } from "../../platform/async/latest_map.ts";
import { JOB_CLASSES, type JobClass } from "../../platform/job_classes.ts";
import { type Offer, Room, takes } from "../jobs/capability.ts";
import { type Ahead, type Chosen, choose } from "../policy/choice.ts";
import type { OrderSettings } from "../policy/order.ts";
import type { JobQueue } from "../store/store.ts";
import type { JobWriter, KnownJob } from "./job_writer.ts";
import { limitedOrRaced } from "./race.ts";

/** Bounds what one look at the queue costs; the commits of a full batch bring the next. */
const MAX_BATCH = 64;
/** How far it is looked for jobs that can be done. */
const MAX_LOOK = 1024;
/** How long jobs of a key that may have no more of them running are passed over. */
const PASSED_OVER_MS = 250;
const MAX_PASSED_OVER = 10_000;
/** How often it is looked again at once for others than those that a limit held back. */
const MAX_ROUNDS = 4;

export interface DispatcherParts {
  readonly queue: JobQueue;
  readonly jobs: Pick<JobWriter, "known" | "apply">;
  readonly offers: () => readonly Offer[];
  /** The classes of work of which jobs are given out; all if not given. */
  readonly classes?: () => Promise<readonly JobClass[]>;
  /** What the deployment has for every tenant. */
  readonly limits: OrderSettings["limits"];
}

interface Found extends Chosen {
  /** In which workers hear of it. */
  readonly jobClass: JobClass;
}

/** Invites workers to waiting jobs; the rest stays in the store, where it can be reordered at no cost. */
export class Dispatcher {
  readonly #parts: DispatcherParts;
  /** Keys, as "tenant key", by until when their jobs are passed over. */
  readonly #full = new LatestMap<string, number>(MAX_PASSED_OVER);
  /** Which part of all tenants is looked at where nobody can do what waits of the first. */
  #page = 0;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
  }

  /** Invites to as many jobs as there are free slots at workers that can do them. */
  async step(): Promise<void> {
    for (let round = 0; round < MAX_ROUNDS; round++) if (!(await this.#inviteSome())) return;
  }

  /** Whether a limit held back any of those that were chosen. */
  async #inviteSome(): Promise<boolean> {
    const { queue, jobs, offers } = this.#parts;
    // What is invited first, what is free then: a claim between the two is counted twice and not left out, and its commit brings the next look.
    const mixed = offers().length > 1;
    const invited = mixed ? await Promise.all((await queue.invited()).map((id) => jobs.known(id))) : [];
    const count = mixed ? 0 : await queue.countInvited();
    const room = new Room(offers());
    for (const job of invited) if (job) room.take(job.demand);
    const wanted = Math.min(MAX_BATCH, room.free - count);
    if (wanted <= 0) return false;
    const limited = await Promise.all((await this.#look(room, wanted)).map((found) => this.#invite(found)));
    return limited.includes(true);
  }

  async #invite({ id, chosenAt, jobClass }: Found): Promise<boolean> {
    const { jobs } = this.#parts;
    const limited = await limitedOrRaced(jobs.apply(id, { kind: "invite", jobClass }, { chosenAt }));
    const job = limited ? await jobs.known(id) : undefined;
    if (job) this.#full.set(fullName(job), performance.now() + PASSED_OVER_MS);
    return limited;
  }

  /**
   * The next so many jobs that there is room for; fewer where it is not known yet who comes after them, which the next look tells.
   * Looks the farther the more of them nobody can do.
   */
  async #look(room: Room, wanted: number): Promise<Found[]> {
    const { queue, jobs, limits, offers, classes: given } = this.#parts;
    const open = (given ? await given() : JOB_CLASSES).filter((jobClass) => offers().some((offer) => takes(offer, jobClass)));
    if (open.length === 0) return [];
    for (let far = wanted; ; far = Math.min(MAX_LOOK, far * 8)) {
      const isFar = far === MAX_LOOK;
      const ahead = await queue.ahead(far, open, limits, isFar ? this.#page : undefined);
      const known = new Map<string, KnownJob | undefined>();
      await Promise.all(idsOf(ahead).map(async (id) => known.set(id, await jobs.known(id))));
      const classes = new Map<string, JobClass>();
      const take = (id: string) => {
        const job = known.get(id);
        const jobClass = job && !this.#isFull(fullName(job)) ? room.take(job.demand) : undefined;
        if (jobClass) classes.set(id, jobClass);
        return jobClass && job;
      };
      const { chosen, isShort } = choose(this.#withoutFull(ahead), wanted, take, isFar);
      if (isFar && chosen.length === 0) this.#page = ahead.moreTenants ? this.#page + 1 : 0;
      if (chosen.length > 0 || !isShort || isFar) return chosen.map((each) => ({ ...each, jobClass: classes.get(each.id) ?? "default" }));
    }
  }

  #isFull(name: string): boolean {
    return (this.#full.get(name) ?? 0) > performance.now();
  }

  /** A lane that is a key's is left out as one, however long it is. */
  #withoutFull(ahead: Ahead): Ahead {
    const tenants = ahead.tenants.map((tenant) => ({
      ...tenant,
      lanes: tenant.lanes.filter(({ lane }) => !this.#isFull(`${tenant.tenantId} ${lane}`)),
    }));
    return { ...ahead, tenants };
  }
}

function fullName({ tenantId, keyId }: KnownJob): string {
  return `${tenantId} ${keyId}`;
}

function idsOf({ urgent, tenants }: Ahead): string[] {
  return [...urgent, ...tenants.flatMap(({ lanes }) => lanes.flatMap(({ ids }) => ids))];
}
