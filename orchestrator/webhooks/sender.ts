import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import { toJson } from "@bufbuild/protobuf";
import { WebhookSchema } from "../../gen/dragoman/v1/webhook_service_pb.ts";
import { Loop } from "../../platform/async/loop.ts";
import { asDragomanError } from "../../platform/errors.ts";
import type { Logger } from "../../platform/log.ts";
import { afterPost, cancelled, type Delivery, isGone, isTaken, jobEventId, type Posted, type TryError } from "../deliveries/delivery.ts";
import { type DisabledReason, JOBS, type StoredEndpoint } from "../deliveries/endpoint.ts";
import type { Store } from "../store/store.ts";
import type { DeliveryStore, Taken } from "../store/webhook_store.ts";
import { unpackedBody } from "./body.ts";
import type { WebhookConfig } from "./config.ts";
import { type Endpoints, SENDER } from "./endpoints.ts";
import { webhookMetrics } from "./metrics.ts";
import type { Post } from "./post.ts";
import { toWebhook } from "./shown.ts";
import { signatureHeaders } from "./signature.ts";
import type { Webhooks } from "./webhooks.ts";

/** Recipients at once, of all tenants and of one, whose hosts may all hang; and posts to each. */
const MAX_RECIPIENTS = 64;
const MAX_OF_TENANT = 16;
const MAX_POSTS = 8;
/** More than one post takes, with what stands around it. */
const LEASE_MS = 25_000;
const LOOK_EVERY_MS = 500;
/** A recipient that fails is asked no more often than so, however much waits for it. */
const MAX_REST_MS = 60_000;
/** What could not be done, or has to wait for others of its tenant, is looked at again after so long. */
const LATER_MS = 1_000;
/** Of a tenant's that have to wait, so many each second: thousands of them would keep a store busy with nothing. */
const LATER_AT_ONCE = 100;
const HOUR_MS = 3600_000;
/** What may end by itself when this is closed. */
const GRACE_MS = 1_000;

export interface SenderParts {
  readonly store: DeliveryStore & Pick<Store, "clock">;
  readonly endpoints: Endpoints;
  readonly webhooks: Webhooks;
  /** Why a tenant's webhooks are not sent to a URL; undefined if they are. */
  readonly refusal: (url: string, tenantId: string) => Promise<string | undefined>;
  readonly post: Post;
  readonly config: WebhookConfig;
  readonly lookEveryMs?: number;
  readonly log: Logger;
}

/**
 * Sends what is due: each recipient's under a lease, several at once, so that one that hangs holds up nobody else. Any orchestrator
 * sends any tenant's; what one that died had begun is sent again, under the same ids, when its lease is over.
 */
export class WebhookSender implements AsyncDisposable {
  readonly #parts: SenderParts;
  readonly #loop: Loop;
  /** What is under way, and of which tenant. */
  readonly #running = new Map<Promise<void>, string>();
  readonly #stop = new AbortController();
  readonly #metrics = webhookMetrics();
  #closed = false;

  constructor(parts: SenderParts) {
    this.#parts = parts;
    this.#loop = new Loop("webhooks", parts.lookEveryMs ?? LOOK_EVERY_MS, () => this.#step(), parts.log);
  }

