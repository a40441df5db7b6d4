import type { Instant } from "../../platform/clock.ts";
import type { Delivery } from "../deliveries/delivery.ts";
import type { StoredEndpoint } from "../deliveries/endpoint.ts";
import type { AuditEntry } from "../policy/audit.ts";

/** Where tenants' events are posted to. */
export interface EndpointStore {
  endpoint(tenantId: string, id: string): Promise<StoredEndpoint | undefined>;
  /** The newest first. */
  endpoints(tenantId: string): Promise<StoredEndpoint[]>;
  /** Saves what follows on the version before, with what the audit log tells of it; of a new one (version 1) there are at most `most` then. */
  saveEndpoint(endpoint: StoredEndpoint, most: number, audit?: readonly AuditEntry[]): Promise<"saved" | "changed" | "full">;
  /** False if there is none. */
  removeEndpoint(tenantId: string, id: string, audit?: readonly AuditEntry[]): Promise<boolean>;
}

export interface DeliveryQuery {
  readonly tenantId: string;
  readonly endpointId: string;
  /** Only ids below this one; none if it is empty. */
  readonly before: string;
  /** Only ids from this one on. */
  readonly from: string;
  readonly limit: number;
}

/** What one sender may send now of what waits for one recipient: nobody else does meanwhile. */
export interface Taken {
  readonly tenantId: string;
  readonly recipient: string;
  readonly lease: string;
  /** Posts that failed since the last that came through. */
  readonly failures: number;
  /** Since when; null if the last one came through. */
  readonly failingSince: Instant | null;
  /** Those whose time came first. `body` is undefined where it was erased. */
  readonly deliveries: readonly { readonly delivery: Delivery; readonly body: Uint8Array | undefined }[];
}

/** How much is taken at once. */
export interface Share {
  /** A store in parts may give one of each part all the same, and no more of one than its share. */
  readonly recipients: number;
  /** Of each; one of a recipient that fails. */
  readonly deliveries: number;
  readonly leaseMs: number;
}

/** What a post says of its recipient: that something came through, that it did not, or nothing. */
export type Health = "well" | "failing" | "unknown";

/**
 * Deliveries, each until some days after its end. Those of one job to one recipient are given out one after another, by the job's
 * versions. Of a tenant as many are kept as it may have: the oldest go first.
 */
export interface DeliveryStore {
  /** Stores those that are not there. `most` of the tenant are kept; how many were forgotten for it that waited still. */
  addDeliveries(deliveries: readonly { readonly delivery: Delivery; readonly body: Uint8Array }[], most: number): Promise<number>;
  /** What is due, under leases; who lost one, or died, is followed by another. */
  takeDeliveries(now: Instant, share: Share): Promise<Taken[]>;
  /** What became of a delivery. False, and nothing is changed, where the lease was lost or the delivery is gone. */
  settleDelivery(lease: Pick<Taken, "recipient" | "lease">, delivery: Delivery, health: Health): Promise<boolean>;
  /** Ends the lease; nothing more is given out of this recipient before `notBefore`. */
  releaseRecipient(taken: Pick<Taken, "tenantId" | "recipient" | "lease">, notBefore: Instant): Promise<void>;
  /** The recipient is as one that never failed. */
  forgetFailures(tenantId: string, recipient: string): Promise<void>;
  /** The newest first. */
  deliveries(query: DeliveryQuery): Promise<Delivery[]>;
  delivery(tenantId: string, id: string): Promise<Delivery | undefined>;
  /** Has what `delivery` became, once it was replayed, given out again; false if it is gone or its content is. */
  reopenDelivery(delivery: Delivery): Promise<boolean>;
  /** Forgets those that ended before; how many, at most `limit`. */
  forgetDeliveries(endedBefore: Instant, limit: number): Promise<number>;
}

/** A delivery as drivers keep it: the time at which it is sent stands beside it, where it is looked for. */
export function withoutTime({ nextAt: _, ...delivery }: Delivery): string {
  return JSON.stringify(delivery);
}

/** What `withoutTime` made; of a job that is forgotten its tries are too. */
export function storedDelivery(content: string): Omit<Delivery, "nextAt"> {
  return { tries: [], ...(JSON.parse(content) as Omit<Delivery, "nextAt" | "tries">) };
}
