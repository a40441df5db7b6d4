import { expect } from "chai";
import type { ShardAhead, TenantLine } from "./redis_client.ts";
import { merged, ofShard } from "./redis_queue.ts";

function line(tenantId: string, time: number, ids: string[] = [tenantId]): TenantLine {
  return [tenantId, String(time), "1", "0", "0", "0", "0", [["k", "0", "0", ids]]];
}

function shard(lines: TenantLine[], more = false, now = 0): ShardAhead {
  return [String(now), [], more ? "1" : "0", lines, "0"];
}

describe("the queues of all shards as one", () => {
  const names = (shards: ShardAhead[], limit = 10) => merged(shards, limit).tenants.map(({ tenantId }) => tenantId);

  it("have their tenants by their times, and the latest of their common times", () => {
    const shards = [shard([line("b", 2), line("d", 4)], false, 1), shard([line("a", 1), line("c", 3)], false, 7)];
    expect(names(shards)).to.deep.equal(["a", "b", "c", "d"]);
    expect(merged(shards, 10)).to.include({ now: 7, moreTenants: false });
    expect(merged(shards, 3)).to.include({ moreTenants: true });
  });
  it("show nobody behind the last one of a shard that has more, for who comes next there is not known", () => {
    const shards = [shard([line("a", 1), line("b", 2)], true), shard([line("c", 2), line("d", 3)])];
    expect(names(shards)).to.deep.equal(["a", "b", "c"]);
    expect(merged(shards, 10).moreTenants).to.equal(true);
  });
  it("show no more jobs of a tenant than are looked at, and say that there are more", () => {
    const ids = Array.from({ length: 50 }, (_, index) => String(index));
    const [lane] = merged([shard([line("a", 1, ids), line("b", 1)])], 4).tenants[0]?.lanes ?? [];
    expect([lane?.ids.length, lane?.more]).to.deep.equal([8, true]);
  });
  it("ask each shard for about twice its part, and of few for all", () => {
    expect([ofShard(1), ofShard(3), ofShard(64)]).to.deep.equal([1, 3, 10]);
  });
});
