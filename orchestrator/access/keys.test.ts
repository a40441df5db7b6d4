import { expect } from "chai";
import type { DragomanError } from "../../platform/errors.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import { authenticate, issueKey } from "./keys.ts";

const code = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error: DragomanError) => error.code,
  );

describe("API keys", () => {
  it("name their tenant, and are not stored", async () => {
    await using store = openSqliteStore(":memory:");
    const key = await issueKey(store, { tenantId: "t", role: "client" });
    expect(await authenticate(store, `Bearer ${key}`, "client")).to.deep.equal({ tenantId: "t", role: "client" });
    const stored = await store.key(key.split("_")[1] ?? "");
    expect(JSON.stringify(stored)).to.not.contain(key.split("_")[2]?.slice(0, 48));
  });
  it("are refused when wrong in any part, missing, or of another role", async () => {
    await using store = openSqliteStore(":memory:");
    const key = await issueKey(store, { tenantId: "t", role: "client" });
    const other = await issueKey(store, { tenantId: "t", role: "client" });
    const swapped = `dgm_${key.split("_")[1]}_${other.split("_")[2]}`;
    for (const wrong of ["", "Bearer ", `Bearer ${key}0`, `Bearer ${key.slice(0, -1)}`, `Bearer ${swapped}`]) {
      expect(await code(authenticate(store, wrong, "client")), wrong.slice(0, 20)).to.equal("UNAUTHENTICATED");
    }
    expect(await code(authenticate(store, `Bearer ${key}`, "worker"))).to.equal("PERMISSION_DENIED");
  });
});
