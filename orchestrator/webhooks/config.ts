import type { Schedule } from "../deliveries/delivery.ts";
import type { PrivateNetworks } from "./addresses.ts";

/** What a deployment says of webhooks. */
export interface WebhookConfig {
  readonly privateNetworks: PrivateNetworks;
  readonly schedule: Schedule;
  /** An endpoint that nothing came through to for so long is disabled, in milliseconds. */
  readonly failingMs: number;
  /** How long deliveries are kept after their end, in milliseconds. */
  readonly logMs: number;
}

const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3600_000];

/** Ten tries over three days: the example of Standard Webhooks 1.0.0. */
export const DEFAULTS: WebhookConfig = {
  privateNetworks: "none",
  schedule: [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR],
  failingMs: 5 * 24 * HOUR,
  logMs: 7 * 24 * HOUR,
};
