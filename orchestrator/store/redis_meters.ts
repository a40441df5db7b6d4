import { shardOfTenant } from "../jobs/id.ts";
import { type Charge, EMPTY_METER, type Meter, type Refused } from "../policy/meters.ts";
import type { MeterStore } from "./meter_store.ts";
import { asked, prefix, type RedisClient } from "./redis_client.ts";
import type { Charges } from "./store.ts";

export function meterCommands(redis: RedisClient): MeterStore {
  return {
    async meters(tenantId, names) {
      const shard = prefix(shardOfTenant(tenantId));
      const [found, open, taken] = await asked(
        Promise.all([
          redis.hmget(`${shard}:meters:${tenantId}`, ...names),
          redis.hget(`${shard}:open`, tenantId),
          redis.hget(`${shard}:taken`, tenantId),
        ]),
      );
      const most = { open: Number(open), running: Number(taken), pages: Number(open) > 0 ? Number.POSITIVE_INFINITY : 0 };
      const counts = new Map(Object.entries(most));
      return found.map((text, index) => counted(names[index] ?? "", text ? meterOf(text.split(" ")) : EMPTY_METER, counts));
    },
  };
}

/** As `redis/commit_charges.lua` takes them. */
export function chargeArguments({ now, meters }: Charges) {
  return { now, meters: meters.map(({ meter, held, poured, most, leakPerMs }) => [meter, held, poured, most, leakPerMs]) };
}

/** What it says of a charge that it refused: the charge's place, from 1, its meter, and what the job had of it. */
export function refusedCharge([place, ...said]: readonly (string | number)[], { meters }: Charges): Refused {
  const [held = 0, level = 0, at = 0, hadHeld = 0, hadPoured = 0] = said.map(Number);
  const charge = meters[Number(place) - 1] as Charge;
  return { charge, meter: { held, level, at }, had: { held: hadHeld, poured: hadPoured } };
}

/** As `heldOn` in `redis/commit_charges.lua`. */
function counted(name: string, meter: Meter, counts: ReadonlyMap<string, number>): Meter {
  const metered = name.split(":").at(-1) ?? "";
  const count = counts.get(metered);
  if (count === undefined) return meter;
  const isCount = name === metered && metered !== "pages";
  return { ...meter, held: isCount ? count : Math.min(meter.held, count) };
}

function meterOf(fields: readonly string[]): Meter {
  const [held = 0, level = 0, at = 0] = fields.map(Number);
  return { held, level, at };
}
