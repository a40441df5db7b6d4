import { createHash } from "node:crypto";
import { expect } from "chai";
import { connect } from "nats";
import { reasonText } from "../../cli/render.ts";
import { type Job, JobState, TimelineReason } from "../../gen/dragoman/v1/job_pb.ts";
import type { JobRecord } from "../../orchestrator/jobs/job.ts";
import { removeGarbage } from "../../orchestrator/scheduling/garbage.ts";
import { KEPT_NAME, outputName } from "../../platform/artefacts/output_name.ts";
import { openS3Artefacts } from "../../platform/artefacts/s3.ts";
import { isFinal } from "../../platform/final.ts";
import { CLASSES, READY } from "../../platform/messaging/jetstream_streams.ts";
import { stateName } from "../../platform/names.ts";
import type { Cluster } from "../support/cluster.ts";
import { bucketKeys, expectNothingOfNobody, redisRows } from "../support/leftovers.ts";
import { eventually } from "../support/service.ts";
import { listOf } from "../support/stored_jobs.ts";
import type { History } from "./history.ts";

const { SCHEDULED, QUEUED, RUNNING, RETRY_WAIT, CANCELLING, SUCCEEDED, PARTIALLY_SUCCEEDED, FAILED, CANCELLED, EXPIRED } = JobState;

/**
 * Written from the design, not from the machine. An entry may stand in the state of the one before: what was changed of a job. Who waits
 * may be rescheduled, whatever goes on be ended by force, and a new job wait for its quota.
 */
const EDGES: Partial<Record<JobState, readonly JobState[]>> = {
  [SCHEDULED]: [SCHEDULED, QUEUED, FAILED, CANCELLED, EXPIRED],
  [QUEUED]: [QUEUED, SCHEDULED, RUNNING, RETRY_WAIT, FAILED, CANCELLED, EXPIRED],
  [RUNNING]: [RUNNING, QUEUED, RETRY_WAIT, CANCELLING, SUCCEEDED, PARTIALLY_SUCCEEDED, FAILED, CANCELLED, EXPIRED],
  [RETRY_WAIT]: [RETRY_WAIT, QUEUED, SCHEDULED, FAILED, CANCELLED, EXPIRED],
  [CANCELLING]: [FAILED, CANCELLED],
  [SUCCEEDED]: [SUCCEEDED],
  [PARTIALLY_SUCCEEDED]: [PARTIALLY_SUCCEEDED],
  [FAILED]: [FAILED],
};
/** What may still be done with a job that has ended. */
const AFTER_THE_END: ReadonlySet<TimelineReason> = new Set([TimelineReason.CORRECTED, TimelineReason.RELEASED_FROM_QUARANTINE]);

/** Waits until every job has ended, and gives them as the store has them. */
export async function allEnded(cluster: Cluster, ids: readonly string[], deadlineMs = 150_000): Promise<JobRecord[]> {
  const records = new Map<string, JobRecord>();
  await eventually(async () => {
    for (const id of ids) {
      if (records.has(id)) continue;
      const record = await cluster.store.get(id).catch(() => undefined);
      if (record && isFinal(record.job.state)) records.set(id, record);
    }
    return records.size === ids.length;
  }, deadlineMs).catch(async (cause: unknown) => {
    const open = await Promise.all(ids.filter((id) => !records.has(id)).map((id) => cluster.store.get(id)));
    throw new Error(`did not end: ${open.map((record) => (record ? describe(record.job) : "no such job")).join("; ")}`, { cause });
  });
  return ids.map((id) => records.get(id) as JobRecord);
}

/** What must hold once every job has ended: seen in the store, in its rows, in the events and in the bucket. */
export async function checkInvariants(
  cluster: Cluster,
  history: History,
  ids: readonly string[],
  deadlineMs?: number,
): Promise<JobRecord[]> {
  const records = await allEnded(cluster, ids, deadlineMs);
  for (const record of records) {
    checkTimeline(record);
    checkEvents(record.job, history.of(record.job.id));
  }
  await checkQuiet(cluster);
  await checkBucket(cluster, records);
  await checkLeftovers(cluster);
  return records;
}

