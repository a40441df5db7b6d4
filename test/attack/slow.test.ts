import { once } from "node:events";
import type { Socket } from "node:net";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { type RunningService, startService } from "../support/service.ts";
import { openSocket, rawRequest } from "./hostile.ts";

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
  before(async () => {
    service = await startService();
    answers = {
      json: sendHalf("POST /jobs"),
      connect: sendHalf("POST /dragoman.v1.JobService/CreateJob", { "connect-protocol-version": "1" }),
      put: reserve().then(async ({ url }) => toTheEnd(await put(url))),
      refusedPut: put("/uploads/forged.signature").then(toTheEnd),
      wait: putAndWait(),
    };
    for (const answer of Object.values(answers)) answer.catch(() => undefined);
  });

  after(() => service?.[Symbol.asyncDispose]());

  it("are told so, and hung up on, with a good key and half a JSON body", async () => {
    expect(await answers["json"]).to.match(/^HTTP\/1.1 408 .*REQUEST_TIMEOUT/s);
  });
  it("are told so, and hung up on, with a good key and half the body of a Connect call", async () => {
    expect(await answers["connect"]).to.match(/^HTTP\/1.1 504 .*"deadline_exceeded"/s);
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
