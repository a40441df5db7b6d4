import { expect } from "chai";
import { AdminService, WorkerOrder } from "../../../gen/dragoman/v1/admin_service_pb.ts";
import type { DragomanError } from "../../../platform/errors.ts";
import { callsOf, type TestCalls } from "../../../test/support/calls.ts";
import { aloneOf, gateOf } from "../../../test/support/gate.ts";
import { issueKey } from "../../access/keys.ts";
import { Tenants } from "../../access/tenants.ts";
import { openSqliteStore } from "../../store/sqlite.ts";
import type { AnnouncedWorker, Store } from "../../store/store.ts";
import { intakeOf } from "../intake.ts";
import { adminService } from "./admin_service.ts";

const WORKER: AnnouncedWorker = {
  ...{ id: "host-1", slots: 2, prefetch: 1, jobIds: ["j"], classes: ["default", "office"], engines: ["apertium"], pairs: 3 },
  ...{ ocr: false, office: true, connectedAt: 1_000 },
};
const code = (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error: DragomanError) => error.code,
  );

const NAMES: Readonly<Record<number, string>> = {
  [WorkerOrder.UNSPECIFIED]: "NONE",
  [WorkerOrder.DRAIN]: "DRAIN",
  [WorkerOrder.QUARANTINE]: "QUARANTINE",
};

describe("operators and workers", () => {
  let store: Store;
  let operator: TestCalls<typeof AdminService>;
  let members: AnnouncedWorker[];
  const tenants = () => new Tenants(store, {});

  beforeEach(async () => {
    store = openSqliteStore(":memory:");
    members = [WORKER];
    const alone = { ...aloneOf(store), fleet: { members: () => members } };
    const service = adminService({ ...gateOf(store), tenants: tenants(), ...alone });
    operator = callsOf(AdminService, service, await issueKey(store, { tenantId: "operators", role: "operator" }));
  });
  afterEach(() => store[Symbol.asyncDispose]());

  const listed = async () =>
    (await operator.listWorkers({})).workers.map(({ id, connected, order, stop }) => [
      id,
      connected,
      NAMES[order] ?? "",
      stop?.reason ?? "",
    ]);
  const audit = async () =>
    (await operator.listAudit({})).entries.map(({ action, subject, reason }) => [action, subject, reason].join(" "));

  it("see who is connected and what it takes, and what is ordered of those who are not", async () => {
    expect(await listed()).to.deep.equal([["host-1", true, "NONE", ""]]);
    await operator.drainWorker({ id: "host-0", reason: "old" });
    expect(await listed()).to.deep.equal([
      ["host-0", false, "DRAIN", "old"],
      ["host-1", true, "NONE", ""],
    ]);
    const [, worker] = (await operator.listWorkers({})).workers;
    expect(worker).to.deep.include({ slots: 2, jobIds: ["j"], classes: ["default", "office"], office: true, pairs: 3 });
  });
  it("drain, quarantine and resume one by the id that timelines have as well, each of which the audit log tells once", async () => {
    await operator.drainWorker({ id: "host-1/0123abcd", reason: "leaks" });
    await operator.drainWorker({ id: "host-1", reason: "again" });
    const quarantined = await operator.quarantineWorker({ id: "host-1", reason: "wrong results" });
    expect([quarantined.id, quarantined.order, quarantined.stop?.reason]).to.deep.equal([
      "host-1",
      WorkerOrder.QUARANTINE,
      "wrong results",
    ]);
    expect((await operator.resumeWorker({ id: "host-1", reason: "mended" })).order).to.equal(WorkerOrder.UNSPECIFIED);
    expect((await audit()).sort()).to.deep.equal([
      "worker.drain workers/host-1 leaks",
      "worker.quarantine workers/host-1 wrong results",
      "worker.resume workers/host-1 mended",
    ]);
  });
  it("forget one that will not come back, and none that is there", async () => {
    await operator.drainWorker({ id: "host-1", reason: "stop" });
    expect(await code(operator.forgetWorker({ id: "host-1", reason: "gone" }))).to.equal("CONFLICT");
    members = [];
    await operator.forgetWorker({ id: "host-1", reason: "gone" });
    expect(await listed()).to.deep.equal([]);
    expect(await code(operator.forgetWorker({ id: "host-1", reason: "gone" }))).to.equal("WORKER_NOT_FOUND");
    expect(await code(operator.resumeWorker({ id: "host-2", reason: "typing error" }))).to.equal("WORKER_NOT_FOUND");
    for (const id of ["", "a b", "x".repeat(129), "ä"])
      expect(await code(operator.drainWorker({ id, reason: "r" }))).to.equal("INVALID_REQUEST");
    expect(await code(operator.drainWorker({ id: "__proto__", reason: "r" }))).to.equal("none");
    expect(await listed()).to.deep.equal([["__proto__", false, "DRAIN", "r"]]);
  });
  it("order a hundred at once, none of which is lost", async () => {
    const ids = Array.from({ length: 15 }, (_, index) => `w${String(index).padStart(2, "0")}`);
    await Promise.all(ids.map((id) => operator.drainWorker({ id, reason: "maintenance" })));
    expect((await listed()).map(([id]) => id)).to.deep.equal(["host-1", ...ids]);
  });
  it("pause and resume the intake, of which callers are told why", async () => {
    const said = () =>
      intakeOf({ now: () => store.controls() }, tenants())
        .require("acme")
        .then(
          () => "taken",
          ({ code: refused, message }: DragomanError) => `${refused} ${message}`,
        );
    expect(await said()).to.equal("taken");
    const paused = await operator.pauseIntake({ reason: "disk is full" });
    expect(paused.paused?.reason).to.equal("disk is full");
    expect(await said()).to.equal("INTAKE_PAUSED No jobs are taken in for now: disk is full");
    expect((await operator.resumeIntake({ reason: "cleaned" })).paused).to.equal(undefined);
    await operator.pauseTenant({ id: "acme", reason: "unpaid" });
    expect(await said()).to.equal("TENANT_PAUSED The tenant's jobs are paused: unpaid");
    expect(await code(operator.pauseIntake({ reason: " " }))).to.equal("INVALID_REQUEST");
  });
  it("pause and resume a class of work, and see who takes it", async () => {
    const shown = async () =>
      (await operator.getIntake({})).classes.map(({ name, workers, paused }) => `${name} ${workers} ${paused?.reason ?? ""}`.trim());
    await operator.pauseClass({ jobClass: "office", reason: "LibreOffice crashes" });
    expect(await shown()).to.deep.equal(["default 1", "pictures 0", "office 1 LibreOffice crashes", "large 0"]);
    await operator.drainWorker({ id: "host-1", reason: "r" });
    await operator.resumeClass({ jobClass: "office", reason: "updated" });
    expect(await shown()).to.deep.equal(["default 0", "pictures 0", "office 0", "large 0"]);
    expect(await code(operator.pauseClass({ jobClass: "all", reason: "r" }))).to.equal("INVALID_REQUEST");
  });
});