function checkTimeline({ job, attemptsReleased, outages, losses }: JobRecord): void {
  const states = job.timeline.map(({ state }) => state);
  for (const [index, state] of states.entries()) {
    const before = states[index - 1];
    if (before !== undefined) expect(EDGES[before], `${describe(job)}: after ${stateName(before)}`).to.include(state);
  }
  const ends = job.timeline.filter(({ state, reasonCode }) => isFinal(state) && !AFTER_THE_END.has(reasonCode));
  expect(
    ends.map(({ state }) => state),
    describe(job),
  ).to.deep.equal([job.state]);
  expect(job.attempt - attemptsReleased - outages - losses, describe(job)).to.be.at.most(job.maxAttempts);
  expect(outages, describe(job)).to.be.at.most(8);
  expect(losses, describe(job)).to.be.at.most(20);
}

/** Events may be lost or doubled; what is heard never contradicts itself or the store. */
function checkEvents(job: Job, events: readonly Job[]): void {
  const heard = [...new Map(events.map((event) => [event.version, event])).values()].sort((one, other) =>
    Number(one.version - other.version),
  );
  for (const event of events)
    expect(event, `two events of version ${event.version}`).to.deep.equal(heard.find(({ version }) => version === event.version));
  for (const [index, event] of heard.entries()) {
    expect(event.percent, `${describe(job)}: percent fell`).to.be.at.least(heard[index - 1]?.percent ?? 0);
    if (isFinal(event.state)) expect([event.version, event.state], describe(job)).to.deep.equal([job.version, job.state]);
  }
}

/** How many invitations the work queues hold. */
export async function queued({ nats }: Cluster): Promise<number> {
  const connection = await connect({ servers: nats.url });
  try {
    const { streams } = await connection.jetstreamManager();
    const infos = await Promise.all([READY, CLASSES].map((stream) => streams.info(stream)));
    return infos.reduce((sum, { state }) => sum + state.messages, 0);
  } finally {
    await connection.close();
  }
}

/** Nothing is owed, due, waiting or open; the queue is empty. */
async function checkQuiet(cluster: Cluster): Promise<void> {
  const { store } = cluster;
  await eventually(async () => (await store.due(Number.MAX_SAFE_INTEGER, 10)).length === 0);
  expect(await store.countOpen("t")).to.equal(0);
  expect(await store.countInvited()).to.equal(0);
  await eventually(async () => (await queued(cluster)) === 0);
  await eventually(async () => {
    const owed: string[] = [];
    await store.relay(async (messages) => void owed.push(...messages.map(({ id }) => id)));
    return owed.length === 0;
  });
}

/** Each result is whole and readable; of everything else that attempts stored, nothing is left once the garbage is gone. */
async function checkBucket({ store, s3, client }: Cluster, records: readonly JobRecord[]): Promise<void> {
  const artefacts = await openS3Artefacts(s3.url());
  while ((await store.garbage(Number.MAX_SAFE_INTEGER, 1)).length > 0) await removeGarbage(store, artefacts, Number.MAX_SAFE_INTEGER);
  for (const { job, tenantId } of records) {
    // Previews are made when they are looked at, which nobody does here.
    const files = job.artefacts.filter(({ sha256 }) => sha256 !== "");
    for (const { format, page, sha256 } of files) {
      const hash = createHash("sha256");
      for await (const { data } of client.jobs.getResult({ id: job.id, format, page })) hash.update(data);
      expect(hash.digest("hex"), describe(job)).to.equal(sha256);
    }
    const stored: string[] = [];
    const prefix = `tenants/${tenantId}/jobs/${job.id}/`;
    for await (const { name } of s3.client.listObjectsV2(s3.bucket, prefix, true)) if (name) stored.push(name.slice(prefix.length));
    // A file that is two of what a job lists is stored once; the translated pages are kept beside what is listed.
    const names = [...files.map(outputName), ...(files.length > 0 ? [KEPT_NAME] : [])];
    const published = new Set(names.map((name) => `attempts/${job.attempt}/${name}`));
    expect(stored.sort(), describe(job)).to.deep.equal([...published].sort());
  }
}

/** No row and no object is nobody's; the garbage is gone. */
async function checkLeftovers({ store, redis, s3 }: Cluster): Promise<void> {
  const all = await listOf(store);
  expectNothingOfNobody(await redisRows(redis.url), await bucketKeys(s3), all);
}

function describe(job: Job): string {
  return `${job.id} ${job.timeline.map((entry) => `${entry.attempt}:${stateName(entry.state)}(${reasonText(entry)})`).join(" ")}`;
}
