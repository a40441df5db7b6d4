import type { Instant } from "../../platform/clock.ts";
import type { EventType } from "./event_types.ts";

/** The tenant's own, whose secret signs what goes to the `webhook_url` of its jobs. */
export const JOBS = "jobs";

/** A secret that signs, sealed; one that was replaced signs until it expires. */
export interface StoredSecret {
  readonly sealed: string;
  readonly expireAt?: Instant;
}

/** Where a tenant's events are posted to. */
export interface StoredEndpoint {
  /** `JOBS`, or as `newId` makes it. */
  readonly id: string;
  readonly tenantId: string;
  /** Empty of `JOBS`. */
  readonly url: string;
  /** All if there are none. */
  readonly events: readonly EventType[];
  readonly description: string;
  /** The newest first, at most three. */
  readonly secrets: readonly StoredSecret[];
  readonly createdAt: Instant;
  /** One more with every change, from 1. */
  readonly version: number;
  readonly disabled?: { readonly reason: DisabledReason; readonly at: Instant };
}

/** It was asked for, the endpoint answered 410, or nothing came through for days. */
export type DisabledReason = "REQUESTED" | "GONE" | "FAILING";

/** Whether it is told of events of this type. */
export function hears({ id, events, disabled }: StoredEndpoint, type: EventType): boolean {
  return id !== JOBS && !disabled && (events.length === 0 || events.includes(type));
}
