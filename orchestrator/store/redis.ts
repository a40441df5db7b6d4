import { randomUUID } from "node:crypto";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { JobSchema, JobState } from "../../gen/dragoman/v1/job_pb.ts";
import { DragomanError } from "../../platform/errors.ts";
import { isFinal } from "../../platform/final.ts";
import type { Logger } from "../../platform/log.ts";
import { encodeContent } from "../../platform/messaging/codec.ts";
import type { OutboxMessage } from "../../platform/messaging/messaging.ts";
import { jobPrefix, uploadIdOf, uploadKey } from "../jobs/artefact_keys.ts";
import { changedAt } from "../jobs/change.ts";
import { isHeld } from "../jobs/held.ts";
import { SHARDS, shardOfId, shardOfTenant } from "../jobs/id.ts";
import type { JobRecord } from "../jobs/job.ts";
import type { Receipt } from "../jobs/receipt.ts";
import type { AuditEntry } from "../policy/audit.ts";
import type { Ahead } from "../policy/choice.ts";
import { type OrderSettings, turnOf } from "../policy/order.ts";
import { quotaRefusal } from "../policy/violations.ts";
import type { AllJobs } from "./all_jobs_store.ts";
import type { AllowanceStore } from "./allowance_store.ts";
import type { AuditStore } from "./audit_store.ts";
import type { ChangeStore } from "./change_store.ts";
import type { ControlsStore } from "./controls_store.ts";
import { decodeEnvelope, encodeEnvelope } from "./envelope.ts";
import type { GlossaryStore } from "./glossary_store.ts";
import type { KeyStore } from "./key_store.ts";
import type { MeterStore } from "./meter_store.ts";
import type { OperationStore } from "./operation_store.ts";
import type { ReceiptStore } from "./receipt_store.ts";
import { allJobsCommands } from "./redis_all_jobs.ts";
import { allowances } from "./redis_allowances.ts";
import { auditCommands, encodedAudit } from "./redis_audit.ts";
import { changeCommands } from "./redis_changes.ts";
import { asked, connected, jobKey, newClient, prefix, type RedisClient, type ShardAhead, storeError } from "./redis_client.ts";
import { controlsCommands } from "./redis_controls.ts";
import { glossaryCommands } from "./redis_glossaries.ts";
import { keyCommands } from "./redis_keys.ts";
import { memories } from "./redis_memory.ts";
import { chargeArguments, meterCommands, refusedCharge } from "./redis_meters.ts";
import { migrate } from "./redis_migrations.ts";
import { operationCommands } from "./redis_operations.ts";
import { RedisOutbox } from "./redis_outbox.ts";
import { looked, merged, ofShard, positionOf, refileOlder } from "./redis_queue.ts";
import { receiptCommands } from "./redis_receipts.ts";
import { checkServer, ServerClock } from "./redis_server.ts";
import { settingsCommands } from "./redis_settings.ts";
import { tenantCommands } from "./redis_tenants.ts";
import { usageArguments, usageCommands } from "./redis_usage.ts";
import { deliveryCommands, endpointCommands } from "./redis_webhooks.ts";
import type { SettingsStore } from "./settings_store.ts";
import { type Announcement, type Commit, type Garbage, labelsOf, type Refusal, refusal, type Store, type StoredUpload } from "./store.ts";
import type { TenantStore } from "./tenant_store.ts";
import type { UnitKeeping, UnitStore } from "./unit_store.ts";
import type { UsageStore } from "./usage_store.ts";
import type { DeliveryStore, EndpointStore } from "./webhook_store.ts";

const ANNOUNCED_FOR_MS = 5_000;
const REFILE_EVERY_MS = 2_000;
/** What `redis/commit.lua` answers. */
const REFUSALS: Readonly<Record<number, Refusal>> = { [-1]: "UPLOAD_NOT_FOUND", [-2]: "JOB_NOT_FOUND" };

/**
 * The store on a Redis server 7 or newer, for any number of processes. Throws UNAVAILABLE where the
 * server cannot be reached, CREDENTIALS_REFUSED where it wants another password, and STORE_UNFIT for one
 * that may evict what is stored or is too old.
 */
