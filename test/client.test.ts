import { once } from "node:events";
import { openAsBlob } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { create, toBinary } from "@bufbuild/protobuf";
import { expect } from "chai";
import { Dragoman } from "../client/dragoman.ts";
import { ErrorSchema } from "../gen/dragoman/v1/error_pb.ts";
import { UploadSchema } from "../gen/dragoman/v1/upload_service_pb.ts";
import { errorDetail } from "../platform/errors.ts";
import { scratch } from "./support/documents.ts";

/** A server that answers the creation of jobs by these errors, the one after the other, and then by a job; it tells of the request_ids it saw. */
async function openServer(errors: readonly ReturnType<typeof errorDetail>[]) {
  const seen: string[] = [];
  const server = createServer(async (request, response) => {
    const { requestId = "" } = JSON.parse(await text(request)) as { requestId?: string };
    const error = errors[seen.length];
    seen.push(requestId);
    response.setHeader("content-type", "application/json");
    if (!error) return response.end(JSON.stringify({ id: "made" }));
    const value = Buffer.from(toBinary(ErrorSchema, error)).toString("base64").replace(/=+$/, "");
    response.statusCode = 503;
    return response.end(JSON.stringify({ code: "unavailable", message: "", details: [{ type: ErrorSchema.typeName, value }] }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const dragoman = new Dragoman({ server: address, apiKey: "none", send: async () => undefined });
  return {
    seen,
    create: (requestId?: string) =>
      dragoman.create(new Blob(["text"]), { to: "es", upload: create(UploadSchema, { id: "u" }), ...(requestId && { requestId }) }),
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const tooLate = (requestId: string) => create(ErrorSchema, { ...errorDetail("DEADLINE_EXCEEDED", ""), requestId });
const tooMuch = errorDetail("OVERLOADED", "", { retryAfterMs: 1 });
const outcome = (creation: Promise<{ readonly id: string }>) =>
  creation.then(
    ({ id }) => id,
    ({ code }: { code: string }) => code,
  );

describe("the client library, creating a job", () => {
  it("repeats what took too long under the id that the error names", async () => {
    await using server = await openServer([tooLate("given")]);
    expect(await outcome(server.create())).to.equal("made");
    expect(server.seen).to.deep.equal(["", "given"]);
  });
  it("repeats it under the caller's own id where there is one", async () => {
    await using server = await openServer([tooLate("own")]);
    expect(await outcome(server.create("own"))).to.equal("made");
    expect(server.seen).to.deep.equal(["own", "own"]);
  });
  it("makes no second job where the first may have been made and has no id", async () => {
    await using server = await openServer([tooLate("")]);
    expect(await outcome(server.create())).to.equal("DEADLINE_EXCEEDED");
    expect(server.seen).to.have.length(1);
  });
  it("comes again where it was too much at once, but not for ever", async () => {
    await using server = await openServer(Array.from({ length: 9 }, () => tooMuch));
    expect(await outcome(server.create())).to.equal("OVERLOADED");
    expect(server.seen).to.have.length(4);
  });
  it("does not repeat what was refused for its content", async () => {
    await using server = await openServer([errorDetail("QUOTA_EXCEEDED", "", { retryAfterMs: 1 })]);
    expect(await outcome(server.create())).to.equal("QUOTA_EXCEEDED");
    expect(server.seen).to.have.length(1);
  });
});

describe("the client library, sending a file", () => {
  it("says that it cannot be read where it changed since it was chosen", async () => {
    await using files = await scratch();
    const file = await files.file("a.txt", "text");
    const chosen = await openAsBlob(file);
    await rm(file);
    const dragoman = new Dragoman({ server: "http://127.0.0.1:9", apiKey: "none" });
    expect(await outcome(dragoman.create(chosen, { to: "es" }))).to.equal("INPUT_UNREADABLE");
  });
});
