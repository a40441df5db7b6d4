import { connect } from "node:http2";
import { expect } from "chai";
import { type RunningService, startService } from "../support/service.ts";
import { openSocket } from "./hostile.ts";

describe("requests that no client sends", () => {
  let service: RunningService;
  before(async () => {
    service = await startService();
  });
  after(() => service?.[Symbol.asyncDispose]());

  const isAlive = async () => {
    const { status } = await fetch(`${service.url}/languages`, { headers: { authorization: `Bearer ${service.apiKey}` } });
    expect(status).to.equal(200);
    expect(service.logged()).to.not.contain("defect");
  };

  /** What a gRPC call with these headers is answered with over HTTP/2: its status, or how it broke. */
  async function callOverHttp2(headers: Readonly<Record<string, string>>): Promise<unknown> {
    const session = connect(`http://${service.grpcAddress}`);
    session.on("error", () => undefined);
    const answered = await new Promise((resolve) => {
      const stream = session.request({
        ":method": "POST",
        ":path": "/dragoman.v1.JobService/GetJob",
        "content-type": "application/grpc",
        ...headers,
      });
      stream.on("response", (answer) => resolve(answer[":status"]));
      stream.on("error", (error) => resolve(error.message));
      stream.on("close", () => resolve("closed"));
      stream.end();
    });
    session.destroy();
    return answered;
  }

  for (const authority of ["%", "[", "gateway:port"]) {
    it(`are answered, for the authority ${JSON.stringify(authority)} over HTTP/2`, async () => {
      expect(await callOverHttp2({ ":authority": authority })).to.equal(400);
      await isAlive();
    });
  }

  /** The status of a request sent as it is over HTTP/1.1, once the connection was closed or reset. */
  async function send(text: string): Promise<number> {
    return Number((await sendAndRead(text)).split(" ")[1]);
  }

  async function sendAndRead(text: string): Promise<string> {
    const socket = await openSocket(service.url);
    socket.write(text);
    let answer = "";
    socket.on("data", (bytes) => {
      answer += bytes;
    });
    await new Promise((resolve) => socket.once("close", resolve));
    return answer;
  }

  for (const [name, type, body, status] of [
    ["is not JSON", "text/plain", "1\r\na\r\n", 415],
    ["is larger than it may be", "application/json", `180000\r\n${" ".repeat(0x180000)}\r\n`, 413],
  ] as const) {
    it(`are answered and hung up on, with a body that ${name} and never ends`, async () => {
      const head = `POST /jobs HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer ${service.apiKey}\r\ncontent-type: ${type}\r\n`;
      expect(await send(`${head}transfer-encoding: chunked\r\n\r\n${body}`)).to.equal(status);
      await isAlive();
    });
  }

  const CALL = "POST /dragoman.v1.JobService/GetJob HTTP/1.1\r\nconnection: close\r\ncontent-type: application/json\r\n";
  for (const [name, text, status] of [
    ["a host that is none", `${CALL}host: a b\r\ncontent-length: 2\r\n\r\n{}`, 400],
    ["no host, over HTTP/1.0", `${CALL.replace("HTTP/1.1", "HTTP/1.0")}content-length: 2\r\n\r\n{}`, 400],
    ["a target that is none", "GET // HTTP/1.1\r\nhost: gateway\r\nconnection: close\r\n\r\n", 404],
    ["an upgrade to something else", "GET /languages HTTP/1.1\r\nhost: gateway\r\nconnection: upgrade, close\r\nupgrade: x\r\n\r\n", 401],
    ["a method of its own", "BREW /jobs HTTP/1.1\r\nhost: gateway\r\n\r\n", 400],
    ["a header of 20 KB", `GET / HTTP/1.1\r\nhost: gateway\r\nx: ${"x".repeat(20_000)}\r\n\r\n`, 431],
  ] as const) {
    it(`are answered, with ${name}`, async () => {
      expect(await send(text)).to.equal(status);
      await isAlive();
    });
  }

  const CHUNKED = "POST /jobs HTTP/1.1\r\nhost: gateway\r\ntransfer-encoding: chunked\r\n";
  for (const [name, text, code] of [
    ["a method of its own", "BREW /jobs HTTP/1.1\r\nhost: gateway\r\n\r\n", "INVALID_REQUEST"],
    ["no HTTP", "EHLO gateway, is anybody there?\r\n\r\n", "INVALID_REQUEST"],
    ["a chunk that is none", `${CHUNKED}authorization: Bearer KEY\r\ncontent-type: application/json\r\n\r\nzz\r\n`, "INVALID_REQUEST"],
    ["two lengths", "POST /jobs HTTP/1.1\r\nhost: g\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", "INVALID_REQUEST"],
    ["a header of 20 KB", `GET / HTTP/1.1\r\nhost: gateway\r\nx: ${"x".repeat(20_000)}\r\n\r\n`, "HEADERS_TOO_LARGE"],
    ["no host", "GET /languages HTTP/1.1\r\nconnection: close\r\n\r\n", "INVALID_REQUEST"],
    [
      "an expectation of its own",
      "GET /languages HTTP/1.1\r\nhost: g\r\nexpect: a miracle\r\nconnection: close\r\n\r\n",
      "EXPECTATION_FAILED",
    ],
  ] as const) {
    it(`are told why as every other, by a problem, with ${name}`, async () => {
      const answer = await sendAndRead(text.replace("KEY", service.apiKey));
      const [head = "", body = ""] = answer.split("\r\n\r\n");
      expect(head).to.match(/content-type: application\/problem\+json/i);
      expect(Number(/content-length: (\d+)/i.exec(head)?.[1])).to.equal(Buffer.byteLength(body));
      const problem = JSON.parse(body);
      expect(problem).to.include({ title: code, code, status: Number(answer.split(" ")[1]) });
      expect(problem.hint).to.be.a("string").and.not.equal("");
      await isAlive();
    });
  }
  it("are answered where they wait to be asked for their body", async () => {
    const head = "POST /jobs HTTP/1.1\r\nhost: g\r\nexpect: 100-Continue\r\ncontent-type: application/json\r\nconnection: close\r\n";
    const answer = await sendAndRead(`${head}content-length: 2\r\n\r\n{}`);
    expect(answer).to.match(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 401 /);
  });
  it("do not get an error in the middle of an answer that goes on", async () => {
    const answer = await sendAndRead(
      `GET /languages HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer ${service.apiKey}\r\n\r\nnonsense\r\n\r\n`,
    );
    expect(answer).to.match(/^HTTP\/1.1 (200|400) /);
    for (const part of answer.split(/(?=HTTP\/1\.1 \d)/).filter(Boolean)) {
      const [head = "", body = ""] = part.split("\r\n\r\n");
      expect(Number(/content-length: (\d+)/i.exec(head)?.[1])).to.equal(Buffer.byteLength(body));
    }
  });
});
