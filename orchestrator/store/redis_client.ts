import { Redis } from "ioredis";
import type { JobState } from "../../gen/dragoman/v1/job_pb.ts";
import { DragomanError } from "../../platform/errors.ts";
import type { Logger } from "../../platform/log.ts";
import { SCRIPTS } from "./redis_scripts.ts";

const COMMAND_TIMEOUT_MS = 5_000;
/** Redis says what kind of error it is by the first word of the message. */
const FULL = /^(OOM |MISCONF .*No space left)/s;
const REFUSED = /^(NOAUTH|WRONGPASS|NOPERM) /;

export type StreamEntry = [id: Buffer, fields: Buffer[]];

/** What `redis/ahead.lua` answers. */
export type ShardAhead = [now: string, urgent: string[], moreTenants: string, tenants: TenantLine[], moreUrgent: string];
export type TenantLine = [
  tenant: string,
  time: string,
  weight: string,
  running: string,
  maxRunning: string,
  lanesNow: string,
  moreLanes: string,
  lanes: [lane: string, time: string, more: string, ids: string[]][],
];

interface Scripts {
  commitJob(prefix: string, ...args: (string | Buffer | number)[]): Promise<number | (string | number)[]>;
  forgetJob(prefix: string, ...args: (string | number)[]): Promise<number>;
  indexChange(prefix: string, id: string, tenantId: string, changedAt: number): Promise<number>;
  indexState(prefix: string, id: string): Promise<number>;
  chargeStored(prefix: string, id: string, tenantId: string, version: string, shares: string): Promise<number>;
  moveLabels(prefix: string, id: string, labels: string): Promise<number>;
  refileJob(prefix: string, id: string, version: string, tenantId: string, turn: string): Promise<number>;
  leaveQueue(prefix: string, looked: string, order: string): Promise<number>;
  listJobs(prefix: string, low: string, high: string, limit: number, oldestFirst: string, ...lists: string[]): Promise<string[]>;
  aheadInQueue(prefix: string, tenants: number, jobs: number, order: string, page: string): Promise<ShardAhead>;
  relayOutboxBuffer(prefix: string, owner: string, ttlMs: number, count: number, ...published: Buffer[]): Promise<StreamEntry[]>;
  releaseRelay(prefix: string, owner: string): Promise<number>;
  garbage(prefix: string, now: number, limit: number): Promise<string[]>;
  saveGlossary(
    prefix: string,
    tenantId: string,
    id: string,
    version: number,
    content: string,
    terms: Buffer,
    most: number,
    oldest: number,
  ): Promise<number>;
  changeKey(key: string, before: string, content: string): Promise<number>;
  saveControls(prefix: string, before: number, content: string, ...audit: string[]): Promise<number>;
  saveTenant(prefix: string, tenantId: string, before: number, content: string, ...audit: string[]): Promise<number>;
  saveOperation(prefix: string, id: string, before: number, content: string, open: string, ...audit: string[]): Promise<number>;
  addAudit(prefix: string, ...entries: string[]): Promise<number>;
  forgetAudit(prefix: string, before: string, limit: number): Promise<number>;
  saveEndpoint(
    prefix: string,
    tenantId: string,
    id: string,
    version: number,
    content: string,
    most: number,
    ...audit: string[]
  ): Promise<number>;
  removeEndpoint(prefix: string, tenantId: string, id: string, ...audit: string[]): Promise<number>;
  addDeliveries(prefix: string, tenantId: string, most: number, now: number, ...deliveries: (string | number | Buffer)[]): Promise<number>;
  takeDeliveriesBuffer(
    prefix: string,
    now: number,
    recipients: number,
    deliveries: number,
    lease: string,
    leaseUntil: number,
  ): Promise<Buffer[][]>;
  settleDelivery(prefix: string, tenantId: string, ...args: (string | number)[]): Promise<number>;
  releaseRecipient(prefix: string, tenantId: string, recipient: string, lease: string, notBefore: number): Promise<number>;
  reopenDelivery(prefix: string, tenantId: string, id: string, content: string, now: number): Promise<number>;
  forgetDeliveries(prefix: string, endedBefore: number, limit: number, now: number): Promise<number>;
  keepUnits(prefix: string, tenantId: string, ...units: (string | number)[]): Promise<number>;
  takeRates(prefix: string, scope: string, now: number, burst: number, ...needs: (string | number)[]): Promise<number>;
  spend(prefix: string, scope: string, ...spendings: (string | number)[]): Promise<number>;
  forgetUnits(
    prefix: string,
    tenantId: string,
    jobId: string,
    before: string | number,
    maxBytes: number | "",
    limit: number,
  ): Promise<number>;
}

export type RedisClient = Redis & Scripts;

/** A client that is not connected yet. */
export function newClient(url: string, log: Logger): RedisClient {
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
    scripts: SCRIPTS,
  }) as RedisClient;
  redis.on("error", (error) => log.warn({ err: error.message }, "redis connection"));
  return redis;
}

/** Connects, and throws what the server said where it ends the connection; the client itself says only that it is closed. */
export async function connected(redis: Redis): Promise<void> {
  let reason: unknown;
  const remember = (error: unknown) => {
    reason = error;
  };
  redis.on("error", remember);
  try {
    await redis.connect();
  } catch (error) {
    throw storeError(reason ?? error);
  } finally {
    redis.off("error", remember);
  }
}

/** The server's answer. Throws UNAVAILABLE, STORAGE_FULL where its memory or disk is out, and CREDENTIALS_REFUSED where the user may not ask it. */
export async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw storeError(error);
  }
}

export function storeError(cause: unknown): DragomanError {
  if (cause instanceof DragomanError) return cause;
  // Of a transaction that was not begun, the reason is with its commands.
  const { previousErrors = [] } = cause as { previousErrors?: readonly unknown[] };
  const said = (what: RegExp) => [cause, ...previousErrors].some((error) => error instanceof Error && what.test(error.message));
  if (said(FULL)) return DragomanError.of("STORAGE_FULL", "The store is full.", { cause, retryAfterMs: 10_000 });
  if (said(REFUSED))
    return DragomanError.of("CREDENTIALS_REFUSED", "The store refuses the user or password that Dragoman has for it.", {
      cause,
      hint: "Set them in DRAGOMAN_STORE: redis://USER:PASSWORD@HOST:PORT, the user left out for the default one.",
    });
  return DragomanError.of("UNAVAILABLE", "The store does not answer.", { cause, retryAfterMs: 1_000 });
}

/** What the keys of a shard begin with. */
export function prefix(shard: string): string {
  return `dgm:{${shard}}`;
}

export function jobKey(shard: string, id: string): string {
  return `${prefix(shard)}:job:${id}`;
}

/** The sorted set of a tenant's jobs in a state, or in any where it is 0, with a label, or whatever their labels where it is empty. */
export function indexOf(jobs: string, state: JobState, label: string): string {
  if (label) return state === 0 ? `${jobs}:label:${label}` : `${jobs}:label-in:${state}:${label}`;
  return state === 0 ? jobs : `${jobs}:${state}`;
}
