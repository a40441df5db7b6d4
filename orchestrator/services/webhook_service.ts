import { randomBytes } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt";
import { encodeTime } from "ulid";
import {
  DeleteWebhookResponseSchema,
  ListWebhookDeliveriesResponseSchema,
  ListWebhooksResponseSchema,
  ReplayWebhookResponseSchema,
  WebhookDeliveryState,
  WebhookService,
} from "../../gen/dragoman/v1/webhook_service_pb.ts";
import { DragomanError } from "../../platform/errors.ts";
import type { Handlers } from "../../platform/grpc/server.ts";
import { type Gate, type GuardedContext, guarded, type Requires } from "../access/guard.ts";
import { type Delivery, jobEventId, replayed } from "../deliveries/delivery.ts";
import { JOBS, type StoredEndpoint } from "../deliveries/endpoint.ts";
import { EVENT_TYPES, type EventType } from "../deliveries/event_types.ts";
import type { Endpoints } from "../webhooks/endpoints.ts";
import { toDelivery, toWebhook } from "../webhooks/shown.ts";
import type { Webhooks } from "../webhooks/webhooks.ts";
import { withinMessage } from "./message_room.ts";
import { isTime, requireAll, TIMES } from "./validation.ts";

const MAX_DESCRIPTION = 200;
const DAY_SECONDS = 86_400;
const MAX_OVERLAP_SECONDS = 7 * DAY_SECONDS;
const DEFAULT_PAGE = 20;
const MAX_PAGE = 100;
const MAX_REPLAYED = 1_000;
const TOKEN = /^[0-9A-HJKMNP-TV-Z]{26}[0-9a-f]{10}$/;
/** Every event has one of these, and all are subscribed to where there are none. */
const EVENTS = `are among ${EVENT_TYPES.join(", ")}, each once`;

const REQUIRES: Requires<typeof WebhookService> = {
  createWebhook: "admin",
  listWebhooks: "admin",
  getWebhook: "admin",
  updateWebhook: "admin",
  deleteWebhook: "admin",
  rotateWebhookSecret: "admin",
  enableWebhook: "admin",
  testWebhook: "admin",
  listWebhookDeliveries: "admin",
  replayWebhook: "admin",
};

export interface WebhookServiceParts {
  readonly endpoints: Endpoints;
  readonly webhooks: Webhooks;
  /** Why a tenant's webhooks are not sent to a URL; undefined if they are. */
  readonly refusal: (url: string, tenantId: string) => Promise<string | undefined>;
}

