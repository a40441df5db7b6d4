import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  type Webhook,
  type WebhookDelivery,
  WebhookDeliverySchema,
  WebhookDeliveryState,
  WebhookSchema,
} from "../../gen/dragoman/v1/webhook_service_pb.ts";
import type { Instant } from "../../platform/clock.ts";
import type { Delivery } from "../deliveries/delivery.ts";
import type { StoredEndpoint } from "../deliveries/endpoint.ts";

/** An endpoint as clients see it; with its secret only where this is told. */
export function toWebhook(endpoint: StoredEndpoint, secret = ""): Webhook {
  const { id, url, events, description, createdAt, version, disabled, secrets } = endpoint;
  const oldUntil = secrets[1]?.expireAt;
  return create(WebhookSchema, {
    ...{ id, url, events: [...events], description, secret, version: BigInt(version), createTime: timestampFromMs(createdAt) },
    ...(disabled && { disabled: true, disabledReason: disabled.reason, disableTime: timestampFromMs(disabled.at) }),
    ...(oldUntil !== undefined && { oldSecretExpireTime: timestampFromMs(oldUntil) }),
  });
}

/** `url`: the endpoint's. */
export function toDelivery(delivery: Delivery, url: string): WebhookDelivery {
  const { id, eventId, type, jobId, jobVersion, state, createdAt, nextAt, endedAt, tries } = delivery;
  return create(WebhookDeliverySchema, {
    ...{ id, eventId, type, jobId, jobVersion: BigInt(jobVersion), url: delivery.url || url, state: WebhookDeliveryState[state] },
    ...{ createTime: timestampFromMs(createdAt), ...time("nextTime", nextAt), ...time("endTime", endedAt) },
    tries: tries.map(({ at, status, durationMs, error = "", answer = "" }) => ({
      time: timestampFromMs(at),
      status,
      durationMs,
      error,
      answer,
    })),
  });
}

function time<N extends string>(name: N, at: Instant | null) {
  return at === null ? {} : { [name]: timestampFromMs(at) };
}
