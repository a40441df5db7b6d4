import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { create, type DescMethod, fromBinary, fromJson, type JsonObject, type JsonValue, type Message, toJson } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { type CallOptions, Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { expect } from "chai";
import { ErrorSchema } from "../gen/dragoman/v1/error_pb.ts";
import type { Job } from "../gen/dragoman/v1/job_pb.ts";
import { JobService } from "../gen/dragoman/v1/job_service_pb.ts";
import { errorKind } from "../platform/errors.ts";
import { type RunningService, startService } from "./support/service.ts";

/** What a call came to: the answers of a stream in their order, or an error's whole detail but for its trace. */
type Outcome = { readonly answers: JsonObject[] } | { readonly error: JsonObject; readonly status: number };
type Method = keyof (typeof JobService)["method"];
/** One way to call the service: by its method's name and the request as JSON. */
type Protocol = (method: Method, request: JsonObject, apiKey: string) => Promise<Outcome>;

const UNKNOWN = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

describe("one contract, four protocols", function () {
  this.timeout(60_000);
  let service: RunningService;
  let protocols: Readonly<Record<string, Protocol>>;
  let done: Job;
  let waiting: Job;
  before(async () => {
    service = await startService();
    const grpc = `http://${service.grpcAddress}`;
    protocols = {
      gRPC: connectLike(createGrpcTransport({ baseUrl: grpc })),
      "gRPC-Web": connectLike(createGrpcWebTransport({ baseUrl: service.url, httpVersion: "1.1" })),
      Connect: connectLike(createConnectTransport({ baseUrl: service.url, httpVersion: "1.1" })),
      REST: rest(service.url),
      "buf curl": bufCurl(grpc),
    };
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

  interface Case {
    readonly name: string;
    readonly method: Method;
    readonly request: () => JsonObject | Promise<JsonObject>;
    readonly key?: string;
    /** An error's code, or what holds of the answers. */
    readonly expected: string | ((answers: JsonObject[]) => void);
  }
  const state = (wanted: string) => (answers: JsonObject[]) => expect(answers.at(-1)?.["state"]).to.equal(`JOB_STATE_${wanted}`);
  const options = { sourceLanguage: "en", targetLanguage: "es" };
  const later = { ...options, notBefore: new Date(Date.now() + 3600_000).toISOString() };

  const cases: readonly Case[] = [
    {
      name: "create, good",
      method: "createJob",
      request: async () => ({ uploadId: await uploadId(), options: later }),
      expected: state("SCHEDULED"),
    },
    {
      name: "create, with every field bad",
      method: "createJob",
      request: () => ({ options: { sourceLanguage: "english", targetLanguage: "", queueDeadlineSeconds: -1 } }),
      expected: "INVALID_REQUEST",
    },
    {
      name: "create, of a pair that nobody serves",
      method: "createJob",
      request: async () => ({ uploadId: await uploadId(), options: { targetLanguage: "xx" } }),
      expected: "UNSUPPORTED_LANGUAGE_PAIR",
    },
    { name: "create, of no upload", method: "createJob", request: () => ({ uploadId: UNKNOWN, options }), expected: "UPLOAD_NOT_FOUND" },
    { name: "create, without a right key", method: "createJob", request: () => ({ options }), key: "dgm_no", expected: "UNAUTHENTICATED" },
    { name: "get, good", method: "getJob", request: () => ({ id: done.id }), expected: state("SUCCEEDED") },
    { name: "get, unknown", method: "getJob", request: () => ({ id: UNKNOWN }), expected: "JOB_NOT_FOUND" },
    { name: "get, without a right key", method: "getJob", request: () => ({ id: done.id }), key: "x", expected: "UNAUTHENTICATED" },
    { name: "get, waiting for too long", method: "getJob", request: () => ({ id: done.id, waitSeconds: 61 }), expected: "INVALID_REQUEST" },
    {
      name: "list",
      method: "listJobs",
      request: () => ({ state: "JOB_STATE_SUCCEEDED", pageSize: 1 }),
      expected: ([answer]) => expect(((answer?.["jobs"] ?? []) as JsonObject[]).map(({ id }) => id)).to.deep.equal([done.id]),
    },
    {
      name: "list, by label",
      method: "listJobs",
      request: () => ({ label: "order=none" }),
      expected: ([answer]) => expect(answer?.["jobs"]).to.equal(undefined),
    },
    {
      name: "create, with a label that is none",
      method: "createJob",
      request: async () => ({ uploadId: await uploadId(), options: { ...options, labels: { "Not a name": "x" } } }),
      expected: "INVALID_REQUEST",
    },
    {
      name: "list, by time",
      method: "listJobs",
      request: () => ({ createdBefore: "2020-01-01T00:00:00Z" }),
      expected: ([answer]) => expect(answer?.["jobs"]).to.equal(undefined),
    },
    { name: "watch, to the end", method: "watchJob", request: () => ({ id: done.id }), expected: state("SUCCEEDED") },
    {
      name: "watch, of what is known",
      method: "watchJob",
      request: () => ({ id: done.id, afterVersion: String(done.version) }),
      expected: (answers) => expect(answers).to.deep.equal([]),
    },
    { name: "watch, unknown", method: "watchJob", request: () => ({ id: UNKNOWN }), expected: "JOB_NOT_FOUND" },
    { name: "result, too early", method: "getResult", request: () => ({ id: waiting.id }), expected: "RESULT_NOT_READY" },
    {
      name: "result, of no such file",
      method: "getResult",
      request: () => ({ id: done.id, format: "RESULT_FORMAT_PREVIEW", page: 9 }),
      expected: "ARTEFACT_NOT_FOUND",
    },
    {
      name: "result, from past its end",
      method: "getResult",
      request: () => ({ id: done.id, offset: "999999" }),
      expected: "RANGE_NOT_SATISFIABLE",
    },
    { name: "cancel, too late", method: "cancelJob", request: () => ({ id: done.id }), expected: "JOB_ALREADY_FINISHED" },
    { name: "cancel, unknown", method: "cancelJob", request: () => ({ id: UNKNOWN }), expected: "JOB_NOT_FOUND" },
    { name: "retry, too early", method: "retryJob", request: () => ({ id: waiting.id }), expected: "JOB_NOT_FINISHED" },
    { name: "delete, too early", method: "deleteJob", request: () => ({ id: waiting.id }), expected: "JOB_NOT_FINISHED" },
    { name: "delete, unknown", method: "deleteJob", request: () => ({ id: UNKNOWN }), expected: "JOB_NOT_FOUND" },
    { name: "delete, without a right key", method: "deleteJob", request: () => ({ id: done.id }), key: "x", expected: "UNAUTHENTICATED" },
  ];

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
          expect("error" in outcome && outcome.status, protocol).to.equal(protocol === "REST" ? http : grpc);
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
    const { sha256 } = done.artefacts[0] as Job["artefacts"][number];
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

/** By the generated client of Connect, whatever the transport. */
function connectLike(transport: Transport): Protocol {
  const client = createClient(JobService, transport) as unknown as Record<string, (request: Message, options: CallOptions) => unknown>;
  return async (name, request, apiKey) => {
    const method = JobService.method[name] as DescMethod;
    const headers = { authorization: `Bearer ${apiKey}` };
    try {
      const answer = client[name]?.(fromJson(method.input, request), { headers, timeoutMs: 40_000 });
      const answers: Message[] = [];
      if (method.methodKind === "unary") answers.push((await answer) as Message);
      else for await (const message of answer as AsyncIterable<Message>) answers.push(message);
      return { answers: answers.map((message) => toJson(method.output, message) as JsonObject) };
    } catch (error) {
      const [detail] = ConnectError.from(error).findDetails(ErrorSchema);
      return {
        error: withoutTrace(toJson(ErrorSchema, detail ?? create(ErrorSchema)) as JsonObject),
        status: ConnectError.from(error).code,
      };
    }
  };
}

const ROUTES: Readonly<Partial<Record<Method, (id: JsonValue) => string>>> = {
  createJob: () => "POST /jobs",
  getJob: (id) => `GET /jobs/${id}`,
  listJobs: () => "GET /jobs",
  cancelJob: (id) => `POST /jobs/${id}/cancel`,
  retryJob: (id) => `POST /jobs/${id}/retry`,
  deleteJob: (id) => `DELETE /jobs/${id}`,
  watchJob: (id) => `GET /jobs/${id}/events`,
  getResult: (id) => `GET /jobs/${id}/result`,
};

/** As a partner calls it, by headers where REST has headers for it. */
function rest(url: string): Protocol {
  return async (name, { id = "", requestId, afterVersion, offset, length, ...fields }, apiKey) => {
    const [verb = "", route = ""] = (ROUTES[name]?.(id) ?? "").split(" ");
    const headers: Record<string, string> = { authorization: `Bearer ${apiKey}` };
    if (requestId) headers["idempotency-key"] = String(requestId);
    if (afterVersion) headers[name === "watchJob" ? "last-event-id" : "if-none-match"] = String(afterVersion);
    if (offset) headers["range"] = `bytes=${offset}-${length ? Number(offset) + Number(length) - 1 : ""}`;
    const query = new URLSearchParams(fields as Record<string, string>);
    const request = verb === "POST" ? { body: JSON.stringify(fields) } : {};
    const response = await fetch(`${url}${route}${verb === "POST" ? "" : `?${query}`}`, { method: verb, headers, ...request });
    if (response.status >= 400) {
      const { type: _, title: __, status: ___, detail, category, ...members } = (await response.json()) as JsonObject;
      return {
        error: withoutTrace({ ...members, message: detail ?? "", category: `ERROR_CATEGORY_${category}` }),
        status: response.status,
      };
    }
    if (name === "getResult") return { answers: [{ data: Buffer.from(await response.arrayBuffer()).toString("base64") }] };
    const text = await response.text();
    const bodies = name === "watchJob" ? [...text.matchAll(/^data: (.*)$/gm)].map(([, data = ""]) => data) : [text];
    const { output } = JobService.method[name] as DescMethod;
    return { answers: bodies.map((body) => toJson(output, fromJson(output, JSON.parse(body))) as JsonObject) };
  };
}

/** A client that is not ours. It learns the contract from the files, and prints an error's details as they came. */
function bufCurl(url: string): Protocol {
  return async (name, request, apiKey) => {
    const method = JobService.method[name] as DescMethod;
    const flags = ["curl", "--protocol", "grpc", "--http2-prior-knowledge", "--schema", "."];
    const args = [
      ...flags,
      "-H",
      `authorization: Bearer ${apiKey}`,
      "-d",
      JSON.stringify(request),
      `${url}/${method.parent.typeName}/${method.name}`,
    ];
    try {
      const { stdout } = await promisify(execFile)("buf", args, { maxBuffer: 1e8 });
      // Answers one after the other, each from a line with its first brace to one with its last.
      const answers = stdout.trim() === "" ? [] : stdout.trim().split(/(?<=^\})\n(?=\{)/m);
      return { answers: answers.map((answer) => JSON.parse(answer) as JsonObject) };
    } catch (error) {
      const { code, details } = JSON.parse((error as { stderr: string }).stderr) as { code: string; details: { value: string }[] };
      const detail = fromBinary(ErrorSchema, Buffer.from(details[0]?.value ?? "", "base64"));
      const status = Code[code.replace(/(^|_)(\w)/g, (_, __, letter: string) => letter.toUpperCase()) as keyof typeof Code];
      return { error: withoutTrace(toJson(ErrorSchema, detail) as JsonObject), status };
    }
  };
}

function withoutTrace({ traceId: _, ...error }: JsonObject): JsonObject {
  return error;
}
