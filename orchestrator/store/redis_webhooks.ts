import { randomUUID } from "node:crypto";
import type { Delivery } from "../deliveries/delivery.ts";
import type { StoredEndpoint } from "../deliveries/endpoint.ts";
import { SHARDS, shardOfTenant } from "../jobs/id.ts";
import { encodedAudit } from "./redis_audit.ts";
import { asked, prefix, type RedisClient } from "./redis_client.ts";
import { type DeliveryStore, type EndpointStore, storedDelivery, type Taken, withoutTime } from "./webhook_store.ts";

/** What `redis/save_endpoint.lua` answers. */
const OUTCOMES: Readonly<Record<number, "saved" | "changed" | "full">> = { 1: "saved", 0: "changed", [-1]: "full" };

/** The endpoints of tenants, each in the tenant's shard. */
export function endpointCommands(redis: RedisClient): EndpointStore {
  const allOf = (tenantId: string) => `${prefix(shardOfTenant(tenantId))}:endpoints:${tenantId}`;
  const toEndpoint = (content: string) => JSON.parse(content) as StoredEndpoint;
  return {
    async endpoint(tenantId, id) {
      const content = await asked(redis.hget(allOf(tenantId), id));
      return content === null ? undefined : toEndpoint(content);
    },
    async endpoints(tenantId) {
      const found = (await asked(redis.hvals(allOf(tenantId)))).map(toEndpoint);
      return found.sort((one, other) => (one.id < other.id ? 1 : -1));
    },
    async saveEndpoint(endpoint, most, audit) {
      const { tenantId, id, version } = endpoint;
      const args = [tenantId, id, version, JSON.stringify(endpoint), most, ...encodedAudit(audit)] as const;
      const answer = redis.saveEndpoint(prefix(shardOfTenant(tenantId)), ...args);
      return OUTCOMES[await asked(answer)] ?? "changed";
    },
    removeEndpoint: async (tenantId, id, audit) =>
      (await asked(redis.removeEndpoint(prefix(shardOfTenant(tenantId)), tenantId, id, ...encodedAudit(audit)))) === 1,
  };
}

/** Deliveries, each in its tenant's shard. */
export function deliveryCommands(redis: RedisClient, now: () => number): DeliveryStore {
  const shardOf = (tenantId: string) => prefix(shardOfTenant(tenantId));
  const keyOf = (tenantId: string, id: string) => `${shardOf(tenantId)}:delivery:${tenantId}:${id}`;
  const read = async (tenantId: string, id: string): Promise<Delivery | undefined> => {
    const content = await asked(redis.hget(keyOf(tenantId, id), "content"));
    if (content === null) return undefined;
    const stored = storedDelivery(content);
    const at = await asked(redis.zscore(`${shardOf(tenantId)}:pending:${tenantId}:${stored.recipient}`, id));
    return { ...stored, nextAt: at === null ? null : Number(at) };
  };
  return {
    async addDeliveries(deliveries, most) {
      let lost = 0;
      for (const [tenantId, own] of Map.groupBy(deliveries, ({ delivery }) => delivery.tenantId)) {
        const args = own.flatMap(({ delivery, body }) => {
          const { id, endpointId, recipient, jobId, jobVersion, nextAt } = delivery;
          return [id, endpointId, recipient, jobId, jobVersion, nextAt ?? 0, withoutTime(delivery), Buffer.from(body)];
        });
        lost += await asked(redis.addDeliveries(shardOf(tenantId), tenantId, most, now(), ...args));
      }
      return lost;
    },
    async takeDeliveries(at, { recipients, deliveries, leaseMs }) {
      const lease = randomUUID();
      const each = Math.ceil(recipients / SHARDS.length);
      const answers = SHARDS.map((shard) => redis.takeDeliveriesBuffer(prefix(shard), at, each, deliveries, lease, at + leaseMs));
      return (await asked(Promise.all(answers))).flat().map((flat) => toTaken(flat, lease, at));
    },
    async settleDelivery({ recipient, lease }, delivery, health) {
      const { tenantId, id, nextAt, endedAt } = delivery;
      const content = withoutTime(delivery);
      const args = [recipient, lease, id, content, endedAt === null ? (nextAt ?? 0) : "", endedAt ?? "", health, now()];
      return (await asked(redis.settleDelivery(shardOf(tenantId), tenantId, ...args))) === 1;
    },
    async releaseRecipient({ tenantId, recipient, lease }, notBefore) {
      await asked(redis.releaseRecipient(shardOf(tenantId), tenantId, recipient, lease, notBefore));
    },
    async forgetFailures(tenantId, recipient) {
      await asked(redis.hdel(`${shardOf(tenantId)}:recipient:${tenantId}:${recipient}`, "failures", "failingSince"));
    },
    async deliveries({ tenantId, endpointId, before, from, limit }) {
      const log = `${shardOf(tenantId)}:deliveries:${tenantId}:${endpointId}`;
      const ids = await asked(redis.zrevrangebylex(log, before ? `(${before}` : "+", from ? `[${from}` : "-", "LIMIT", 0, limit));
      return (await Promise.all(ids.map((id) => read(tenantId, id)))).filter((delivery) => delivery !== undefined);
    },
    delivery: read,
    async reopenDelivery(delivery) {
      const { tenantId, id } = delivery;
      return (await asked(redis.reopenDelivery(shardOf(tenantId), tenantId, id, withoutTime(delivery), now()))) === 1;
    },
    async forgetDeliveries(endedBefore, limit) {
      const counts = await asked(Promise.all(SHARDS.map((shard) => redis.forgetDeliveries(prefix(shard), endedBefore, limit, now()))));
      return counts.reduce((sum, count) => sum + count, 0);
    },
  };
}

/** What `redis/take_deliveries.lua` answers of one recipient. */
function toTaken([tenant, recipient, failures, since, ...rest]: readonly Buffer[], lease: string, now: number): Taken {
  const deliveries = rest.flatMap((content, index) => {
    if (index % 2 === 1) return [];
    const body = rest[index + 1];
    const stored = storedDelivery(content.toString());
    return [{ delivery: { ...stored, nextAt: now }, body: body && body.length > 0 ? body : undefined }];
  });
  const [failingSince, failed] = [since?.toString() ?? "", Number(failures?.toString())];
  return {
    ...{ tenantId: String(tenant), recipient: String(recipient), lease, deliveries },
    ...{ failures: failed, failingSince: failingSince === "" ? null : Number(failingSince) },
  };
}