/** Keeps each tenant's endpoints of webhooks, and shows what was sent to them. */
export function webhookService(gate: Gate, { endpoints, webhooks, refusal }: WebhookServiceParts): Handlers<typeof WebhookService> {
  const { store } = gate;
  const tenantOf = ({ principal }: GuardedContext) => principal.tenantId;
  /** One that is listed. */
  const listed = async (tenantId: string, id: string) => {
    if (id === JOBS) throw DragomanError.of("WEBHOOK_NOT_FOUND", "There is no such endpoint.");
    return endpoints.get(tenantId, id);
  };
  const anyOf = (tenantId: string, id: string) => (id === JOBS ? endpoints.ofJobs(tenantId) : endpoints.get(tenantId, id));

  return guarded(WebhookService, gate, REQUIRES, {
    async createWebhook({ url, events, description }, context) {
      const tenantId = tenantOf(context);
      const refused = await refusal(url, tenantId);
      requireAll([refused === undefined, "url", refused ?? ""], ...commonRules({ events, description }));
      const { endpoint, secret } = await endpoints.create({ tenantId, url, events: events as EventType[], description }, context.principal);
      return toWebhook(endpoint, secret);
    },
    async listWebhooks(_, context) {
      const found = await store.endpoints(tenantOf(context));
      return create(ListWebhooksResponseSchema, { webhooks: found.filter(({ id }) => id !== JOBS).map((each) => toWebhook(each)) });
    },
    async getWebhook({ id }, context) {
      return toWebhook(await listed(tenantOf(context), id));
    },
    async updateWebhook(request, context) {
      const tenantId = tenantOf(context);
      const { id, url, events, allEvents, description, disabled, expectedVersion } = request;
      await listed(tenantId, id);
      const refused = url === undefined ? undefined : await refusal(url, tenantId);
      requireAll(
        [refused === undefined, "url", refused ?? ""],
        [!(allEvents && events.length > 0), "all_events", "is not set where events are named"],
        ...commonRules({ events, description: description ?? "" }),
      );
      const change = (before: StoredEndpoint): StoredEndpoint => {
        if (expectedVersion !== 0n && BigInt(before.version) !== expectedVersion)
          throw DragomanError.of("PRECONDITION_FAILED", `The endpoint has version ${before.version}.`);
        const { disabled: was, ...rest } = before;
        const isDisabled = disabled ?? was !== undefined;
        return {
          ...rest,
          ...(url !== undefined && { url }),
          ...(description !== undefined && { description }),
          ...(allEvents ? { events: [] } : events.length > 0 && { events: events as EventType[] }),
          ...(isDisabled && { disabled: was ?? { reason: "REQUESTED", at: store.clock.now() } }),
        };
      };
      return toWebhook(await endpoints.change({ tenantId, id }, change, { by: context.principal, action: "update" }));
    },
    async deleteWebhook({ id }, context) {
      await endpoints.remove(tenantOf(context), id, context.principal);
      return create(DeleteWebhookResponseSchema);
    },
    async rotateWebhookSecret({ id, overlapSeconds = DAY_SECONDS }, context) {
      requireAll([overlapSeconds >= 0 && overlapSeconds <= MAX_OVERLAP_SECONDS, "overlap_seconds", `is 0 to ${MAX_OVERLAP_SECONDS}`]);
      const { endpoint, secret } = await endpoints.rotate(tenantOf(context), id, overlapSeconds * 1000, context.principal);
      return toWebhook(endpoint, secret);
    },
    async enableWebhook({ id }, context) {
      const tenantId = tenantOf(context);
      await listed(tenantId, id);
      const enable = ({ disabled: _, ...rest }: StoredEndpoint) => rest;
      return toWebhook(await endpoints.change({ tenantId, id }, enable, { by: context.principal, action: "enable" }));
    },
    async testWebhook({ id }, context) {
      const tenantId = tenantOf(context);
      const endpoint = await listed(tenantId, id);
      requireAll([!endpoint.disabled, "id", "is of an endpoint that is enabled"]);
      const at = store.clock.now();
      const event = {
        id: jobEventId({ jobId: randomBytes(16).toString("hex"), jobVersion: 0, at }),
        tenantId,
        at,
        type: "webhook.test",
      } as const;
      const made = await webhooks.deliver({ ...event, data: { webhookId: id } }, [endpoint]);
      return toDelivery(made[0] as Delivery, endpoint.url);
    },
    async listWebhookDeliveries(request, context) {
      const tenantId = tenantOf(context);
      const { webhookId, pageSize } = request;
      const endpoint = await anyOf(tenantId, webhookId);
      requireAll(
        [pageSize >= 0 && pageSize <= MAX_PAGE, "page_size", `is 1 to ${MAX_PAGE}, or 0 for ${DEFAULT_PAGE}`],
        ...pageRules(request),
      );
      const limit = pageSize || DEFAULT_PAGE;
      const found = await store.deliveries({ tenantId, endpointId: webhookId, limit: limit + 1, ...boundsOf(request) });
      // Each shows its endpoint's address.
      const page = withinMessage(found.slice(0, limit).map((delivery) => ({ ...delivery, url: delivery.url || endpoint.url })));
      const wanted = page.filter(({ state }) => request.state === 0 || WebhookDeliveryState[state] === request.state);
      return create(ListWebhookDeliveriesResponseSchema, {
        deliveries: wanted.map((delivery) => toDelivery(delivery, endpoint.url)),
        nextPageToken: found.length > page.length ? (page.at(-1)?.id ?? "") : "",
      });
    },
    async replayWebhook(request, context) {
      const tenantId = tenantOf(context);
      const { webhookId, deliveryId, state, all } = request;
      const endpoint = await anyOf(tenantId, webhookId);
      requireAll(
        [!endpoint.disabled, "webhook_id", "is of an endpoint that is enabled"],
        [!(all && state !== 0), "all", "is not set where a state is named"],
        ...pageRules(request),
      );
      const now = store.clock.now();
      if (deliveryId !== "") {
        const delivery = await store.delivery(tenantId, deliveryId);
        const isSent = delivery?.endpointId === webhookId && (await store.reopenDelivery(replayed(delivery, now)));
        requireAll([isSent, "delivery_id", "is of a delivery to this endpoint whose content is still kept"]);
        webhooks.kick();
        return create(ReplayWebhookResponseSchema, { count: 1 });
      }
      const found = await store.deliveries({ tenantId, endpointId: webhookId, limit: MAX_REPLAYED + 1, ...boundsOf(request) });
      const page = found.slice(0, MAX_REPLAYED);
      const isWanted = (delivery: Delivery) =>
        all ? delivery.state !== "PENDING" : WebhookDeliveryState[delivery.state] === (state || WebhookDeliveryState.FAILED);
      let count = 0;
      // The oldest first, so that each job's come in their order.
      for (const delivery of page.filter(isWanted).reverse()) if (await store.reopenDelivery(replayed(delivery, now))) count += 1;
      webhooks.kick();
      return create(ReplayWebhookResponseSchema, { count, nextPageToken: found.length > MAX_REPLAYED ? (page.at(-1)?.id ?? "") : "" });
    },
  });
}

function commonRules({ events, description }: { readonly events: readonly string[]; readonly description: string }) {
  const known: readonly string[] = EVENT_TYPES;
  const areKnown = events.every((type) => known.includes(type)) && new Set(events).size === events.length;
  return [
    [areKnown, "events", EVENTS],
    [description.length <= MAX_DESCRIPTION, "description", `has at most ${MAX_DESCRIPTION} characters`],
  ] as const;
}

interface Page {
  readonly pageToken: string;
  readonly createdAfter?: Timestamp | undefined;
  readonly createdBefore?: Timestamp | undefined;
}

function pageRules({ pageToken, createdAfter, createdBefore }: Page) {
  return [
    [pageToken === "" || TOKEN.test(pageToken), "page_token", "is a next_page_token, or empty"],
    [isTime(createdAfter), "created_after", TIMES],
    [isTime(createdBefore), "created_before", TIMES],
  ] as const;
}

/** Ids begin with the time of their event. */
function boundsOf({ pageToken, createdAfter, createdBefore }: Page) {
  const before = [pageToken, createdBefore ? encodeTime(timestampMs(createdBefore)) : ""].filter(Boolean).sort()[0] ?? "";
  return { before, from: createdAfter ? encodeTime(timestampMs(createdAfter)) : "" };
}
