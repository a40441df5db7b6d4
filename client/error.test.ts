import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { ErrorCategory } from "../gen/dragoman/v1/error_pb.ts";
import { Dragoman, putFile } from "./dragoman.ts";
import { ClientError, errorOfProblem } from "./error.ts";

/** A server that is none of ours, or a proxy in its place, and a client of it. */
async function openStranger(answer: RequestListener) {
  let asked = 0;
  const server = createServer((request, response) => {
    asked++;
    answer(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    address,
    dragoman: new Dragoman({ server: address, apiKey: "key" }),
    asked: () => asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const page = (status: number): RequestListener => {
  return (_, response) => void response.writeHead(status, { "content-type": "text/html" }).end("<h1>nginx</h1>");
};

async function failure(work: Promise<unknown>): Promise<ClientError> {
  const error = await work.catch((thrown: unknown) => thrown);
  expect(error).to.be.instanceOf(ClientError);
  return error as ClientError;
}

describe("the client library's errors", () => {
  for (const category of ["ERROR_CATEGORY_LIMIT_EXCEEDED", "LIMIT_EXCEEDED"])
    it(`read a problem's category as ${category}`, () => {
      const problem = JSON.stringify({ code: "FILE_TOO_LARGE", category, detail: "too large" });
      expect(errorOfProblem(problem, 413).detail.category).to.equal(ErrorCategory.LIMIT_EXCEEDED);
    });

  const statuses = [
    { status: 401, code: "UNAUTHENTICATED", retryable: false },
    { status: 403, code: "PERMISSION_DENIED", retryable: false },
    { status: 404, code: "ROUTE_NOT_FOUND", retryable: false },
    { status: 200, code: "INTERNAL", retryable: false },
    { status: 500, code: "INTERNAL", retryable: false },
    { status: 502, code: "UNAVAILABLE", retryable: true },
    { status: 503, code: "UNAVAILABLE", retryable: true },
  ];
  for (const { status, code, retryable } of statuses)
    it(`call a proxy's ${status} ${code}, ${retryable ? "which can pass" : "for good"}, and say who answered`, async () => {
      await using stranger = await openStranger(page(status));
      const error = await failure(stranger.dragoman.list());
      expect(error).to.include({ code, retryable });
      expect(error.message).to.contain(stranger.address);
      expect(error.hint).to.not.equal("");
    });

  const refusals = [
    { status: 403, code: "PERMISSION_DENIED", retryable: false },
    { status: 404, code: "ROUTE_NOT_FOUND", retryable: false },
    { status: 413, code: "FILE_TOO_LARGE", retryable: false },
    { status: 429, code: "OVERLOADED", retryable: true },
    { status: 500, code: "UNAVAILABLE", retryable: true },
    { status: 504, code: "DEADLINE_EXCEEDED", retryable: true },
  ];
  for (const { status, code, retryable } of refusals)
    it(`call a ${status} for a file ${code}, ${retryable ? "which can pass" : "for good"}`, async () => {
      await using stranger = await openStranger(page(status));
      const to = { server: stranger.address, uploads: stranger.dragoman.uploads };
      const error = await failure(putFile(new Blob(["a"]), { url: "/uploads/a", headers: {} } as never, to, () => undefined));
      expect(error).to.include({ code, retryable });
      expect(error.message).to.contain(stranger.address);
    });

  it("name the address that was tried, and why it did not answer", async () => {
    const stranger = await openStranger(page(200));
    await stranger[Symbol.asyncDispose]();
    const error = await failure(stranger.dragoman.list());
    expect(error).to.include({ code: "UNAVAILABLE", retryable: true });
    expect(error.message).to.equal(`The server at ${stranger.address} cannot be reached (ECONNREFUSED).`);
  });
  it("call a connection that is cut UNAVAILABLE", async () => {
    await using stranger = await openStranger((request) => request.socket.destroy());
    expect(await failure(stranger.dragoman.list())).to.include({ code: "UNAVAILABLE", retryable: true });
  });
});

describe("a call that cannot be sent", () => {
  for (const [field, call] of [
    ["fileName", (dragoman) => dragoman.create(new Blob(["text"]), { to: "es", fileName: "a\ud800.txt" })],
    ["pageToken", (dragoman) => dragoman.list({ pageToken: "\udc00" })],
    ["id", (dragoman) => dragoman.job("\ud800\ud800")],
  ] satisfies [string, (dragoman: Dragoman) => Promise<unknown>][])
    it(`is refused for half a character in ${field}`, async () => {
      await using stranger = await openStranger(page(502));
      const error = await failure(call(stranger.dragoman));
      expect(error).to.include({ code: "INVALID_REQUEST", retryable: false });
      expect(error.detail.violations.map((violation) => violation.field)).to.deep.equal([field]);
      expect(stranger.asked()).to.equal(0);
    });
});

describe("an answer to a file that breaks off", () => {
  it("is an error of the library's", async () => {
    await using stranger = await openStranger((request, response) => {
      request.resume();
      response.writeHead(500, { "content-length": "100" });
      response.write("half", () => request.socket.destroy());
    });
    const to = { server: stranger.address, uploads: stranger.dragoman.uploads };
    const error = await failure(putFile(new Blob(["a"]), { url: "/uploads/a", headers: {} } as never, to, () => undefined));
    expect(error.code).to.equal("UNAVAILABLE");
  });
});

describe("a watch", () => {
  it("ends at a proxy's 404, which it does not ask again", async () => {
    await using stranger = await openStranger(page(404));
    const error = await failure(stranger.dragoman.watch("id").next());
    expect(error.code).to.equal("ROUTE_NOT_FOUND");
    expect(stranger.asked()).to.equal(1);
  });
  for (const [what, answer] of [
    ["a proxy that is restarted", page(502)],
    ["a stream that breaks off", (_, response) => void response.writeHead(200, { "content-type": "application/connect+json" }).end()],
    ["a connection that is cut", (request) => void request.socket.destroy()],
  ] satisfies [string, RequestListener][])
    it(`asks again after ${what}`, async () => {
      await using stranger = await openStranger(answer);
      const stop = new AbortController();
      const away = Promise.withResolvers<void>();
      let times = 0;
      const onConnection = (connected: boolean) => {
        if (!connected && ++times === 2) away.resolve();
      };
      const watched = stranger.dragoman.watch("id", { signal: stop.signal, onConnection }).next();
      await Promise.race([away.promise, watched]);
      stop.abort(new Error("enough"));
      expect(((await watched.catch((error: unknown) => error)) as Error).message).to.equal("enough");
      expect(stranger.asked()).to.be.greaterThan(1);
    });
});
