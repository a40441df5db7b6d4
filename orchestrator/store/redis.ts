import { randomUUID } from "node:crypto";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { Redis } from "ioredis";
import { JobSchema, JobState } from "../../gen/dragoman/v1/job_pb.ts";
import { DragomanError } from "../../platform/errors.ts";
import type { Logger } from "../../platform/log.ts";
import { decodeContent, encodeContent } from "../../platform/messaging/codec.ts";
import type { Message, MessageContent } from "../../platform/messaging/messaging.ts";
import { SHARDS, shardOfId, shardOfTenant } from "../jobs/id.ts";
import { isFinal, type JobRecord } from "../jobs/job.ts";
import { jobPrefix, uploadKey } from "../jobs/place.ts";
import { COMMIT, FORGET, RELAY, RELEASE_RELAY, WAITING, WASTE } from "./redis_scripts.ts";
import { checkServer, ServerClock } from "./redis_server.ts";
import {
  type Announcement,
  type Commit,
  labelsOf,
  parseCustody,
  type Store,
  type StoredKey,
  type StoredUpload,
  type Waste,
} from "./store.ts";

const COMMAND_TIMEOUT_MS = 5_000;
/**
 * How long a dead orchestrator holds up a shard's messages. One that is only slow may lose the lease while it
 * publishes; then both publish the same messages in the same order, and their ids drop the second of each.
 */
const RELAY_LEASE_MS = 2_000;
const RELAY_BATCH = 200;
/** Shards that nobody here wrote to are looked at this often: their messages may be a dead orchestrator's. */
const RELAY_ALL_EVERY_MS = 1_000;
/** The set of all keys' ids, which has this member once it holds those of an older version too. */
const KEY_IDS = "dgm:keys";
const ALL_INDEXED = "*";
const ANNOUNCED_FOR_MS = 5_000;

type StreamEntry = [id: Buffer, fields: Buffer[]];

interface Scripts {
  commitJob(prefix: string, ...args: (string | Buffer | number)[]): Promise<number>;
  forgetJob(prefix: string, ...args: (string | number)[]): Promise<number>;
  waitingJobs(prefix: string, limit: number): Promise<string[]>;
  relayOutboxBuffer(prefix: string, owner: string, ttlMs: number, count: number, ...published: Buffer[]): Promise<StreamEntry[]>;
  releaseRelay(prefix: string, owner: string): Promise<number>;
  waste(prefix: string, now: number, limit: number): Promise<string[]>;
}

/**
 * The store on a Redis server 7 or newer, for any number of processes. Throws UNAVAILABLE where the
 * server cannot be reached, and refuses one that may evict what is stored.
 */
export async function openRedisStore(url: string, log: Logger): Promise<Store> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: COMMAND_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    // Whoever asks is told at once, and knows whether to ask again; a queue here would only hide that the server is away.
    enableOfflineQueue: false,
    // What is asked in one turn of the event loop goes in one write.
    enableAutoPipelining: true,
    retryStrategy: (times) => Math.min(1000, 50 * times),
    scripts: {
      commitJob: { numberOfKeys: 1, lua: COMMIT },
      forgetJob: { numberOfKeys: 1, lua: FORGET },
      waitingJobs: { numberOfKeys: 1, lua: WAITING },
      relayOutbox: { numberOfKeys: 1, lua: RELAY },
      releaseRelay: { numberOfKeys: 1, lua: RELEASE_RELAY },
      waste: { numberOfKeys: 1, lua: WASTE },
    },
  }) as Redis & Scripts;
  redis.on("error", (error) => log.warn({ err: error.message }, "redis connection"));
  try {
    await redis.connect();
    const durable = await checkServer(redis, log);
    const clock = new ServerClock(redis, log);
    await clock.adjust();
    return new RedisStore(redis, clock, durable);
  } catch (error) {
    redis.disconnect();
    throw storeError(error);
  }
}

class RedisStore implements Store {
  readonly system = "redis";
  readonly shared = true;
  readonly clock: ServerClock;
  readonly durable: boolean;
  readonly #redis: Redis & Scripts;
  readonly #relayOwner = randomUUID();
  /** Shards whose outboxes were written to here since they were last relayed. */
  readonly #owing = new Set<string>();
  #relayAllAt = 0;

