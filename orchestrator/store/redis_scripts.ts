import { readFileSync } from "node:fs";

/**
 * The Redis store's atomic steps, each a file of `redis/` that begins with what it takes, gives and refuses; this is what all of
 * them share. Each begins with `#!lua`, so that Redis refuses it before its first write when memory is out. KEYS[1] is a shard's
 * prefix, `dgm:{<shard>}`; every other key is made from it and so has the same hash tag, which keeps a script within one node of
 * a cluster.
 *
 * Keys of a shard:
 * - `job:<id>` hash: the record (its envelope is the field `custody`), what it has on meters (`charged`), and what the indexes hold of it
 * - `jobs:<tenant>`, `jobs:<tenant>:<state>` sorted sets of ids, all at score 0, read by id; for each label the same under
 *   `jobs:<tenant>:label:<name=value>`, `jobs:<tenant>:label-in:<state>:<name=value>`: a label may hold colons, so it comes last
 * - `receipt:<id>` JSON of a job that was forgotten, until it expires; `receipts` sorted set of `<tenant> <id>` by that time
 * - `changes:<tenant>` sorted set of ids by the number of their last change (change_store.ts)
 * - `state:<state>`, `state:all` sorted sets of ids of all tenants, all at score 0
 * - `open`, `taken` hashes by tenant: jobs not final; jobs invited or running
 * - `census` hash of open jobs by `<state>:<priority>`
 * - `due` sorted set of ids by the time of their timer; `invited` set of ids; `underway` set of ids
 * - `meters:<tenant>` hash by meter: "<held> <level> <at>" (policy/meters.ts); the tenant's own of open and running jobs are `open`, `taken`
 * - `queue:<class>:<lane>:<tenant>` sorted sets of waiting jobs' ids by rank, `urgent:<class>` likewise of urgent ones; each job's is
 *   its field `place`. `lanes:<class>:<tenant>` sorted sets of lanes that have any, `turns:<class>` of tenants that have any and may
 *   run them, both by their times in the order; `classes` set of these classes
 * - `times`, `lane-times:<tenant>` sorted sets of tenants and a tenant's lanes by their times, where these are above what all have:
 *   `now`, and in the hash `lanes-now` by tenant
 * - `request:<tenant>:<request id>` hash; `upload:<id>` JSON, `uploads` sorted set of ids by expiry
 * - `inputs` hash of how many jobs there are of each input
 * - `waste` sorted set of garbage, `<tenant> <prefix>`, by time of removal
 * - `glossaries:<tenant>` hash of JSON by id; `glossary:<tenant>:<id>` hash: `version`, the newest, and `terms:<version>`, packed
 * - `memories` hash by tenant: bytes of its units' contents; `memory:<tenant>` hash of units by key, each
 *   `<kept at> <job or -> <bands or -> <content>`; `memory:<tenant>:age` sorted set of keys by that time;
 *   `memory:<tenant>:job:<job>` set of keys; `memory:<tenant>:near` hash by band: keys, the last kept first, without anything between
 * - `rate:<scope>:<name>` when a rate is free; `spent:<scope>:<name>` what was spent of a budget; both expire
 * - `usage:<tenant>:<dimension>:<day>` hash by name of sums, packed; `usage-tenants:<month>` sorted set of the tenants that have any,
 *   all at score 0; both expire
 * - `settings`, `tenants` hashes by tenant; `tenant-names` sorted set of those that `tenants` has, all at score 0
 * - `audit` hash of entries by id; `audit:all`, `audit:{tenant,key,action,subject}:<value>` sorted sets of their ids, all at score 0
 * - `endpoints:<tenant>` hash of JSON by id; `delivery:<tenant>:<id>` hash, `deliveries:<tenant>`, `deliveries:<tenant>:<endpoint>` sorted
 *   sets of ids, all at score 0; `delivered` sorted set of `<tenant> <id>` by the time of their end; `job-deliveries:<job>` set of ids;
 *   `recipients` sorted set of `<tenant> <recipient>`, `recipient:`, `pending:` and `line:` as `redis/deliveries.lua` says
 * - `operations` hash by id; `operation-ids` sorted set of them, all at score 0; `operations-open` set of those that have not ended
 * - `class-depths` hash by class of work: how many jobs wait
 * - `controls`, JSON, in the shard of no tenant alone
 * - `outbox` stream; `relay` the lease of who hands it out
 *
 * API keys stand in no shard: `dgm:key:<id>` JSON; `dgm:key-use:<id>` when it was used last; `dgm:keys`, `dgm:keys-of:<tenant>` sets of ids.
 */
export const SCRIPTS = {
  commitJob: script("commit"),
  forgetJob: script("forget"),
  moveLabels: script("move_labels"),
  indexChange: script("index_change"),
  listJobs: script("list_jobs"),
  aheadInQueue: script("ahead"),
  refileJob: script("refile"),
  leaveQueue: script("leave_queue"),
  indexState: script("index_state"),
  chargeStored: script("charge_stored"),
  relayOutbox: script("relay"),
  releaseRelay: script("release_relay"),
  garbage: script("garbage"),
  saveGlossary: script("save_glossary"),
  keepUnits: script("keep_units"),
  forgetUnits: script("forget_units"),
  takeRates: script("take_rates"),
  spend: script("spend"),
  saveTenant: script("save_tenant"),
  saveControls: script("save_controls"),
  changeKey: script("change_key"),
  saveOperation: script("save_operation"),
  addAudit: script("add_audit"),
  forgetAudit: script("forget_audit"),
  saveEndpoint: script("save_endpoint"),
  removeEndpoint: script("remove_endpoint"),
  addDeliveries: script("add_deliveries"),
  takeDeliveries: script("take_deliveries"),
  settleDelivery: script("settle_delivery"),
  releaseRecipient: script("release_recipient"),
  reopenDelivery: script("reopen_delivery"),
  forgetDeliveries: script("forget_deliveries"),
} as const;

function script(name: string): { readonly numberOfKeys: 1; readonly lua: string } {
  // Functions that a script has in a file of their own, for Redis lets none load another.
  return { numberOfKeys: 1, lua: luaFile(name).replace(/^-- include (\S+)$/gm, (_, part: string) => luaFile(part)) };
}

function luaFile(name: string): string {
  return readFileSync(new URL(`./redis/${name}.lua`, import.meta.url), "utf8");
}
