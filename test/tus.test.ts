import { readFileSync } from "node:fs";
import { expect } from "chai";
import { RESUMABLE } from "../gateway/resumable.ts";
import { type RunningService, startService } from "./support/service.ts";

const TYPE = "application/offset+octet-stream";
const TEXT = "The library is open.";
const openapi = JSON.parse(readFileSync("gen/openapi.json", "utf8")) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: object }>>>>;
};

describe("resumable uploads by the tus protocol", function () {
  this.timeout(30_000);
  let service: RunningService;
  before(async () => {
    service = await startService();
  });
  after(() => service?.[Symbol.asyncDispose]());

  const reserve = async () =>
    service.url + (await service.client.uploads.createUpload({ fileName: "a.txt", sizeBytes: BigInt(TEXT.length) })).resumableUrl;
  /** Sends a request whose answer is one that the OpenAPI document has. */
  async function send(url: string, method: string, headers: Record<string, string> = {}, body?: string): Promise<Response> {
    const answer = await fetch(url, { method, headers: { "tus-resumable": "1.0.0", ...headers }, ...(body !== undefined && { body }) });
    const documented = openapi.paths[`${RESUMABLE}/{grant}`]?.[(headers["x-http-method-override"] ?? method).toLowerCase()];
    expect(documented?.responses).to.have.property(String(answer.status));
    return answer;
  }
  const patch = { "upload-offset": "0", "content-type": TYPE };
  async function problem(answer: Response) {
    expect(answer.headers.get("content-type")).to.equal("application/problem+json");
    const { status, traceId } = (await answer.json()) as { status: number; traceId: string };
    expect(traceId)
      .to.match(/^[0-9a-f]{32}$/)
      .and.to.equal(answer.headers.get("x-trace-id"));
    expect(status).to.equal(answer.status);
    return status;
  }

  it("take the method from X-HTTP-Method-Override, for clients that can only POST", async () => {
    const url = await reserve();
    const answer = await send(url, "POST", { ...patch, "x-http-method-override": "PATCH" }, TEXT);
    expect([answer.status, answer.headers.get("upload-offset")]).to.deep.equal([204, String(TEXT.length)]);
  });
  it("of another version are refused with the one there is", async () => {
    const answer = await send(await reserve(), "HEAD", { "tus-resumable": "0.2.2" });
    expect([answer.status, answer.headers.get("tus-version")]).to.deep.equal([412, "1.0.0"]);
  });
  it("without a version are refused with a problem", async () => {
    expect(await problem(await fetch(await reserve(), { method: "PATCH", headers: patch, body: TEXT }))).to.equal(412);
  });
  it("of another content type are refused with a problem", async () => {
    expect(await problem(await send(await reserve(), "PATCH", { ...patch, "content-type": "text/plain" }, TEXT))).to.equal(415);
  });
  it("from another offset are refused with a problem", async () => {
    expect(await problem(await send(await reserve(), "PATCH", { ...patch, "upload-offset": "7" }, TEXT))).to.equal(409);
  });
  it("without an offset are refused with a problem", async () => {
    expect(await problem(await send(await reserve(), "PATCH", { "content-type": TYPE }, TEXT))).to.equal(400);
  });
  it("at an address of somebody's own are refused with a problem", async () => {
    const forged = `${service.url}${RESUMABLE}/forged.signature`;
    expect((await send(forged, "HEAD")).status).to.equal(403);
    expect(await problem(await send(forged, "PATCH", patch, TEXT))).to.equal(403);
    expect(await problem(await send(forged, "DELETE"))).to.equal(403);
    expect((await send(forged, "OPTIONS")).status).to.equal(204);
  });
  it("of more bytes than were promised are refused with a problem", async () => {
    expect(await problem(await send(await reserve(), "PATCH", patch, `${TEXT}!`))).to.equal(413);
  });
  it("are not there after DELETE", async () => {
    const url = await reserve();
    expect((await send(url, "DELETE")).status).to.equal(204);
    expect((await send(url, "HEAD")).status).to.equal(404);
    expect(await problem(await send(url, "PATCH", patch, TEXT))).to.equal(404);
    expect(await problem(await send(url, "DELETE"))).to.equal(404);
  });
  it("are not deleted once they are whole", async () => {
    const url = await reserve();
    await send(url, "PATCH", patch, TEXT);
    expect(await problem(await send(url, "DELETE"))).to.equal(409);
  });
  it("tell their version and extensions to OPTIONS, with a slash and without", async () => {
    for (const end of ["", "/"]) {
      const { status, headers } = await fetch(`${service.url}/uploads/resumable${end}`, { method: "OPTIONS" });
      expect([status, headers.get("tus-version"), headers.get("tus-extension")]).to.deep.equal([204, "1.0.0", "termination"]);
    }
  });
});
