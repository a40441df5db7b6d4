import { create, toJson } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { Webhook as Verifier } from "standardwebhooks";
import { decodeTime } from "ulid";
import { JobEventSchema, JobSchema, JobState } from "../../gen/dragoman/v1/job_pb.ts";
import { openLog } from "../../platform/log.ts";
import { type Heard, openReceiver } from "../../test/support/receiver.ts";
import { eventually } from "../../test/support/service.ts";
import { Seal } from "../access/sealed.ts";
import { type Delivery, jobEventId, replayed } from "../deliveries/delivery.ts";
import { JOBS, type StoredEndpoint } from "../deliveries/endpoint.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import type { Store } from "../store/store.ts";
import { DEFAULTS, type WebhookConfig } from "./config.ts";
import { Endpoints } from "./endpoints.ts";
import { openWebhooks } from "./open.ts";

const BY = { keyId: "k", tenantId: "t" };
const FAST: WebhookConfig = { ...DEFAULTS, privateNetworks: "all", schedule: [30, 30] };
function job(id: string, version = 3, changes: Partial<{ state: JobState; webhookUrl: string }> = {}) {
  const { state = JobState.SUCCEEDED, webhookUrl = "" } = changes;
  return create(JobSchema, {
    ...{
      id,
      version: BigInt(version),
      state,
      fileName: "ä.pdf",
      updateTime: timestampFromMs(1_000_000 + version),
      options: { webhookUrl },
    },
  });
}

