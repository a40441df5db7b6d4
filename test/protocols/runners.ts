import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { create, type DescMethod, fromBinary, fromJson, type JsonObject, type JsonValue, type Message, toJson } from "@bufbuild/protobuf";
import { type CallOptions, Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from "@connectrpc/connect-node";
import { ErrorSchema } from "../../gen/dragoman/v1/error_pb.ts";
import { JobService } from "../../gen/dragoman/v1/job_service_pb.ts";

/** What a call came to: the answers of a stream in their order, or an error's whole detail but for its trace. */
export type Outcome = { readonly answers: JsonObject[] } | { readonly error: JsonObject; readonly status: number };
export type Method = keyof (typeof JobService)["method"];
/** One way to call the service: by its method's name and the request as JSON. */
export type Protocol = (method: Method, request: JsonObject, apiKey: string) => Promise<Outcome>;

/** Every way to call the service at `url`, whose gRPC port is at `grpc`. */
export function everyProtocol(url: string, grpc: string): Readonly<Record<string, Protocol>> {
  return {
    gRPC: connectLike(createGrpcTransport({ baseUrl: grpc })),
    "gRPC-Web": connectLike(createGrpcWebTransport({ baseUrl: url, httpVersion: "1.1" })),
    Connect: connectLike(createConnectTransport({ baseUrl: url, httpVersion: "1.1" })),
    "Connect by GET": connectLike(createConnectTransport({ baseUrl: url, httpVersion: "1.1", useHttpGet: true })),
    REST: rest(url, true),
    "REST without headers": rest(url, false),
    "buf curl": bufCurl(grpc),
  };
}

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
  listLanguagePairs: () => "GET /languages",
  listFormats: () => "GET /formats",
  getUsage: () => "GET /usage",
};

/** As a partner calls it: by headers where REST has headers for it, or by fields alone. */
export function rest(url: string, byHeaders: boolean, seen: (response: Response) => void = () => undefined): Protocol {
  return async (name, { id = "", ...all }, apiKey) => {
    const [verb = "", route = ""] = (ROUTES[name]?.(id) ?? "").split(" ");
    const { headers, fields } = byHeaders ? inHeaders(name, all) : { headers: {}, fields: all };
    const isPost = verb === "POST";
    const response = await fetch(`${url}${route}${isPost ? "" : `?${new URLSearchParams(fields as Record<string, string>)}`}`, {
      method: verb,
      headers: { ...headers, authorization: `Bearer ${apiKey}`, ...(isPost && { "content-type": "application/json" }) },
      ...(isPost && { body: JSON.stringify(fields) }),
    });
    seen(response);
    if (response.status >= 400) {
      const { type: _, title: __, status: ___, detail, ...members } = (await response.json()) as JsonObject;
      const error = fromJson(ErrorSchema, { ...members, message: detail ?? "" });
      return { error: withoutTrace(toJson(ErrorSchema, error) as JsonObject), status: response.status };
    }
    if (name === "getResult") return { answers: [{ data: Buffer.from(await response.arrayBuffer()).toString("base64") }] };
    const text = await response.text();
    const bodies = name === "watchJob" ? [...text.matchAll(/^data: (.*)$/gm)].map(([, data = ""]) => data) : [text];
    const { output } = JobService.method[name] as DescMethod;
    return { answers: bodies.map((body) => toJson(output, fromJson(output, JSON.parse(body))) as JsonObject) };
  };
}

/** What REST has headers for; a Range can say no offset before the file, and asks a bundle for nothing. */
function inHeaders(name: Method, { requestId, afterVersion, expectedVersion, ...all }: JsonObject) {
  const headers: Record<string, string> = {};
  if (requestId) headers["idempotency-key"] = `"${requestId}"`;
  if (expectedVersion) headers["if-match"] = `"${expectedVersion}"`;
  if (afterVersion && name === "watchJob") headers["last-event-id"] = String(afterVersion);
  else if (afterVersion) headers["if-none-match"] = `W/"${afterVersion}"`;
  const { offset, length, ...fields } = all;
  const first = BigInt(String(offset ?? 0));
  if ((offset === undefined && length === undefined) || first < 0n || fields["format"] === "RESULT_FORMAT_BUNDLE")
    return { headers, fields: all };
  headers["range"] = `bytes=${first}-${length ? first + BigInt(String(length)) - 1n : ""}`;
  return { headers, fields };
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
