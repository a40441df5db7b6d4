import { shardOfTenant } from "../jobs/id.ts";
import { type Charge, EMPTY_METER, type Meter, type Refused } from "../policy/meters.ts";
import type { MeterStore } from "./meter_store.ts";
import { asked, prefix, type RedisClient } from "./redis_client.ts";
import type { Charges } from "./store.ts";

export function meterCommands(redis: RedisClient): MeterStore {
  return {
    async meters(tenantId, names) {
      const found = await asked(redis.hmget(`${prefix(shardOfTenant(tenantId))}:meters:${tenantId}`, ...names));
      return found.map((text) => (text ? meterOf(text.split(" ")) : EMPTY_METER));
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

function meterOf(fields: readonly string[]): Meter {
  const [held = 0, level = 0, at = 0] = fields.map(Number);
  return { held, level, at };
}
