import { createHash } from "node:crypto";
import { encodeTime } from "ulid";
import type { Instant } from "../../platform/clock.ts";
import type { EventType } from "./event_types.ts";

export type DeliveryState = "PENDING" | "DELIVERED" | "FAILED" | "CANCELLED";

/** Why nothing was answered. */
export type TryError =
  | "TIMEOUT"
  | "ADDRESS_REFUSED"
  | "NAME_UNKNOWN"
  | "TLS_FAILED"
  | "CONNECTION_FAILED"
  | "BAD_ANSWER"
  /** The deployment's secret is another than the one that sealed it. */
  | "SECRET_UNREADABLE";

/** One post. */
export interface Try {
  readonly at: Instant;
  /** Of HTTP; 0 where nothing was answered. */
  readonly status: number;
  readonly durationMs: number;
  readonly error?: TryError;
  /** How the answer begins. */
  readonly answer?: string;
}

/** One event on its way to one endpoint. */
export interface Delivery {
  readonly id: string;
  readonly tenantId: string;
  /** `JOBS` where it goes to a job's own address. */
  readonly endpointId: string;
  /** Whose deliveries are sent by one sender at a time: the endpoint, or a host that jobs name. */
  readonly recipient: string;
  /** The header `webhook-id`: the same however often it is sent. */
  readonly eventId: string;
  readonly type: EventType;
  /** Empty where the event is of no job. */
  readonly jobId: string;
  readonly jobVersion: number;
  /** Empty for its endpoint's. */
  readonly url: string;
  readonly createdAt: Instant;
  readonly state: DeliveryState;
  /** Posts since it was made, or replayed. */
  readonly tried: number;
  readonly nextAt: Instant | null;
  readonly endedAt: Instant | null;
  /** The last ones, in their order. */
  readonly tries: readonly Try[];
}

/** Of what an event is one: the same for the same event, whoever asks. */
export interface EventOrigin {
  readonly jobId: string;
  readonly jobVersion: number;
  readonly at: Instant;
}

const MAX_TRIES_KEPT = 10;
/** Crockford's, as ULIDs have it. */
const BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** The id of a job's event: like a ULID its time comes first, and the rest follows from the job and its version. */
export function jobEventId({ jobId, jobVersion, at }: EventOrigin): string {
  const digest = createHash("sha256").update(`${jobId} ${jobVersion}`).digest();
  const rest = Array.from(digest.subarray(0, 16), (byte) => BASE32[byte % 32]).join("");
  return `msg_${encodeTime(at)}${rest}`;
}

/** The id of an event's delivery to one recipient: a second one is the same. They sort by their events' times. */
export function deliveryId(eventId: string, recipient: string): string {
  return `${eventId.slice("msg_".length)}${createHash("sha256").update(recipient).digest("hex").slice(0, 10)}`;
}

/** Whose turn deliveries to a job's own address wait for: one host's do not hold up another's. */
export function recipientOf(url: string): string {
  return `url-${createHash("sha256")
    .update(URL.parse(url)?.origin ?? "")
    .digest("hex")
    .slice(0, 20)}`;
}

/** When what was not taken is tried again, in milliseconds after each post; as many posts as there are, and one. */
export type Schedule = readonly number[];

/** How a post ended; `retryAfterMs`: what the answer asks for. */
export interface Posted extends Try {
  readonly retryAfterMs?: number;
}

/**
 * What a delivery is after a post. `draw`: between 0 and 1, for the delay's jitter of a tenth. An answer 410 is the last word
 * (Standard Webhooks, "Delivery success and failure"); a longer wait that it asks for is kept to.
 */
export function afterPost(delivery: Delivery, posted: Posted, schedule: Schedule, draw: number): Delivery {
  const { retryAfterMs = 0, ...entry } = posted;
  const now = entry.at + entry.durationMs;
  const tried = delivery.tried + 1;
  const after = { ...delivery, tried, tries: [...delivery.tries, entry].slice(-MAX_TRIES_KEPT) };
  if (isTaken(entry)) return { ...after, state: "DELIVERED", nextAt: null, endedAt: now };
  const delayMs = schedule[tried - 1];
  if (delayMs === undefined || isGone(entry)) return { ...after, state: "FAILED", nextAt: null, endedAt: now };
  return { ...after, nextAt: now + Math.max(retryAfterMs, Math.round(delayMs * (0.9 + draw * 0.2))) };
}

export function cancelled(delivery: Delivery, now: Instant): Delivery {
  return { ...delivery, state: "CANCELLED", nextAt: null, endedAt: now };
}

/** It is sent once more at once, and then as if it were new. What waits already keeps its count. */
export function replayed(delivery: Delivery, now: Instant): Delivery {
  if (delivery.state === "PENDING") return { ...delivery, nextAt: now };
  return { ...delivery, state: "PENDING", tried: 0, nextAt: now, endedAt: null };
}

export function isTaken({ status }: Try): boolean {
  return status >= 200 && status < 300;
}

export function isGone({ status }: Try): boolean {
  return status === 410;
}