  kick(): void {
    this.#loop.kick();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#loop[Symbol.asyncDispose]();
    const ended = Promise.all(this.#running.keys());
    await Promise.race([ended, sleep(GRACE_MS, undefined, { ref: false })]);
    this.#stop.abort();
    await ended;
  }

  async #step(): Promise<void> {
    const { store } = this.#parts;
    const waiting = new Map<string, number>();
    while (!this.#closed && this.#running.size < MAX_RECIPIENTS) {
      const free = MAX_RECIPIENTS - this.#running.size;
      const taken = await store.takeDeliveries(store.clock.now(), { recipients: free, deliveries: MAX_POSTS, leaseMs: LEASE_MS });
      if (taken.length === 0) return;
      for (const each of taken) {
        if (this.#runningOf(each.tenantId) >= MAX_OF_TENANT) {
          const before = waiting.get(each.tenantId) ?? 0;
          waiting.set(each.tenantId, before + 1);
          await store.releaseRecipient(each, store.clock.now() + LATER_MS * (1 + Math.floor(before / LATER_AT_ONCE)));
          continue;
        }
        const serving = this.#serve(each).finally(() => {
          this.#running.delete(serving);
          this.kick();
        });
        this.#running.set(serving, each.tenantId);
      }
      // A store in the process answers at once: others are to go on, however many recipients are due.
      await turn();
    }
  }

  #runningOf(tenantId: string): number {
    return [...this.#running.values()].filter((running) => running === tenantId).length;
  }

  /** Throws nothing: what cannot be kept is sent again, under the same ids. */
  async #serve(taken: Taken): Promise<void> {
    const { store, log } = this.#parts;
    try {
      const outcomes = await Promise.allSettled(taken.deliveries.map((each) => this.#send(taken, each)));
      const posts = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
      const failed = outcomes.find((outcome) => outcome.status === "rejected" && !this.#stop.signal.aborted);
      await store.releaseRecipient(taken, store.clock.now() + Math.max(failed ? LATER_MS : 0, this.#restMs(taken, posts)));
      if (failed?.status === "rejected") throw failed.reason;
    } catch (error) {
      log.warn({ err: asDragomanError(error), tenantId: taken.tenantId, recipient: taken.recipient }, "webhooks were not sent");
    }
  }

  /** How long the recipient is left alone: as it asks, and longer the more often it failed. */
  #restMs({ failures }: Taken, posts: readonly (Posted | undefined)[]): number {
    const made = posts.filter((posted) => posted !== undefined);
    const asked = Math.max(0, ...made.map(({ retryAfterMs = 0 }) => retryAfterMs));
    if (made.length === 0 || made.some(isTaken)) return asked;
    const { schedule } = this.#parts.config;
    return Math.max(asked, Math.min(MAX_REST_MS, schedule[Math.min(failures, schedule.length - 1)] ?? 0));
  }

  /** One post and what follows; undefined where there was none. */
  async #send(taken: Taken, { delivery, body }: Taken["deliveries"][number]): Promise<Posted | undefined> {
    const { store, config } = this.#parts;
    const endpoint = await this.#endpointOf(delivery);
    if (!endpoint || endpoint.disabled || !body) {
      await store.settleDelivery(taken, cancelled(delivery, store.clock.now()), endpoint?.disabled ? "well" : "unknown");
      this.#metrics.ended("cancelled");
      return undefined;
    }
    const posted = await this.#post(endpoint, delivery, body);
    const after = afterPost(delivery, posted, config.schedule, Math.random());
    await store.settleDelivery(taken, after, isTaken(posted) ? "well" : "failing");
    this.#metrics.posted(posted.durationMs / 1000, isTaken(posted));
    if (after.state !== "PENDING") this.#metrics.ended(after.state === "DELIVERED" ? "delivered" : "failed");
    const failingMs = taken.failingSince === null ? 0 : store.clock.now() - taken.failingSince;
    if (isGone(posted)) await this.#disable(endpoint, "GONE");
    else if (!isTaken(posted) && failingMs >= config.failingMs) await this.#disable(endpoint, "FAILING");
    return posted;
  }

  async #endpointOf({ tenantId, endpointId }: Delivery): Promise<StoredEndpoint | undefined> {
    const { endpoints } = this.#parts;
    if (endpointId === JOBS) return endpoints.ofJobs(tenantId);
    const known = (await endpoints.of(tenantId)).find(({ id }) => id === endpointId);
    // Another orchestrator may just have made or enabled it: what is remembered cancels nothing.
    return known && !known.disabled ? known : endpoints.find(tenantId, endpointId);
  }

  /** The time is this machine's: that is what the other side compares with. */
  async #post(endpoint: StoredEndpoint, delivery: Delivery, packed: Uint8Array): Promise<Posted> {
    const { endpoints, refusal, post, log } = this.#parts;
    const url = delivery.url || endpoint.url;
    const refused = (error: TryError): Posted => ({ at: Date.now(), durationMs: 0, status: 0, error });
    // They may have been other rules when it was accepted.
    if ((await refusal(url, delivery.tenantId)) !== undefined) return refused("ADDRESS_REFUSED");
    const secrets = endpoints.secretsOf(endpoint);
    if (secrets.length === 0) {
      const { tenantId, id: endpointId } = endpoint;
      log.error({ tenantId, endpointId }, "a webhook's secret cannot be opened: was DRAGOMAN_UPLOAD_SECRET changed?");
      return refused("SECRET_UNREADABLE");
    }
    const body = await unpackedBody(packed);
    const signed = { id: delivery.eventId, timestamp: Math.floor(Date.now() / 1000), body };
    return post(url, signatureHeaders(signed, secrets), body, this.#stop.signal);
  }

  /** The others are told before, so that a crash in between leaves nobody untold; as the same event. */
  async #disable({ id, tenantId, version }: StoredEndpoint, reason: DisabledReason): Promise<void> {
    if (id === JOBS) return;
    const { endpoints, webhooks, store, log } = this.#parts;
    const disabled = { reason, at: store.clock.now() };
    const endpoint = { ...(await endpoints.get(tenantId, id)), disabled };
    if (endpoint.version !== version) return;
    const event = {
      tenantId,
      type: "endpoint.disabled",
      at: disabled.at,
      data: toJson(WebhookSchema, toWebhook(endpoint), { alwaysEmitImplicit: true }),
    } as const;
    // The same if it is told again after a crash; and new, for the oldest deliveries are forgotten first.
    const eventId = jobEventId({ jobId: id, jobVersion: version, at: disabled.at - (disabled.at % HOUR_MS) });
    await webhooks.tell({ ...event, id: eventId }, id);
    const disable = (before: StoredEndpoint) => (before.disabled ? before : { ...before, disabled });
    await endpoints.change({ tenantId, id }, disable, { by: SENDER, action: "disable", reason });
    log.warn({ tenantId, endpointId: id, reason }, "an endpoint of webhooks is disabled");
  }
}