export async function openRedisStore(url: string, log: Logger): Promise<Store> {
  using stack = new DisposableStack();
  const redis = stack.adopt(newClient(url, log), (client) => client.disconnect());
  try {
    await connected(redis);
    const durable = await checkServer(redis, log);
    await migrate(redis);
    const clock = stack.adopt(new ServerClock(redis, log), (ticking) => ticking.stop());
    await clock.adjust();
    const parts = [
      memories(redis),
      glossaryCommands(redis),
      allowances(redis),
      settingsCommands(redis),
      tenantCommands(redis),
      controlsCommands(redis),
      usageCommands(redis),
      keyCommands(redis),
      auditCommands(redis),
      operationCommands(redis),
      meterCommands(redis),
      receiptCommands(redis),
      changeCommands(redis, (shard, ids) => recordsOf(redis, shard, ids)),
      allJobsCommands(redis, async (shard, id) => toRecord(await redis.hmgetBuffer(jobKey(shard, id), "job", "custody"))),
      endpointCommands(redis),
      deliveryCommands(redis, () => clock.now()),
    ] as const;
    return Object.assign(new RedisStore(redis, clock, durable, stack.move()), ...parts);
  } catch (error) {
    throw storeError(error);
  }
}

type InOtherFiles = UnitStore &
  UnitKeeping &
  GlossaryStore &
  AllowanceStore &
  SettingsStore &
  ControlsStore &
  TenantStore &
  UsageStore &
  KeyStore &
  AuditStore &
  MeterStore &
  ReceiptStore &
  ChangeStore &
  AllJobs &
  EndpointStore &
  DeliveryStore &
  OperationStore;

class RedisStore implements Omit<Store, keyof InOtherFiles> {
  readonly system = "redis";
  readonly shared = true;
  readonly clock: ServerClock;
  readonly durable: boolean;
  readonly #redis: RedisClient;
  readonly #outbox: RedisOutbox;
  #refileAt = 0;

  readonly #owned: DisposableStack;

  /** `owned`: the client and the clock. */
  constructor(redis: RedisClient, clock: ServerClock, durable: boolean, owned: DisposableStack) {
    this.durable = durable;
    this.#owned = owned;
    this.#redis = redis;
    this.#outbox = new RedisOutbox(redis);
    this.clock = clock;
  }

