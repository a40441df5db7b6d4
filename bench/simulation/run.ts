import { choose } from "../../orchestrator/policy/choice.ts";
import { type WaitingJob, WaitingJobs } from "../../test/support/waiting_jobs.ts";

export interface Arrival extends WaitingJob {
  /** In seconds. */
  readonly at: number;
}

export interface Simulated {
  /** By the arrivals' places: when each began. */
  readonly startedAt: Float64Array;
}

interface Order {
  add(job: Arrival): void;
  /** Takes out who is next. */
  next(): Arrival | undefined;
}

/** The order of the service: the code that runs there, on a queue in memory. */
export function fairOrder(arrivals: readonly Arrival[], weightOf: (tenantId: string) => number): Order {
  const waiting = new WaitingJobs(weightOf);
  const jobs = new Map(arrivals.map((job) => [job.id, job]));
  return {
    add: (job) => waiting.add(job),
    next() {
      const [first] = choose(waiting.ahead(1), 1, (id) => jobs.get(id)).chosen;
      const job = first && jobs.get(first.id);
      if (job) waiting.give(job, first.chosenAt);
      return job;
    },
  };
}

export function firstComeFirstServed(): Order {
  const queue: Arrival[] = [];
  let gone = 0;
  return { add: (job) => void queue.push(job), next: () => (gone < queue.length ? queue[gone++] : undefined) };
}

/** Plays arrivals, which are in order, on so many slots, each of which takes `pageSeconds` for a page. */
export function play(arrivals: readonly Arrival[], order: Order, slots: number, pageSeconds: number): Simulated {
  const startedAt = new Float64Array(arrivals.length);
  const placeOf = new Map(arrivals.map(({ id }, place) => [id, place]));
  const ends = new Ends();
  let [free, arrived, now] = [slots, 0, 0];
  while (arrived < arrivals.length || ends.size > 0) {
    now = Math.min(arrivals[arrived]?.at ?? Number.POSITIVE_INFINITY, ends.first);
    for (let next = arrivals[arrived]; next && next.at <= now; next = arrivals[++arrived]) order.add(next);
    for (; ends.first <= now; free++) ends.take();
    for (let job = free > 0 ? order.next() : undefined; job; job = free > 0 ? order.next() : undefined) {
      startedAt[placeOf.get(job.id) as number] = now;
      ends.add(now + job.cost * pageSeconds);
      free -= 1;
    }
  }
  return { startedAt };
}

/** When slots are free again: a binary heap. */
class Ends {
  readonly #heap: number[] = [];

  get size(): number {
    return this.#heap.length;
  }

  get first(): number {
    return this.#heap[0] ?? Number.POSITIVE_INFINITY;
  }

  add(end: number): void {
    const heap = this.#heap;
    let at = heap.push(end) - 1;
    for (let parent = (at - 1) >> 1; at > 0 && (heap[parent] as number) > end; parent = (at - 1) >> 1) {
      heap[at] = heap[parent] as number;
      at = parent;
    }
    heap[at] = end;
  }

  take(): void {
    const heap = this.#heap;
    const last = heap.pop() as number;
    if (heap.length === 0) return;
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && (heap[child + 1] as number) < (heap[child] as number)) child += 1;
      if ((heap[child] as number) >= last) break;
      heap[at] = heap[child] as number;
      at = child;
    }
    heap[at] = last;
  }
}