  constructor(redis: Redis & Scripts, clock: ServerClock, durable: boolean) {
    this.durable = durable;
    this.#redis = redis;
    this.clock = clock;
  }

  async commit({ record, expectedVersion, outbox, request, uploadId, waste }: Commit): Promise<boolean> {
    const { job, ...custody } = record;
    const { state } = job;
    const invited = state === JobState.QUEUED && record.invitedAt !== null;
    const taken = invited || state === JobState.RUNNING || state === JobState.CANCELLING;
    const shard = shardOfTenant(record.tenantId);
    const messages = outbox.flatMap(({ id, content }) => [id, content.kind, Buffer.from(encodeContent(content))]);
    const committed = await this.#ask(
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
        flag(state === JobState.QUEUED && !invited),
        job.options?.priority ?? 0,
        invited ? String(record.invitedAt) : "",
        record.wakeAt ?? "",
        Buffer.from(toBinary(JobSchema, job)),
        JSON.stringify(custody),
        request?.requestId ?? "",
        request?.fingerprint ?? "",
        uploadId ?? "",
        waste?.prefix ?? "",
        waste?.removeAt ?? "",
        record.inputKey,
        JSON.stringify(labelsOf(record)),
        ...messages,
      ),
    );
    if (committed === 1 && messages.length > 0) this.#owing.add(shard);
    return committed === 1;
  }

  async forget(record: JobRecord, now: number): Promise<boolean> {
    const { job, tenantId, inputKey } = record;
    const shard = prefix(shardOfTenant(tenantId));
    const args = [job.id, String(job.version), tenantId, inputKey, jobPrefix(record), now, JSON.stringify(labelsOf(record))];
    return 1 === (await this.#ask(this.#redis.forgetJob(shard, ...args)));
  }

  async get(id: string): Promise<JobRecord | undefined> {
    const shard = shardOfId(id);
    return shard === undefined ? undefined : toRecord(await this.#ask(this.#redis.hmgetBuffer(jobKey(shard, id), "job", "custody")));
  }

  async byRequest(tenantId: string, requestId: string) {
    const key = `${prefix(shardOfTenant(tenantId))}:request:${tenantId}:${requestId}`;
    const [jobId, fingerprint] = await this.#ask(this.#redis.hmget(key, "job", "fingerprint"));
    return jobId && fingerprint ? { jobId, fingerprint } : undefined;
  }

  async list({ tenantId, state, limit, before, from, label }: Parameters<Store["list"]>[0]): Promise<JobRecord[]> {
    const shard = shardOfTenant(tenantId);
    const index = `${prefix(shard)}:jobs:${tenantId}${label && `:label:${label}`}${state === 0 ? "" : `:${state}`}`;
    const ids = await this.#ask(this.#redis.zrevrangebylex(index, `(${before}`, from ? `[${from}` : "-", "LIMIT", 0, limit));
    const found = await this.#ask(Promise.all(ids.map((id) => this.#redis.hmgetBuffer(jobKey(shard, id), "job", "custody"))));
    return found.map(toRecord).filter((record) => record !== undefined);
  }

  async countOpen(tenantId: string): Promise<number> {
    return Number(await this.#ask(this.#redis.hget(`${prefix(shardOfTenant(tenantId))}:open`, tenantId)));
  }

  async due(now: number, limit: number): Promise<string[]> {
    const found = await this.#everywhere((shard) =>
      this.#redis.zrangebyscore(`${prefix(shard)}:due`, "-inf", now, "WITHSCORES", "LIMIT", 0, limit),
    );
    const due = found.flatMap((flat) => chunks(flat, 2).map(([id = "", wakeAt]) => ({ id, wakeAt: Number(wakeAt) })));
    return due
      .sort((one, other) => one.wakeAt - other.wakeAt)
      .slice(0, limit)
      .map(({ id }) => id);
  }

  async waiting(limit: number): Promise<string[]> {
    const found = await this.#everywhere((shard) => this.#redis.waitingJobs(prefix(shard), limit));
    const waiting = found.flatMap((flat) =>
      chunks(flat, 3).map(([id = "", turn, served]) => ({ id, turn: Number(turn), served: Number(served) })),
    );
    return waiting
      .sort((one, other) => one.turn - other.turn || one.served - other.served || (one.id < other.id ? -1 : 1))
      .slice(0, limit)
      .map(({ id }) => id);
  }

  async underWay(): Promise<string[]> {
    return (await this.#everywhere((shard) => this.#redis.smembers(`${prefix(shard)}:underway`))).flat();
  }

  async countInvited(): Promise<number> {
    const counts = await this.#everywhere((shard) => this.#redis.scard(`${prefix(shard)}:invited`));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  async relay(publish: (messages: readonly Message[]) => Promise<void>): Promise<void> {
    const all = performance.now() >= this.#relayAllAt;
    if (all) this.#relayAllAt = performance.now() + RELAY_ALL_EVERY_MS;
    const shards = all ? SHARDS : [...this.#owing];
    const outcomes = await Promise.allSettled(shards.map((shard) => this.#relayShard(shard, publish)));
    const failed = outcomes.find((outcome) => outcome.status === "rejected");
    if (failed) throw failed.reason;
  }

  async #relayShard(shard: string, publish: (messages: readonly Message[]) => Promise<void>): Promise<void> {
    this.#owing.delete(shard);
    try {
      let published: Buffer[] = [];
      for (;;) {
        const lease = this.#redis.relayOutboxBuffer(prefix(shard), this.#relayOwner, RELAY_LEASE_MS, RELAY_BATCH, ...published);
        const entries = await this.#ask(lease);
        if (entries.length === 0) return;
        await publish(entries.map(toMessage));
        published = entries.map(([id]) => id);
      }
    } catch (error) {
      this.#owing.add(shard);
      // Another may have better luck at once; if this fails too, the lease runs out.
      await this.#redis.releaseRelay(prefix(shard), this.#relayOwner).catch(() => undefined);
      throw error;
    }
  }

  async announce(orchestratorId: string, announcement: Announcement | undefined): Promise<Announcement[]> {
    const key = "dgm:orchestrators";
    const now = this.clock.now();
    if (announcement) await this.#ask(this.#redis.hset(key, orchestratorId, JSON.stringify({ at: now, announcement })));
    else await this.#ask(this.#redis.hdel(key, orchestratorId));
    const others: Announcement[] = [];
    for (const [id, content] of Object.entries(await this.#ask(this.#redis.hgetall(key)))) {
      const heard = JSON.parse(content) as { at: number; announcement: Announcement };
      if (heard.at < now - ANNOUNCED_FOR_MS) await this.#ask(this.#redis.hdel(key, id));
      else if (id !== orchestratorId) others.push(heard.announcement);
    }
    return others;
  }

  async key(id: string): Promise<StoredKey | undefined> {
    return parse<StoredKey>(await this.#ask(this.#redis.get(`dgm:key:${id}`)));
  }

  async saveKey(id: string, key: StoredKey): Promise<void> {
    const saved = this.#redis.multi().set(`dgm:key:${id}`, JSON.stringify(key));
    await this.#ask(saved.sadd(KEY_IDS, id).exec());
  }

  async keys(): Promise<(StoredKey & { id: string })[]> {
    await this.#indexKeys();
    const ids = (await this.#ask(this.#redis.smembers(KEY_IDS))).filter((id) => id !== ALL_INDEXED).sort();
    const found = await Promise.all(ids.map(async (id) => ({ id, key: await this.key(id) })));
    return found.flatMap(({ id, key }) => (key ? [{ id, ...key }] : []));
  }

  async removeKey(id: string): Promise<boolean> {
    const removed = await this.#ask(this.#redis.multi().del(`dgm:key:${id}`).srem(KEY_IDS, id).exec());
    return Number(removed?.[0]?.[1]) > 0;
  }

  /** An older version kept no list of its keys: they are looked for once. */
  async #indexKeys(): Promise<void> {
    if (await this.#ask(this.#redis.sismember(KEY_IDS, ALL_INDEXED))) return;
    let cursor = "0";
    do {
      const [next, found] = await this.#ask(this.#redis.scan(cursor, "MATCH", "dgm:key:*", "COUNT", 1000));
      cursor = next;
      if (found.length > 0) await this.#ask(this.#redis.sadd(KEY_IDS, ...found.map((key) => key.slice("dgm:key:".length))));
    } while (cursor !== "0");
    await this.#ask(this.#redis.sadd(KEY_IDS, ALL_INDEXED));
  }

  async upload(id: string): Promise<StoredUpload | undefined> {
    const shard = shardOfId(id);
    return shard === undefined ? undefined : parse<StoredUpload>(await this.#ask(this.#redis.get(`${prefix(shard)}:upload:${id}`)));
  }

  async saveUpload(upload: StoredUpload): Promise<void> {
    const shard = prefix(shardOfTenant(upload.tenantId));
    const saved = this.#redis
      .multi()
      .set(`${shard}:upload:${upload.id}`, JSON.stringify({ ...upload, key: uploadKey(upload.tenantId, upload.id) }));
    await this.#ask(saved.zadd(`${shard}:uploads`, upload.expireAt, upload.id).exec());
  }

  async openJobs() {
    const sums = new Map<string, number>();
    for (const census of await this.#everywhere((shard) => this.#redis.hgetall(`${prefix(shard)}:census`)))
      for (const [field, count] of Object.entries(census)) sums.set(field, (sums.get(field) ?? 0) + Number(count));
    return [...sums].map(([field, count]) => {
      const [state, priority] = field.split(":").map(Number);
      return { state: state as JobState, priority: priority ?? 0, count: Math.max(0, count) };
    });
  }

  async outboxState() {
    const depths = await this.#everywhere((shard) => this.#redis.xlen(`${prefix(shard)}:outbox`));
    const firsts = await this.#everywhere((shard) => this.#redis.xrange(`${prefix(shard)}:outbox`, "-", "+", "COUNT", 1));
    const times = firsts.flat().map(([id]) => Number(id.split("-")[0]));
    return { depth: depths.reduce((sum, depth) => sum + depth, 0), oldestAt: times.length > 0 ? Math.min(...times) : null };
  }

  async position(tenantId: string, id: string): Promise<number> {
    const rank = await this.#ask(this.#redis.zrank(`${prefix(shardOfTenant(tenantId))}:waiting:${tenantId}`, id));
    return rank === null ? 0 : rank + 1;
  }

  async waste(now: number, limit: number): Promise<Waste[]> {
    const found = await this.#everywhere((shard) => this.#redis.waste(prefix(shard), now, limit));
    return found
      .flat()
      .map((entry) => entry.split(" "))
      .map(([tenantId = "", wasted = ""]) => ({ tenantId, prefix: wasted }));
  }

  async forgetWaste(waste: Waste): Promise<void> {
    await this.#ask(this.#redis.zrem(`${prefix(shardOfTenant(waste.tenantId))}:waste`, `${waste.tenantId} ${waste.prefix}`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.clock.stop();
    this.#redis.disconnect();
  }

  #everywhere<T>(ask: (shard: string) => Promise<T>): Promise<T[]> {
    return this.#ask(Promise.all(SHARDS.map(ask)));
  }

  async #ask<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw storeError(error);
    }
  }
}

function storeError(cause: unknown): DragomanError {
  if (cause instanceof DragomanError) return cause;
  if (cause instanceof Error && cause.message.startsWith("OOM"))
    return DragomanError.of("OVERLOADED", "The store is full.", { cause, retryAfterMs: 10_000 });
  return DragomanError.of("UNAVAILABLE", "The store does not answer.", { cause, retryAfterMs: 1_000 });
}

function prefix(shard: string): string {
  return `dgm:{${shard}}`;
}

function jobKey(shard: string, id: string): string {
  return `${prefix(shard)}:job:${id}`;
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

function toRecord([job, custody]: (Buffer | null)[]): JobRecord | undefined {
  if (!job || !custody) return undefined;
  return { ...parseCustody(custody.toString()), job: fromBinary(JobSchema, job) };
}

function toMessage([, fields]: StreamEntry): Message {
  const [, id, , kind, , content] = fields;
  if (!id || !kind || !content) throw new Error("an outbox entry lacks a field");
  return { id: id.toString(), content: decodeContent(kind.toString() as MessageContent["kind"], content) };
}
