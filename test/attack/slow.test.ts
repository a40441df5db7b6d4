import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import type { Socket } from "node:net";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { type RunningService, startService } from "../support/service.ts";
import { openSocket, rawRequest } from "./hostile.ts";

/** What is answered without a look at the key, or at the body. */
const TRICKLED: Readonly<Record<string, number>> = {
  "GET /": 200,
  "GET /openapi.json": 200,
  "GET /assets/none": 404,
  "OPTIONS /jobs": 204,
  "OPTIONS /uploads/resumable": 204,
  "POST /dragoman.v1.JobService/None": 501,
};

describe("clients that are slow", function () {
  this.timeout(60_000);
  let service: RunningService;
  const authorized = () => ({ authorization: `Bearer ${service.apiKey}` });

  /** What is answered until the server closes the connection. */
  async function toTheEnd(socket: Socket): Promise<string> {
    let answer = "";
    for await (const bytes of socket) answer += bytes;
    return answer;
  }

  async function sendHalf(startLine: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
    const request = rawRequest("", startLine, { ...authorized(), ...headers, "content-type": "application/json" }, Buffer.from("{}"));
    const socket = await openSocket(service.url);
    socket.write(`${request.head}{`);
    return toTheEnd(socket);
  }

  /** Sends an upload on a connection that could go on, and waits for its answer. */
  async function put(url: string): Promise<Socket> {
    const { head, body } = rawRequest("", `PUT ${url}`, {}, Buffer.from("The library is open."));
    const socket = await openSocket(service.url);
    socket.write(Buffer.concat([Buffer.from(head), body]));
    await once(socket, "readable");
    return socket;
  }

  /** Sends a request whose body comes byte by byte and never ends; what is answered until the server hangs up. */
  async function trickle(startLine: string): Promise<string> {
    const socket = await openSocket(service.url);
    socket.write(`${startLine} HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`);
    const timer = setInterval(() => socket.write("1\r\na\r\n"), 200);
    return toTheEnd(socket).finally(() => clearInterval(timer));
  }

  /** Whether a stream of HTTP/2 is closed whose call was answered before its body ended. */
  async function isStreamClosed(): Promise<boolean> {
    const session = connectHttp2(`http://${service.grpcAddress}`);
    session.on("error", () => undefined);
    const stream = session.request({
      ":method": "POST",
      ":path": "/grpc.health.v1.Health/Check",
      "content-type": "application/grpc",
    });
    stream.on("error", () => undefined);
    stream.resume();
    stream.write(Buffer.alloc(3));
    await once(stream, "close");
    session.destroy();
    return true;
  }
  const reserve = () => service.client.uploads.createUpload({ fileName: "a.txt" });

  async function putAndWait(): Promise<string> {
    const { id: uploadId, url } = await reserve();
    const socket = await put(url);
    socket.read();
    const notBefore = timestampFromMs(Date.now() + 3600_000);
    const { id } = await service.client.jobs.createJob({ uploadId, options: { sourceLanguage: "en", targetLanguage: "es", notBefore } });
    socket.write(rawRequest("", `GET /jobs/${id}?wait_seconds=8`, authorized(), Buffer.alloc(0)).head);
    return toTheEnd(socket);
  }

  // All at once, because all of them take their time.
  let answers: Record<string, Promise<string>>;
  let closed: Promise<boolean>;
  before(async () => {
    service = await startService();
    answers = {
      head: openSocket(service.url).then((socket) => {
        socket.write("GET /languages HTTP/1.1\r\nhost: gateway\r\nx-slow: ");
        return toTheEnd(socket);
      }),
      json: sendHalf("POST /jobs"),
      connect: sendHalf("POST /dragoman.v1.JobService/CreateJob", { "connect-protocol-version": "1" }),
      put: reserve().then(async ({ url }) => toTheEnd(await put(url))),
      refusedPut: put("/uploads/forged.signature").then(toTheEnd),
      wait: putAndWait(),
      ...Object.fromEntries(Object.keys(TRICKLED).map((startLine) => [startLine, trickle(startLine)])),
    };
    closed = isStreamClosed();
    closed.catch(() => undefined);
    for (const answer of Object.values(answers)) answer.catch(() => undefined);
  });

  after(() => service?.[Symbol.asyncDispose]());

  it("are told so by a problem, and hung up on, with half a head", async () => {
    expect(await answers["head"]).to.match(/^HTTP\/1.1 408 .*application\/problem\+json.*"code":"REQUEST_TIMEOUT"/s);
  });
  it("are told so, and hung up on, with a good key and half a JSON body", async () => {
    expect(await answers["json"]).to.match(/^HTTP\/1.1 408 .*REQUEST_TIMEOUT/s);
  });
  it("are told so, and hung up on, with a good key and half the body of a Connect call", async () => {
    expect(await answers["connect"]).to.match(/^HTTP\/1.1 504 .*"deadline_exceeded"/s);
  });
  for (const [startLine, status] of Object.entries(TRICKLED))
    it(`do not keep a connection by a body that nobody reads, with ${startLine}`, async () => {
      expect(await answers[startLine]).to.match(new RegExp(`^HTTP/1.1 ${status} `));
    });
  it("do not keep a stream of HTTP/2 whose call was answered", async () => {
    expect(await closed).to.equal(true);
  });
  it("do not keep a connection that carried an upload", async () => {
    expect(await answers["put"]).to.match(/^HTTP\/1.1 204 /);
  });
  it("do not keep a connection whose upload was refused", async () => {
    expect(await answers["refusedPut"]).to.match(/^HTTP\/1.1 403 /);
  });
  it("may wait for a change, for longer than a connection may be idle, on one that carried an upload", async () => {
    expect(await answers["wait"]).to.match(/^HTTP\/1.1 200 /);
  });
});
