import { shardOfTenant } from "../jobs/id.ts";
import type { GlossaryStore, StoredGlossary } from "./glossary_store.ts";
import { asked, prefix, type RedisClient } from "./redis_client.ts";

/** What `redis/save_glossary.lua` answers. */
const OUTCOMES: Readonly<Record<number, "saved" | "changed" | "full">> = { 1: "saved", 0: "changed", [-1]: "full" };

/** The glossaries of tenants, each in the tenant's shard. */
export function glossaryCommands(redis: RedisClient): GlossaryStore {
  const shardOf = (tenantId: string) => prefix(shardOfTenant(tenantId));
  const allOf = (tenantId: string) => `${shardOf(tenantId)}:glossaries:${tenantId}`;
  const keyOf = (tenantId: string, id: string) => `${shardOf(tenantId)}:glossary:${tenantId}:${id}`;
  return {
    async glossary(tenantId, id) {
      const content = await asked(redis.hget(allOf(tenantId), id));
      return content === null ? undefined : toGlossary(content);
    },
    async glossaries(tenantId) {
      const found = (await asked(redis.hvals(allOf(tenantId)))).map(toGlossary);
      return found.sort((one, other) => (one.id < other.id ? 1 : -1));
    },
    async saveGlossary({ glossary, terms, most }) {
      const { id, tenantId, versions } = glossary;
      const [newest, oldest] = [versions[0]?.version ?? 0, versions.at(-1)?.version ?? 0];
      const content = JSON.stringify(glossary);
      const answer = await asked(redis.saveGlossary(shardOf(tenantId), tenantId, id, newest, content, Buffer.from(terms), most, oldest));
      return OUTCOMES[answer] ?? "changed";
    },
    async glossaryTerms(tenantId, id, version) {
      return (await asked(redis.hgetBuffer(keyOf(tenantId, id), `terms:${version}`))) ?? undefined;
    },
    async removeGlossary(tenantId, id) {
      const removed = await asked(redis.multi().hdel(allOf(tenantId), id).del(keyOf(tenantId, id)).exec());
      return Number(removed?.[0]?.[1]) > 0;
    },
  };
}

function toGlossary(content: string): StoredGlossary {
  return JSON.parse(content) as StoredGlossary;
}
