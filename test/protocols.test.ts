import { createHash } from "node:crypto";
import type { JsonObject } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import type { Job } from "../gen/dragoman/v1/job_pb.ts";
import { errorKind } from "../platform/errors.ts";
import { type Case, casesOf, later, markdownOf, options } from "./protocols/cases.ts";
import { everyProtocol, type Method, type Outcome, type Protocol } from "./protocols/runners.ts";
import { type RunningService, startService } from "./support/service.ts";

describe("one contract, four protocols", () => {
  let service: RunningService;
  let protocols: Readonly<Record<string, Protocol>>;
  let done: Job;
  let waiting: Job;
  before(async () => {
    service = await startService();
    protocols = everyProtocol(service.url, `http://${service.grpcAddress}`);
    done = await service.client.translate(new File(["The library is open today for all the readers."], "a.txt"), { to: "es", from: "en" });
    const notBefore = timestampFromDate(new Date(Date.now() + 3600_000));
    waiting = await service.client.create(new File(["Not yet."], "b.txt"), { to: "es", from: "en", options: { notBefore } });
  });
  after(() => service?.[Symbol.asyncDispose]());

  async function uploadId(): Promise<string> {
    const { id, url } = await service.client.uploads.createUpload({ fileName: "b.txt", sizeBytes: 5n });
    await fetch(new URL(url, service.url), { method: "PUT", body: "hello" });
    return id;
  }

  const cases: readonly Case[] = casesOf({ done: () => done, waiting: () => waiting, uploadId });
  for (const { name, method, request, key, expected } of cases)
    it(`${name}: ${typeof expected === "string" ? expected : "the same answer"}`, async () => {
      const outcomes: Record<string, Outcome> = {};
      for (const [protocol, call] of Object.entries(protocols))
        outcomes[protocol] = await call(method, await request(), key ?? service.apiKey);
      const reference = outcomes["gRPC"] as Outcome;
      for (const [protocol, outcome] of Object.entries(outcomes)) {
        if (typeof expected === "string") {
          expect("error" in outcome && outcome.error["code"], protocol).to.equal(expected);
          expect("error" in outcome && outcome.error, protocol).to.deep.equal("error" in reference && reference.error);
          expect("error" in outcome && outcome.error["hint"], protocol).not.to.equal("");
          const { grpc, http } = errorKind(expected);
          expect("error" in outcome && outcome.status, protocol).to.equal(protocol.startsWith("REST") ? http : grpc);
        } else {
          expect("answers" in outcome ? outcome.answers : outcome, protocol).to.be.an("array");
          if ("answers" in outcome) expected(outcome.answers);
        }
      }
    });

  it("create, cancel and delete go through on each, and leave nothing", async () => {
    for (const [protocol, call] of Object.entries(protocols)) {
      const answer = async (method: Method, request: JsonObject) => {
        const outcome = await call(method, request, service.apiKey);
        if ("error" in outcome) throw new Error(`${protocol} ${method}: ${JSON.stringify(outcome.error)}`);
        return outcome.answers.at(-1) ?? {};
      };
      const request = { uploadId: await uploadId(), options: later, requestId: `once-${protocol}` };
      const { id = "" } = await answer("createJob", request);
      expect((await answer("createJob", request))["id"], protocol).to.equal(id);
      const other = await call("createJob", { ...request, options }, service.apiKey);
      expect("error" in other && other.error["code"], protocol).to.equal("REQUEST_ID_REUSED");
      expect((await answer("cancelJob", { id }))["state"], protocol).to.equal("JOB_STATE_CANCELLED");
      const empty = await call("getResult", { id }, service.apiKey);
      expect("error" in empty && empty.error["code"], protocol).to.equal("NO_RESULT");
      const retried = await answer("retryJob", { id });
      expect([retried["state"], retried["id"] === id], protocol).to.deep.equal(["JOB_STATE_SCHEDULED", false]);
      await answer("deleteJob", { id });
      const gone = await call("getJob", { id }, service.apiKey);
      expect("error" in gone && gone.error["code"], protocol).to.equal("JOB_NOT_FOUND");
      await answer("cancelJob", { id: retried["id"] ?? "" });
      await answer("deleteJob", { id: retried["id"] ?? "" });
    }
  });

  it("gives the same file on each, whole and in part", async () => {
    const sha256 = markdownOf(done)?.sha256;
    const whole = await Promise.all(
      Object.entries(protocols).map(async ([name, call]) => ({ name, outcome: await call("getResult", { id: done.id }, service.apiKey) })),
    );
    const bytesOf = (outcome: Outcome) =>
      Buffer.concat(("answers" in outcome ? outcome.answers : []).map(({ data }) => Buffer.from(String(data ?? ""), "base64")));
    for (const { name, outcome } of whole) expect(createHash("sha256").update(bytesOf(outcome)).digest("hex"), name).to.equal(sha256);
    const all = bytesOf((whole[0] as (typeof whole)[number]).outcome);
    for (const [name, call] of Object.entries(protocols)) {
      const part = await call("getResult", { id: done.id, offset: "3", length: "7" }, service.apiKey);
      expect(bytesOf(part).toString(), name).to.equal(all.subarray(3, 10).toString());
    }
  });

  it("waits for a change, on each", async () => {
    const { id, version } = waiting;
    const calls = Object.entries(protocols).map(async ([name, call]) => {
      const outcome = await call("getJob", { id, waitSeconds: 30, afterVersion: String(version) }, service.apiKey);
      expect("answers" in outcome && outcome.answers[0], name).to.include({ state: "JOB_STATE_CANCELLED" });
    });
    await service.client.cancel(id);
    await Promise.all(calls);
  });
});
