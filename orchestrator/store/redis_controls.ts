import { shardOfTenant } from "../jobs/id.ts";
import { type Controls, NO_CONTROLS } from "../policy/controls.ts";
import type { ControlsStore } from "./controls_store.ts";
import { encodedAudit } from "./redis_audit.ts";
import { asked, prefix, type RedisClient } from "./redis_client.ts";

/** What operators have set for the whole deployment, in the shard where the audit log tells of that. */
export function controlsCommands(redis: RedisClient): ControlsStore {
  const shard = prefix(shardOfTenant(""));
  return {
    async controls() {
      const content = await asked(redis.get(`${shard}:controls`));
      return content ? (JSON.parse(content) as Controls) : NO_CONTROLS;
    },
    async saveControls(controls, audit) {
      const saved = await asked(redis.saveControls(shard, controls.version - 1, JSON.stringify(controls), ...encodedAudit(audit)));
      return saved === 1;
    },
  };
}