  async commit(commit: Commit): Promise<boolean> {
    const { record, expectedVersion, outbox, request, uploadId, retryOf, charges, garbage } = commit;
    const { job } = record;
    const { state } = job;
    const invited = state === JobState.QUEUED && record.invitedAt !== null;
    const taken = invited || isHeld(state);
    const shard = shardOfTenant(record.tenantId);
    const messages = outbox.flatMap(({ id, content }) => [id, content.kind, Buffer.from(encodeContent(content))]);
    const answer = await asked(
      this.#redis.commitJob(
        prefix(shard),
        job.id,
        String(expectedVersion),
        randomUUID(),
        String(job.version),
        record.tenantId,
        state,
        flag(!isFinal(state)),
        flag(taken),
        flag(invited),
        flag(taken || state === JobState.RETRY_WAIT),
        job.options?.priority ?? 0,
        record.timerAt ?? "",
        Buffer.from(toBinary(JobSchema, job)),
        encodeEnvelope(record),
        request?.requestId ?? "",
        request?.fingerprint ?? "",
        uploadId ?? "",
        record.inputKey,
        retryOf ?? "",
        garbage?.prefix ?? "",
        garbage?.removeAt ?? "",
        JSON.stringify(moreOf(commit)),
        ...messages,
      ),
    );
    if (typeof answer === "object") {
      if (charges) throw quotaRefusal(refusedCharge(answer.slice(1), charges), charges.now);
      throw DragomanError.of("INTERNAL", "A commit without charges was refused one.");
    }
    const refused = REFUSALS[answer];
    if (refused) throw refusal(refused);
    const committed = answer === 1;
    if (committed && messages.length > 0) this.#outbox.owes(shard);
    return committed;
  }

  async forget(record: JobRecord, now: number, audit?: readonly AuditEntry[], receipt?: Receipt): Promise<boolean> {
    const { job, tenantId, inputKey } = record;
    const shard = prefix(shardOfTenant(tenantId));
    const labels = JSON.stringify(labelsOf(record));
    const args = [
      job.id,
      String(job.version),
      tenantId,
      inputKey,
      jobPrefix(record),
      now,
      labels,
      uploadIdOf(inputKey),
      receipt ? JSON.stringify(receipt) : "",
      receipt?.expireAt ?? "",
      ...encodedAudit(audit),
    ];
    return 1 === (await asked(this.#redis.forgetJob(shard, ...args)));
  }

  async get(id: string): Promise<JobRecord | undefined> {
    const shard = shardOfId(id);
    return shard === undefined ? undefined : toRecord(await asked(this.#redis.hmgetBuffer(jobKey(shard, id), "job", "custody")));
  }

  async byRequest(tenantId: string, requestId: string) {
    const key = `${prefix(shardOfTenant(tenantId))}:request:${tenantId}:${requestId}`;
    const [jobId, fingerprint] = await asked(this.#redis.hmget(key, "job", "fingerprint"));
    return jobId && fingerprint ? { jobId, fingerprint } : undefined;
  }

  async countOpen(tenantId: string): Promise<number> {
    return Number(await asked(this.#redis.hget(`${prefix(shardOfTenant(tenantId))}:open`, tenantId)));
  }

  async due(now: number, limit: number): Promise<string[]> {
    const found = await this.#everywhere((shard) =>
      this.#redis.zrangebyscore(`${prefix(shard)}:due`, "-inf", now, "WITHSCORES", "LIMIT", 0, limit),
    );
    const due = found.flatMap((flat) => chunks(flat, 2).map(([id = "", timerAt]) => ({ id, timerAt: Number(timerAt) })));
    return due
      .sort((one, other) => one.timerAt - other.timerAt)
      .slice(0, limit)
      .map(({ id }) => id);
  }

  async ahead(limit: number, classes: readonly string[], limits: OrderSettings["limits"], page?: number): Promise<Ahead> {
    const order = JSON.stringify({ classes, weight: limits.weight ?? 1, maxRunningJobs: limits.maxRunningJobs ?? 0 });
    const look = () =>
      this.#everywhere((shard) => this.#redis.aheadInQueue(prefix(shard), ofShard(limit), limit, order, String(page ?? "")));
    if (performance.now() < this.#refileAt) return merged(await look(), limit, page);
    // An orchestrator of an older version may be working still, or have left something.
    this.#refileAt = performance.now() + REFILE_EVERY_MS;
    await this.#everywhere((shard) => refileOlder(this.#redis, shard, (id) => this.get(id)));
    const found = await look();
    const leave = (ahead: ShardAhead, index: number) => {
      const entries = looked(ahead);
      return entries.length === 0 ? 0 : this.#redis.leaveQueue(prefix(SHARDS[index] as string), JSON.stringify(entries), order);
    };
    const left = await asked(Promise.all(found.map(leave)));
    if (!left.some((count) => count > 0)) return merged(found, limit, page);
    // What was behind them may be left as well.
    this.#refileAt = 0;
    return merged(await look(), limit, page);
  }

  async underWay(): Promise<string[]> {
    return (await this.#everywhere((shard) => this.#redis.smembers(`${prefix(shard)}:underway`))).flat();
  }

  async countInvited(): Promise<number> {
    const counts = await this.#everywhere((shard) => this.#redis.scard(`${prefix(shard)}:invited`));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  async invited(): Promise<string[]> {
    return (await this.#everywhere((shard) => this.#redis.smembers(`${prefix(shard)}:invited`))).flat();
  }

  relay(publish: (messages: readonly OutboxMessage[]) => Promise<void>): Promise<void> {
    return this.#outbox.relay(publish);
  }

  async announce(orchestratorId: string, announcement: Announcement | undefined): Promise<Announcement[]> {
    const key = "dgm:orchestrators";
    const now = this.clock.now();
    if (announcement) await asked(this.#redis.hset(key, orchestratorId, JSON.stringify({ at: now, announcement })));
    else await asked(this.#redis.hdel(key, orchestratorId));
    const others: Announcement[] = [];
    for (const [id, content] of Object.entries(await asked(this.#redis.hgetall(key)))) {
      const heard = JSON.parse(content) as { at: number; announcement: Announcement };
      if (heard.at < now - ANNOUNCED_FOR_MS) await asked(this.#redis.hdel(key, id));
      else if (id !== orchestratorId) others.push(heard.announcement);
    }
    return others;
  }

  async upload(id: string): Promise<StoredUpload | undefined> {
    const shard = shardOfId(id);
    return shard === undefined ? undefined : parse<StoredUpload>(await asked(this.#redis.get(`${prefix(shard)}:upload:${id}`)));
  }

  async saveUpload(upload: StoredUpload): Promise<void> {
    const shard = prefix(shardOfTenant(upload.tenantId));
    const saved = this.#redis
      .multi()
      .set(`${shard}:upload:${upload.id}`, JSON.stringify({ ...upload, key: uploadKey(upload.tenantId, upload.id) }));
    await asked(saved.zadd(`${shard}:uploads`, upload.expireAt, upload.id).exec());
  }

  async expireUpload({ id, tenantId }: Pick<StoredUpload, "id" | "tenantId">, now: number): Promise<void> {
    // An upload that became a job is not in the set, and XX adds none.
    await asked(this.#redis.zadd(`${prefix(shardOfTenant(tenantId))}:uploads`, "XX", now, id));
  }

  async openJobs() {
    const sums = new Map<string, number>();
    for (const counts of await this.#everywhere((shard) => this.#redis.hgetall(`${prefix(shard)}:census`)))
      for (const [field, count] of Object.entries(counts)) sums.set(field, (sums.get(field) ?? 0) + Number(count));
    return [...sums].map(([field, count]) => {
      const [state, priority] = field.split(":").map(Number);
      return { state: state as JobState, priority: priority ?? 0, count: Math.max(0, count) };
    });
  }

  async waitingByClass() {
    const sums = new Map<string, number>();
    for (const counts of await this.#everywhere((shard) => this.#redis.hgetall(`${prefix(shard)}:class-depths`)))
      for (const [jobClass, count] of Object.entries(counts)) sums.set(jobClass, (sums.get(jobClass) ?? 0) + Number(count));
    return [...sums].map(([jobClass, count]) => ({ jobClass, count }));
  }

  async outboxState() {
    const depths = await this.#everywhere((shard) => this.#redis.xlen(`${prefix(shard)}:outbox`));
    const firsts = await this.#everywhere((shard) => this.#redis.xrange(`${prefix(shard)}:outbox`, "-", "+", "COUNT", 1));
    const times = firsts.flat().map(([id]) => Number(id.split("-")[0]));
    return { depth: depths.reduce((sum, depth) => sum + depth, 0), oldestAt: times.length > 0 ? Math.min(...times) : null };
  }

  async position(tenantId: string, id: string): Promise<number> {
    return positionOf(this.#redis, tenantId, id);
  }

  async garbage(now: number, limit: number): Promise<Garbage[]> {
    const found = await this.#everywhere((shard) => this.#redis.garbage(prefix(shard), now, limit));
    return found
      .flat()
      .map((entry) => entry.split(" "))
      .map(([tenantId = "", unneeded = ""]) => ({ tenantId, prefix: unneeded }));
  }

  async forgetGarbage(garbage: Garbage): Promise<void> {
    await asked(this.#redis.zrem(`${prefix(shardOfTenant(garbage.tenantId))}:waste`, `${garbage.tenantId} ${garbage.prefix}`));
  }

  async postponeGarbage(garbage: Garbage, until: number): Promise<void> {
    await asked(this.#redis.zadd(`${prefix(shardOfTenant(garbage.tenantId))}:waste`, until, `${garbage.tenantId} ${garbage.prefix}`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#owned.dispose();
  }

  #everywhere<T>(ask: (shard: string) => Promise<T>): Promise<T[]> {
    return asked(Promise.all(SHARDS.map(ask)));
  }
}

/** What the parts of `commit.lua` take that have files of their own. */
function moreOf({ record, audit, usage, charges, turn = turnOf(undefined, record) }: Commit): object {
  return {
    labels: labelsOf(record),
    changedAt: changedAt(record),
    turn,
    audit: encodedAudit(audit),
    usage: usage && usageArguments(usage),
    charges: charges && chargeArguments(charges),
  };
}

function flag(value: boolean): string {
  return value ? "1" : "0";
}

function chunks<T>(flat: readonly T[], size: number): T[][] {
  return Array.from({ length: flat.length / size }, (_, index) => flat.slice(index * size, (index + 1) * size));
}

function parse<T>(text: string | null): T | undefined {
  return text === null ? undefined : (JSON.parse(text) as T);
}

async function recordsOf(redis: RedisClient, shard: string, ids: readonly string[]): Promise<(JobRecord | undefined)[]> {
  const found = await asked(Promise.all(ids.map((id) => redis.hmgetBuffer(jobKey(shard, id), "job", "custody"))));
  return found.map(toRecord);
}

function toRecord([job, envelope]: (Buffer | null)[]): JobRecord | undefined {
  if (!job || !envelope) return undefined;
  return { ...decodeEnvelope(envelope.toString()), job: fromBinary(JobSchema, job) };
}
