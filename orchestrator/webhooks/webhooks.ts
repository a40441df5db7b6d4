import type { JsonValue } from "@bufbuild/protobuf";
import type { Job } from "../../gen/dragoman/v1/job_pb.ts";
import type { Instant } from "../../platform/clock.ts";
import type { Logger } from "../../platform/log.ts";
import type { OutboxMessage } from "../../platform/messaging/messaging.ts";
import { type Delivery, deliveryId, jobEventId, recipientOf } from "../deliveries/delivery.ts";
import { hears, JOBS, type StoredEndpoint } from "../deliveries/endpoint.ts";
import { type EventType, isEventType } from "../deliveries/event_types.ts";
import type { Store } from "../store/store.ts";
import type { DeliveryStore } from "../store/webhook_store.ts";
import { jobData, packedBody } from "./body.ts";
import type { Endpoints } from "./endpoints.ts";
import { webhookMetrics } from "./metrics.ts";

/** Of a tenant's deliveries, those that wait among them. */
const MAX_KEPT = 10_000;

/** What happened, and to whom it is told. */
interface Event {
  readonly id: string;
  readonly tenantId: string;
  readonly type: EventType;
  readonly at: Instant;
  readonly data: JsonValue;
  readonly jobId?: string;
  readonly jobVersion?: number;
}

interface Goal {
  readonly endpointId: string;
  readonly recipient: string;
  /** Empty for its endpoint's. */
  readonly url: string;
}

/** Turns what happens into deliveries, one for each endpoint that is to hear of it. */
export class Webhooks {
  readonly #store: DeliveryStore & Pick<Store, "clock">;
  readonly #endpoints: Pick<Endpoints, "of">;
  readonly #log: Logger;
  readonly #metrics = webhookMetrics();
  readonly #onDeliveries: () => void;

  constructor(store: DeliveryStore & Pick<Store, "clock">, endpoints: Pick<Endpoints, "of">, log: Logger, onDeliveries: () => void) {
    this.#log = log;
    this.#store = store;
    this.#endpoints = endpoints;
    this.#onDeliveries = onDeliveries;
  }

  /**
   * Stores the deliveries that commits owe by their events, before these are published: so they come at least once, and as the
   * same delivery however often they are handed out. Throws UNAVAILABLE and STORAGE_FULL.
   */
  async owe(messages: readonly OutboxMessage[]): Promise<void> {
    const owed = await Promise.all(
      messages.map(({ content }) => {
        if (content.kind !== "event") return [];
        const { webhookEvent: type, job, tenantId } = content.message;
        return job && isEventType(type) ? this.#ofJob(tenantId, type, job) : [];
      }),
    );
    await this.#add(owed.flat());
  }

  /** Tells those of the tenant's endpoints that hear of it, but `exceptId`, of what is of no job. Throws UNAVAILABLE and STORAGE_FULL. */
  async tell(event: Event, exceptId = ""): Promise<void> {
    const endpoints = await this.#endpoints.of(event.tenantId);
    await this.deliver(
      event,
      endpoints.filter((endpoint) => endpoint.id !== exceptId && hears(endpoint, event.type)),
    );
  }

  /** Has an event sent to these, whatever they hear of; the deliveries. Throws UNAVAILABLE and STORAGE_FULL. */
  async deliver(event: Event, endpoints: readonly StoredEndpoint[]): Promise<Delivery[]> {
    const made = await this.#made(
      event,
      endpoints.map(({ id }) => ({ endpointId: id, recipient: id, url: "" })),
    );
    await this.#add(made);
    return made.map(({ delivery }) => delivery);
  }

  /** Something may be due that was not. */
  kick(): void {
    this.#onDeliveries();
  }

  async #ofJob(tenantId: string, type: EventType, job: Job) {
    const endpoints = (await this.#endpoints.of(tenantId)).filter((endpoint) => hears(endpoint, type));
    const goals: Goal[] = endpoints.map(({ id }) => ({ endpointId: id, recipient: id, url: "" }));
    const url = job.options?.webhookUrl ?? "";
    if (url) goals.push({ endpointId: JOBS, recipient: recipientOf(url), url });
    if (goals.length === 0) return [];
    const origin = { jobId: job.id, jobVersion: Number(job.version) };
    try {
      const { at, data } = jobData(job);
      return await this.#made({ id: jobEventId({ ...origin, at }), tenantId, type, at, data, ...origin }, goals);
    } catch (err) {
      // A job that cannot be said is a defect, and holds up no other's events.
      this.#log.error({ err, ...origin }, "a webhook cannot be made");
      return [];
    }
  }

  async #made(event: Event, goals: readonly Goal[]) {
    const { id: eventId, tenantId, type, at, data, jobId = "", jobVersion = 0 } = event;
    if (goals.length === 0) return [];
    const body = await packedBody(type, at, data);
    const now = this.#store.clock.now();
    const common = { tenantId, eventId, type, jobId, jobVersion, createdAt: now, nextAt: now };
    return goals.map((goal) => ({
      body,
      delivery: {
        ...{ ...common, ...goal, id: deliveryId(eventId, goal.recipient) },
        ...{ state: "PENDING", tried: 0, endedAt: null, tries: [] },
      } satisfies Delivery,
    }));
  }

  async #add(deliveries: readonly { readonly delivery: Delivery; readonly body: Uint8Array }[]): Promise<void> {
    if (deliveries.length === 0) return;
    const lost = await this.#store.addDeliveries(deliveries, MAX_KEPT);
    if (lost > 0) {
      const tenants = [...new Set(deliveries.map(({ delivery }) => delivery.tenantId))];
      this.#log.warn({ tenants, lost }, "webhooks were dropped: too many of a tenant wait");
      this.#metrics.ended("dropped", lost);
    }
    this.#onDeliveries();
  }
}