describe("webhooks that are sent", () => {
  let stack: AsyncDisposableStack;
  let store: Store;
  let opened: ReturnType<typeof openWebhooks>;
  const open = (config: Partial<WebhookConfig> = {}, hosts?: readonly string[]) => {
    store = openSqliteStore(":memory:");
    stack.use(store);
    const tenants = {
      of: async (tenantId: string) => ({ tenantId, limits: {}, version: 0, effective: hosts ? { webhookHosts: hosts } : {} }),
    };
    const parts = {
      store,
      seal: new Seal("a secret"),
      tenants,
      config: { ...FAST, ...config },
      log: openLog("test", "silent"),
      lookEveryMs: 20,
    };
    opened = openWebhooks(stack, parts);
  };
  beforeEach(() => {
    stack = new AsyncDisposableStack();
  });
  afterEach(() => stack.disposeAsync());

  const endpoint = (url: string, events: StoredEndpoint["events"] = []) =>
    opened.endpoints.create({ tenantId: "t", url, events, description: "" }, BY);
  const happen = (what: ReturnType<typeof job>, webhookEvent = "job.succeeded") => {
    const message = create(JobEventSchema, { tenantId: "t", job: what, webhookEvent });
    return opened.webhooks.owe([{ id: `${what.id}:event:${what.version}`, content: { kind: "event", message } }]);
  };
  const log = (endpointId: string) => store.deliveries({ tenantId: "t", endpointId, before: "", from: "", limit: 100 });
  const ended = async (endpointId: string, count = 1) => {
    await eventually(async () => (await log(endpointId)).filter(({ state }) => state !== "PENDING").length >= count, 10_000);
    return (await log(endpointId)) as [Delivery, ...Delivery[]];
  };

  it("say what GetJob says, and are verified by the Standard Webhooks library", async () => {
    open();
    const { heard, url } = await openReceiver(stack);
    const { secret, endpoint: made } = await endpoint(`${url}/hook`);
    expect(secret).to.match(/^whsec_[A-Za-z0-9+/]{43}=$/);
    await happen(job("J1"));
    const [delivery] = await ended(made.id);
    const [post] = heard as [Heard];
    expect(post.path).to.equal("/hook");
    const said = new Verifier(secret).verify(post.body, post.headers as Record<string, string>);
    expect(said).to.deep.equal({
      type: "job.succeeded",
      timestamp: new Date(1_000_003).toISOString(),
      data: toJson(JobSchema, job("J1"), { alwaysEmitImplicit: true }),
    });
    expect(post.headers["webhook-id"])
      .to.equal(delivery.eventId)
      .and.match(/^msg_[0-9A-Z]{26}$/);
    expect(delivery).to.include({ state: "DELIVERED", tried: 1 });
    expect(delivery.tries[0]).to.include({ status: 204 });
    expect(() => new Verifier(secret).verify(`${post.body} `, post.headers as Record<string, string>)).to.throw();
  });
  it("go to the endpoints that hear of such an event, and to no other tenant's", async () => {
    open();
    const { heard, url } = await openReceiver(stack);
    await endpoint(`${url}/all`);
    await endpoint(`${url}/failed`, ["job.failed"]);
    await opened.endpoints.create({ tenantId: "other", url: `${url}/other`, events: [], description: "" }, BY);
    await happen(job("J1"));
    await happen(job("J2", 3, { state: JobState.FAILED }), "job.failed");
    await happen(job("J3"), "");
    await eventually(async () => heard.length >= 3, 10_000);
    expect(heard.map(({ path }) => path)).to.have.members(["/all", "/all", "/failed"]);
  });
  it("are one, however often the outbox hands their event out", async () => {
    open();
    const { heard, url } = await openReceiver(stack);
    const { endpoint: made } = await endpoint(url);
    await Promise.all([happen(job("J1")), happen(job("J1")), happen(job("J1"))]);
    await ended(made.id);
    await happen(job("J1"));
    expect(await log(made.id)).to.have.length(1);
    expect(heard).to.have.length(1);
  });
  it("are signed with the old secret as well for a while after a new one", async () => {
    open();
    const { heard, url } = await openReceiver(stack);
    const { secret, endpoint: made } = await endpoint(url);
    const { secret: newer } = await opened.endpoints.rotate("t", made.id, 60_000, BY);
    await happen(job("J1"));
    await ended(made.id);
    const verify = (with_: string, nth: number) =>
      new Verifier(with_).verify(heard[nth]?.body ?? "", heard[nth]?.headers as Record<string, string>);
    for (const each of [secret, newer]) expect(verify(each, 0)).to.include({ type: "job.succeeded" });
    const { secret: newest } = await opened.endpoints.rotate("t", made.id, 0, BY);
    await happen(job("J2"));
    await ended(made.id, 2);
    expect(verify(newest, 1)).to.include({ type: "job.succeeded" });
    for (const each of [secret, newer]) expect(() => verify(each, 1)).to.throw();
  });
  it("are signed with the secret in use where it is rotated again because an answer was lost", async () => {
    open();
    const { heard, url } = await openReceiver(stack);
    const { secret, endpoint: made } = await endpoint(url);
    await opened.endpoints.rotate("t", made.id, 60_000, BY);
    await opened.endpoints.rotate("t", made.id, 60_000, BY);
    await opened.endpoints.rotate("t", made.id, 60_000, BY);
    await happen(job("J1"));
    await ended(made.id);
    const { body, headers } = heard[0] as Heard;
    expect(String(headers["webhook-signature"]).split(" ")).to.have.length(3);
    expect(() => new Verifier(secret).verify(body, headers as Record<string, string>), "of three rotations the first is over").to.throw();
    const { secret: second, endpoint: other } = await endpoint(url);
    for (let again = 0; again < 2; again++) await opened.endpoints.rotate("t", other.id, 60_000, BY);
    await happen(job("J2"));
    await ended(other.id);
    const verified = heard.slice(1).flatMap((each) => {
      try {
        return [new Verifier(second).verify(each.body, each.headers as Record<string, string>)];
      } catch {
        return [];
      }
    });
    expect(verified).to.have.length(1);
  });
  it("are tried again under the same id until they are taken, each try with its own time and signature", async () => {
    open();
    const { heard, url } = await openReceiver(stack, (_, response, nth) => response.writeHead(nth < 3 ? 500 : 200).end(`try ${nth}`));
    const { secret, endpoint: made } = await endpoint(url);
    await happen(job("J1"));
    const [delivery] = await ended(made.id);
    expect(new Set(heard.map(({ headers }) => headers["webhook-id"])).size).to.equal(1);
    for (const { body, headers } of heard) new Verifier(secret).verify(body, headers as Record<string, string>);
    expect(delivery).to.include({ state: "DELIVERED", tried: 3 });
    expect(delivery.tries.map(({ status, answer }) => [status, answer])).to.deep.equal([
      [500, "try 1"],
      [500, "try 2"],
      [200, "try 3"],
    ]);
  });
  it("are given up after the last try, which is written down, and come again when they are replayed", async () => {
    open();
    let status = 500;
    const { heard, url } = await openReceiver(stack, (_, response) => response.writeHead(status).end());
    const { endpoint: made } = await endpoint(url);
    await happen(job("J1"));
    const [delivery] = await ended(made.id);
    expect(delivery).to.include({ state: "FAILED", tried: 3 });
    status = 200;
    await store.reopenDelivery({ ...delivery, state: "PENDING", tried: 0, endedAt: null });
    opened.webhooks.kick();
    await eventually(async () => (await log(made.id))[0]?.state === "DELIVERED", 10_000);
    expect(heard).to.have.length(4);
    expect(new Set(heard.map(({ headers, body }) => `${headers["webhook-id"]} ${body}`)).size).to.equal(1);
  });
  it("of one job come in the order of its versions, though the first is refused for a while", async () => {
    open();
    const { heard, url } = await openReceiver(stack, (_, response, nth) => response.writeHead(nth < 3 ? 503 : 200).end());
    const { endpoint: made } = await endpoint(url);
    for (const version of [3, 5, 7]) await happen(job("J1", version), version === 3 ? "job.succeeded" : "job.corrected");
    await ended(made.id, 3);
    expect(heard.map(({ body }) => JSON.parse(body).data.version)).to.deep.equal(["3", "3", "3", "5", "7"]);
  });
  it("disable an endpoint that answers 410, send it nothing more, and tell the others", async () => {
    open();
    const { heard: gone, url } = await openReceiver(stack, (_, response) => response.writeHead(410).end());
    const { heard: others, url: otherUrl } = await openReceiver(stack);
    const { endpoint: made } = await endpoint(url);
    await endpoint(otherUrl, ["endpoint.disabled"]);
    await happen(job("J1"));
    await eventually(async () => others.length > 0, 10_000);
    await eventually(async () => (await opened.endpoints.get("t", made.id)).disabled !== undefined, 10_000);
    expect(await opened.endpoints.get("t", made.id)).to.have.nested.property("disabled.reason", "GONE");
    expect(JSON.parse(others[0]?.body ?? ""))
      .to.deep.include({ type: "endpoint.disabled" })
      .and.have.nested.property("data.id", made.id);
    expect(others[0]?.body).to.contain('"disabledReason":"GONE"').and.not.contain("whsec_");
    const { entries } = await store.audit({
      tenantId: "t",
      keyId: "",
      action: "",
      subject: `webhooks/${made.id}`,
      from: "",
      before: "~",
      limit: 9,
    });
    expect(entries.map(({ action, keyId, reason }) => [action, keyId, reason])).to.deep.equal([
      ["webhook.disable", "webhooks", "GONE"],
      ["webhook.create", "k", ""],
    ]);
    expect(JSON.stringify(entries)).to.contain(url).and.not.contain("sealed");
    await happen(job("J2"));
    expect((await log(made.id)).map(({ state }) => state)).to.deep.equal(["FAILED"]);
    expect([gone.length, others.length]).to.deep.equal([1, 1]);
  });
  it("say that an endpoint is disabled among the newest, which are kept longest, however old it is", async () => {
    open();
    const { url } = await openReceiver(stack, (_, response) => response.writeHead(410).end());
    const { url: otherUrl } = await openReceiver(stack);
    const { endpoint: made } = await endpoint(url);
    const { endpoint: other } = await endpoint(otherUrl, ["endpoint.disabled"]);
    await store.saveEndpoint({ ...made, createdAt: 1, version: 2 }, 9);
    await happen(job("J1"));
    const [{ id }] = await ended(other.id);
    expect(decodeTime(id.slice(0, 26))).to.be.closeTo(Date.now(), 3600_000);
  });
  it("go to an endpoint that another orchestrator just made or enabled, of which this one remembers otherwise", async () => {
    open();
    const { heard, url } = await openReceiver(stack);
    const elsewhere = new Endpoints(store, new Seal("a secret"));
    const told = (id: string, to: StoredEndpoint) =>
      opened.webhooks.deliver({ id, tenantId: "t", type: "webhook.test", at: Date.now(), data: {} }, [to]);
    const ids = [1, 2].map((jobVersion) => jobEventId({ jobId: "none", jobVersion, at: Date.now() })) as [string, string];
    expect(await opened.endpoints.of("t")).to.deep.equal([]);
    const { endpoint: made } = await elsewhere.create({ tenantId: "t", url, events: [], description: "" }, BY);
    await told(ids[0], made);
    expect((await ended(made.id))[0].state).to.equal("DELIVERED");
    const act = { by: BY, action: "update" } as const;
    await opened.endpoints.change(made, (before) => ({ ...before, disabled: { reason: "REQUESTED", at: 1 } }), act);
    expect((await opened.endpoints.of("t")).find(({ id }) => id === made.id)).to.have.property("disabled");
    const enabled = await elsewhere.change(made, ({ disabled: _, ...rest }) => rest, act);
    await told(ids[1], enabled);
    expect((await ended(made.id, 2)).map(({ state }) => state)).to.deep.equal(["DELIVERED", "DELIVERED"]);
    expect(heard).to.have.length(2);
  });
  it("disable an endpoint that nothing came through to for days, and cancel what waits", async () => {
    open({ failingMs: 60, schedule: [40, 40, 40, 40, 40, 3600_000] });
    const { url } = await openReceiver(stack, (_, response) => response.writeHead(500).end());
    const { endpoint: made } = await endpoint(url);
    await happen(job("J1"));
    await happen(job("J1", 4), "job.corrected");
    const deliveries = await ended(made.id, 2);
    expect(await opened.endpoints.get("t", made.id)).to.have.nested.property("disabled.reason", "FAILING");
    expect(deliveries.map(({ state }) => state)).to.deep.equal(["CANCELLED", "CANCELLED"]);
  });
  it("to one that hangs hold up nobody else's", async () => {
    open();
    const { url: hanging } = await openReceiver(stack, () => undefined);
    const { heard, url } = await openReceiver(stack);
    await endpoint(hanging);
    const { endpoint: made } = await endpoint(url);
    for (let n = 0; n < 20; n++) await happen(job(`J${n}`));
    await ended(made.id, 20);
    expect(heard).to.have.length(20);
  });
  it("to a tenant's many hosts that hang hold up no other tenant's", async () => {
    open();
    const { url: hanging } = await openReceiver(stack, () => undefined);
    const { heard, url } = await openReceiver(stack);
    const { hostname, port } = new URL(hanging);
    for (let n = 1; n <= 70; n++) await happen(job(`H${n}`, 3, { webhookUrl: `http://${hostname.replace(/1$/, String(n))}:${port}/` }));
    const { endpoint: made } = await opened.endpoints.create({ tenantId: "other", url, events: [], description: "" }, BY);
    const message = create(JobEventSchema, { tenantId: "other", job: job("O1"), webhookEvent: "job.succeeded" });
    await opened.webhooks.owe([{ id: "o", content: { kind: "event", message } }]);
    await eventually(async () => heard.length === 1, 5_000);
    expect((await store.deliveries({ tenantId: "other", endpointId: made.id, before: "", from: "", limit: 1 })).length).to.equal(1);
  });
  it("of a tenant's hundreds of hosts are not all looked at again each second while a few of them hang", async () => {
    open();
    const waits: number[] = [];
    let turns = 0;
    const count = () => {
      turns += 1;
      timer = setImmediate(count);
    };
    const release = store.releaseRecipient;
    store.releaseRecipient = (taken, notBefore) => {
      waits.push(notBefore - store.clock.now());
      return release(taken, notBefore);
    };
    const { url: hanging } = await openReceiver(stack, () => undefined);
    const { port } = new URL(hanging);
    const messages = Array.from({ length: 416 }, (_, n) => {
      const what = job(`H${n}`, 3, { webhookUrl: `http://127.0.${n >> 8}.${n & 255 || 1}:${port}/` });
      return {
        id: `${n}`,
        content: { kind: "event" as const, message: create(JobEventSchema, { tenantId: "t", job: what, webhookEvent: "job.succeeded" }) },
      };
    });
    await opened.webhooks.owe(messages);
    let timer = setImmediate(count);
    await eventually(async () => waits.length >= 390, 10_000);
    clearImmediate(timer);
    expect(turns, "others go on meanwhile").to.be.at.least(5);
    expect(waits.filter((ms) => ms <= 1_000).length).to.be.at.most(100);
    expect(Math.max(...waits)).to.be.within(3_500, 4_000);
  });
  it("leave one alone for as long as it asks", async () => {
    open();
    const { heard, url } = await openReceiver(stack, (_, response, nth) =>
      response.writeHead(nth === 1 ? 429 : 200, { "retry-after": "1" }).end(),
    );
    const { endpoint: made } = await endpoint(url);
    const started = performance.now();
    await happen(job("J1"));
    await eventually(async () => heard.length === 1);
    await happen(job("J2"));
    await ended(made.id, 2);
    expect(performance.now() - started).to.be.greaterThan(990);
  });
  it("are not sent unsigned where the deployment's secret is another now, and come once they have a new one", async () => {
    open({ schedule: [] });
    const { heard, url } = await openReceiver(stack);
    const before = new Endpoints(store, new Seal("another secret"));
    const { endpoint: made } = await before.create({ tenantId: "t", url, events: [], description: "" }, BY);
    await happen(job("J1"));
    const [failed] = await ended(made.id);
    expect([failed.state, failed.tries[0]?.error, heard.length]).to.deep.equal(["FAILED", "SECRET_UNREADABLE", 0]);
    const { secret } = await opened.endpoints.rotate("t", made.id, 60_000, BY);
    await store.reopenDelivery(replayed(failed, Date.now()));
    opened.webhooks.kick();
    await eventually(async () => heard.length === 1, 10_000);
    new Verifier(secret).verify(heard[0]?.body ?? "", heard[0]?.headers as Record<string, string>);
  });
  it("go to a job's own address, signed with the tenant's secret", async () => {
    open();
    const { heard, url } = await openReceiver(stack);
    const { secret } = await opened.endpoints.rotate("t", JOBS, 0, BY);
    await happen(job("J1", 3, { webhookUrl: `${url}/mine` }));
    const [delivery] = await ended(JOBS);
    expect(delivery).to.include({ state: "DELIVERED", url: `${url}/mine` });
    new Verifier(secret).verify(heard[0]?.body ?? "", heard[0]?.headers as Record<string, string>);
  });
  it("go nowhere that the deployment or the tenant does not let them, whatever was accepted before", async () => {
    open({ privateNetworks: "none", schedule: [] });
    const { heard, url } = await openReceiver(stack);
    const { endpoint: made } = await endpoint(url);
    const { endpoint: named } = await endpoint(url.replace("http://127.0.0.1", "https://localhost"));
    await happen(job("J1"));
    for (const { id } of [made, named]) expect((await ended(id))[0].tries[0]).to.include({ error: "ADDRESS_REFUSED", status: 0 });
    await stack.disposeAsync();
    stack = new AsyncDisposableStack();
    open({ schedule: [] }, ["*.example.org"]);
    const again = await openReceiver(stack);
    const { endpoint: other } = await endpoint(again.url);
    await happen(job("J1"));
    expect((await ended(other.id))[0].tries[0]).to.include({ error: "ADDRESS_REFUSED" });
    expect([heard.length, again.heard.length]).to.deep.equal([0, 0]);
  });
  it("are cancelled with their endpoint, and a new one hears of what comes after", async () => {
    open({ schedule: [3600_000] });
    const { url } = await openReceiver(stack, (_, response) => response.writeHead(500).end());
    const { endpoint: made } = await endpoint(url);
    await happen(job("J1"));
    await eventually(async () => (await log(made.id))[0]?.tried === 1, 10_000);
    await opened.endpoints.remove("t", made.id, BY);
    await store.reopenDelivery((await log(made.id))[0] as Delivery);
    opened.webhooks.kick();
    expect((await ended(made.id))[0].state).to.equal("CANCELLED");
  });
});
