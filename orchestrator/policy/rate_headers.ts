import type { Instant } from "../../platform/clock.ts";
import type { Metered } from "./charges.ts";
import { afterCharge, type Charge, levelAt, type Meter, NO_SHARE, usedOf } from "./meters.ts";
import { QUOTAS } from "./violations.ts";

/** Units that are no requests (`qu`). */
const UNITS: Partial<Record<Metered, string>> = { bytes: "content-bytes", pages: "pages" };

/**
 * The headers `ratelimit-policy` and `ratelimit` (draft-ietf-httpapi-ratelimit-headers-10) of a call that charges a new job; `taken`:
 * it does, and is not refused. A bucket's window is the time in which it is empty again.
 */
export function rateHeaders(charged: readonly { readonly charge: Charge; readonly meter: Meter }[], taken: boolean, now: Instant) {
  const items = charged.filter(({ charge }) => charge.most > 0).map((each) => itemOf(each, taken, now));
  return { policy: items.map(({ policy }) => policy).join(", "), left: items.map(({ left }) => left).join(", ") };
}

function itemOf({ charge, meter }: { readonly charge: Charge; readonly meter: Meter }, taken: boolean, now: Instant) {
  const { most, leakPerMs } = charge;
  const parts = charge.meter.split(":");
  const metered = parts.at(-1) as Metered;
  const name = `"${parts.length > 1 ? "key-" : ""}${QUOTAS[metered].quota}"`;
  const unit = UNITS[metered];
  const after = taken ? afterCharge(meter, charge, NO_SHARE, now) : meter;
  const left = Math.max(0, Math.floor(most - usedOf(after, leakPerMs, now) + 1e-6));
  const window = leakPerMs > 0 ? `;w=${Math.ceil(most / leakPerMs / 1000)}` : "";
  const resetMs = leakPerMs > 0 ? levelAt(after, leakPerMs, now) / leakPerMs : 0;
  return {
    policy: `${name};q=${most}${unit ? `;qu="${unit}"` : ""}${window}`,
    left: `${name};r=${left}${resetMs > 0 ? `;t=${Math.ceil(resetMs / 1000)}` : ""}`,
  };
}
