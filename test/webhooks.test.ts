import { execFile } from "node:child_process";
import { expect } from "chai";
import { Webhook as Verifier } from "standardwebhooks";
import { openReceiver } from "./support/receiver.ts";
import { eventually, type RunningService, startService } from "./support/service.ts";

// biome-ignore lint/suspicious/noExplicitAny: what a server answers is looked at field by field.
type Json = any;

const ENV = { DRAGOMAN_WEBHOOK_PRIVATE: "127.0.0.0/8", DRAGOMAN_WEBHOOK_RETRY_SECONDS: "0,0,0" };

describe("webhooks, from the command line to somebody's server", () => {
  let service: RunningService;
  const stack = new AsyncDisposableStack();
  before(async () => {
    service = await startService(ENV);
  });
  after(async () => {
    await service?.[Symbol.asyncDispose]();
    await stack.disposeAsync();
  });

  const dragoman = (...args: string[]) =>
    new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      const env = { ...process.env, DRAGOMAN_SERVER: service.url, DRAGOMAN_DATA: service.data };
      execFile(process.execPath, ["cli/dragoman.ts", "webhooks", ...args], { env, timeout: 40_000 }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
      );
    });
  const rest = async (verb: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${service.apiKey}`, "content-type": "application/json" };
    const answer = await fetch(service.url + path, { method: verb, headers, ...(body && { body: JSON.stringify(body) }) });
    return { status: answer.status, json: (await answer.json()) as Json };
  };
  const translate = (webhookUrl = "") =>
    service.client.translate(new Blob(["The library is open today.\n"]), {
      from: "en",
      to: "es",
      fileName: "a.txt",
      options: { webhookUrl },
    });
  const deliveriesOf = async (id: string): Promise<{ state: string; eventId: string; tries: object[] }[]> =>
    (await rest("GET", `/webhooks/${id}/deliveries`)).json.deliveries;

  it("tell of a job what GET /jobs/{id} answers, signed by the secret that its creation told", async () => {
    const { heard, url } = await openReceiver(stack);
    const { status, json } = await rest("POST", "/webhooks", { url: `${url}/all` });
    expect(status).to.equal(200);
    expect(json.secret).to.match(/^whsec_/);
    const own = await rest("POST", "/webhooks/jobs/rotate", {});
    const job = await translate(`${url}/own`);
    await eventually(async () => heard.length === 2, 20_000);
    const answered = (await rest("GET", `/jobs/${job.id}`)).json;
    for (const [path, secret] of [
      ["/all", json.secret],
      ["/own", own.json.secret],
    ]) {
      const post = heard.find((one) => one.path === path);
      const said = new Verifier(secret).verify(post?.body ?? "", post?.headers as Record<string, string>) as { type: string; data: object };
      expect(said.type).to.equal("job.succeeded");
      expect(said.data).to.deep.equal(answered);
    }
    expect((await rest("GET", `/webhooks/${json.id}`)).json).to.include({ url: `${url}/all`, secret: "", disabled: false });
    expect((await rest("DELETE", `/webhooks/${json.id}`)).status).to.equal(200);
    expect((await rest("GET", `/webhooks/${json.id}`)).json).to.include({ code: "WEBHOOK_NOT_FOUND" });
  });
  it("are made, tested, listed, replayed, rotated and deleted on the command line", async () => {
    let status = 500;
    const { heard, url } = await openReceiver(stack, (_, response) => response.writeHead(status).end("not today"));
    const made = JSON.parse((await dragoman("create", url, "--events", "job.failed", "--json")).stdout);
    expect((await dragoman("test", made.id)).stdout)
      .to.contain("webhook.test")
      .and.contain("pending");
    await eventually(async () => (await deliveriesOf(made.id))[0]?.state === "WEBHOOK_DELIVERY_STATE_FAILED", 20_000);
    status = 200;
    const [failed, replayed] = [await dragoman("deliveries", made.id, "--state", "failed"), await dragoman("replay", made.id)];
    expect(failed.stdout).to.contain("500 in").and.contain("4 tries");
    expect(replayed.stdout).to.equal("1 sent again\n");
    await eventually(async () => heard.length === 5, 20_000);
    expect(new Set(heard.map(({ headers }) => headers["webhook-id"])).size).to.equal(1);
    expect((await dragoman("rotate", made.id, "--overlap", "1h")).stdout).to.match(/secret {2}whsec_/);
    expect((await dragoman("list")).stdout)
      .to.contain(made.id)
      .and.contain("job.failed");
    expect((await dragoman("delete", made.id)).code).to.equal(0);
    expect(await service.client.webhooks.getWebhook({ id: made.id }).catch(({ code }) => code)).to.equal(5);
  });
  it("are refused where they may not go, and for events that there are not", async () => {
    const refused = async (body: object) => (await rest("POST", "/webhooks", body)).json;
    for (const url of ["http://10.0.0.1/", "https://[::1]/", "ftp://a.example", "https://u:p@a.example/", "nonsense"])
      expect((await refused({ url })).violations, url).to.have.nested.property("[0].field", "url");
    expect((await refused({ url: "https://a.example", events: ["job.sneezed"] })).violations[0].field).to.equal("events");
    const upload = (await rest("POST", "/uploads", { fileName: "a.txt" })).json;
    const job = { uploadId: upload.id, options: { targetLanguage: "es", webhookUrl: "https://169.254.169.254/" } };
    expect((await rest("POST", "/jobs", job)).json.violations[0].field).to.equal("options.webhook_url");
    const { id } = await translate();
    const retry = await rest("POST", `/jobs/${id}/retry`, { options: { webhookUrl: "http://192.168.1.1/" } });
    expect(retry.json.violations[0].field).to.equal("options.webhook_url");
  });
  it("are lost by no crash of the sender, and come twice under the same id only", async () => {
    // What is being sent when the process dies is not answered; what comes after it is.
    let hangs = true;
    const { heard, url } = await openReceiver(stack, (_, response) => void (hangs || response.writeHead(204).end()));
    const { id, secret } = (await rest("POST", "/webhooks", { url })).json;
    const jobs = await Promise.all([translate(), translate(), translate()]);
    let seen = 0;
    for (const last of [false, true]) {
      await eventually(async () => heard.length > seen, 20_000);
      seen = heard.length;
      hangs = !last;
      service = await service.killAndRestart();
    }
    await eventually(async () => (await deliveriesOf(id)).every(({ state }) => state === "WEBHOOK_DELIVERY_STATE_DELIVERED"), 20_000);
    const events = heard.map(({ headers, body }) => {
      const { data } = new Verifier(secret).verify(body, headers as Record<string, string>) as { data: { id: string; version: string } };
      return { event: headers["webhook-id"], body, job: data.id };
    });
    expect(new Set(events.map(({ job }) => job))).to.deep.equal(new Set(jobs.map((job) => job.id)));
    expect(new Set(events.map(({ event }) => event)).size).to.equal(3);
    expect(new Set(events.map(({ event, body }) => `${event} ${body}`)).size).to.equal(3);
    expect(heard.length, "some came again").to.be.greaterThan(3);
  });
});
