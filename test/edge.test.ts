import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { connect } from "node:http2";
import { request } from "node:https";
import { promisify } from "node:util";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { expect } from "chai";
import { JobService } from "../gen/dragoman/v1/job_service_pb.ts";
import { scratch } from "./support/documents.ts";
import { eventually, type RunningService, startService } from "./support/service.ts";

const APP = "https://app.example";

describe("the edge", () => {
  describe("for pages of other hosts", () => {
    let service: RunningService;
    before(async () => {
      service = await startService({ DRAGOMAN_CORS_ORIGINS: `${APP},https://other.example` });
    });
    after(() => service?.[Symbol.asyncDispose]());
    const preflight = (origin: string) =>
      fetch(`${service.url}/jobs`, {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization" },
      });

    it("permits those of the configured origins, and what they need to send and to see", async () => {
      const asked = await preflight(APP);
      expect([asked.status, asked.headers.get("access-control-allow-origin")]).to.deep.equal([204, APP]);
      expect(asked.headers.get("access-control-allow-headers")?.toLowerCase()).to.contain("authorization").and.contain("upload-offset");
      const headers = { origin: APP, authorization: `Bearer ${service.apiKey}` };
      const answer = await fetch(`${service.url}/languages`, { headers });
      expect([answer.status, answer.headers.get("access-control-allow-origin")]).to.deep.equal([200, APP]);
      expect(answer.headers.get("access-control-expose-headers")?.toLowerCase()).to.contain("x-trace-id").and.contain("etag");
    });
    it("may send and read every header that the OpenAPI document names", async () => {
      const document = JSON.parse(await readFile("gen/openapi.json", "utf8")) as {
        paths: Record<
          string,
          Record<string, { parameters: { in: string; name: string }[]; responses: Record<string, { headers?: object }> }>
        >;
      };
      const operations = Object.values(document.paths).flatMap((verbs) => Object.values(verbs));
      const sent = operations.flatMap(({ parameters }) => parameters.filter(({ in: place }) => place === "header").map(({ name }) => name));
      const answered = operations.flatMap(({ responses }) => Object.values(responses).flatMap(({ headers = {} }) => Object.keys(headers)));
      const { headers } = await preflight(APP);
      const listed = (name: string, at: Headers) => at.get(name)?.toLowerCase().split(/,\s*/);
      expect(listed("access-control-allow-headers", headers)).to.include.members(sent.map((name) => name.toLowerCase()));
      const read = await fetch(`${service.url}/openapi.json`, { headers: { origin: APP } });
      expect(listed("access-control-expose-headers", read.headers)).to.include.members(answered.map((name) => name.toLowerCase()));
    });
    it("permits no others, and says that the answer depends on who asked", async () => {
      const asked = await preflight("https://evil.example");
      expect(asked.headers.get("access-control-allow-origin")).to.equal(null);
      expect(asked.headers.get("vary")).to.equal("origin");
    });
  });

  it("serves HTTP/1.1, HTTP/2 and gRPC on one port with TLS, each by what it asks for", async () => {
    await using files = await scratch();
    const [key, cert] = [`${files.path}/key.pem`, `${files.path}/cert.pem`];
    const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"];
    const flags = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
    await promisify(execFile)("openssl", ["req", ...flags, "-keyout", key, "-out", cert, ...subject]);
    await using service = await startService({ DRAGOMAN_TLS_CERT: cert, DRAGOMAN_TLS_KEY: key });
    expect(service.url).to.equal(`https://${service.grpcAddress}`);
    const ca = await readFile(cert, "utf8");
    const authorization = `Bearer ${service.apiKey}`;
    const overHttp1 = () =>
      new Promise<number>((resolve, reject) => {
        request(`${service.url}/languages`, { ca, headers: { authorization } }, (answer) => {
          expect(answer.headers["strict-transport-security"]).to.equal("max-age=31536000");
          resolve(answer.resume().statusCode ?? 0);
        })
          .on("error", reject)
          .end();
      });
    expect(await overHttp1()).to.equal(200);
    const session = connect(service.url, { ca });
    const overHttp2 = await new Promise<number>((resolve, reject) => {
      const stream = session.request({ ":path": "/languages", authorization });
      stream.on("response", (headers) => resolve(Number(headers[":status"]))).on("error", reject);
      stream.resume().end();
    });
    session.close();
    expect(overHttp2).to.equal(200);
    const client = createClient(JobService, createGrpcTransport({ baseUrl: service.url, nodeOptions: { ca } }));
    await eventually(async () => (await client.listLanguagePairs({}, { headers: { authorization } })).pairs.length > 0);
  });

  it("takes a conditional request, a range and a repeated one as REST has them, and tells the quota", async () => {
    await using service = await startService();
    const job = await service.client.translate(new File(["The library is open today for all the readers."], "a.txt"), {
      to: "es",
      from: "en",
    });
    const authorization = `Bearer ${service.apiKey}`;
    const get = (path: string, headers: Record<string, string> = {}) =>
      fetch(`${service.url}${path}`, { headers: { authorization, ...headers } });
    const etag = (await get(`/jobs/${job.id}`)).headers.get("etag") ?? "";
    expect((await get(`/jobs/${job.id}`, { "if-none-match": etag })).status).to.equal(304);
    const stranger = await get(`/jobs/${job.id}`, { authorization: "Bearer dgm_nonsense" });
    expect(stranger.status, "an answer in memory is the caller's alone").to.equal(401);
    const result = `/jobs/${job.id}/result?format=text`;
    const whole = await get(result);
    const text = await whole.text();
    expect([whole.headers.get("accept-ranges"), whole.headers.get("content-length")]).to.deep.equal(["bytes", String(text.length)]);
    const range = async (value: string, more: Record<string, string> = {}) => {
      const answer = await get(result, { range: value, ...more });
      return [answer.status, answer.headers.get("content-range"), answer.status < 300 ? await answer.text() : ""];
    };
    expect(await range("bytes=3-6")).to.deep.equal([206, `bytes 3-6/${text.length}`, text.slice(3, 7)]);
    expect(await range("bytes=-5")).to.deep.equal([206, `bytes ${text.length - 5}-${text.length - 1}/${text.length}`, text.slice(-5)]);
    expect(await range(`bytes=${text.length - 2}-999`)).to.deep.equal([
      ...[206, `bytes ${text.length - 2}-${text.length - 1}/${text.length}`, text.slice(-2)],
    ]);
    expect((await range(`bytes=${text.length}-`))[0]).to.equal(416);
    expect((await range("bytes=3-6", { "if-range": '"another"' }))[0]).to.equal(200);
    expect((await get(result, { "if-none-match": whole.headers.get("etag") ?? "" })).status).to.equal(304);
    const upload = await service.client.uploads.createUpload({ fileName: "q.txt", sizeBytes: 5n });
    await fetch(new URL(upload.url, service.url), { method: "PUT", body: "hello" });
    const body = JSON.stringify({ uploadId: upload.id, options: { targetLanguage: "es", notBefore: "2100-01-01T00:00:00Z" } });
    const created = await fetch(`${service.url}/jobs`, {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body,
    });
    expect([created.headers.get("ratelimit-policy"), created.headers.get("ratelimit")]).to.deep.equal([
      ...['"open-jobs";q=1000', '"open-jobs";r=999'],
    ]);
    const form = (content: string) => {
      const body = new FormData();
      body.set("target_language", "es");
      body.set("file", new File([content], "again.txt"));
      return fetch(`${service.url}/jobs`, { method: "POST", headers: { authorization, "idempotency-key": "form-1" }, body });
    };
    const ids = await Promise.all(
      [form("The same document."), form("The same document.")].map(async (sent) => ((await (await sent).json()) as { id: string }).id),
    );
    expect(ids[0]).to.equal(ids[1]);
    expect((await form("Another document.")).status).to.equal(422);
    await get(`/jobs/${job.id}`);
    expect((await fetch(`${service.url}/jobs/${job.id}`, { method: "DELETE", headers: { authorization } })).status).to.equal(200);
    expect((await get(`/jobs/${job.id}`)).status).to.equal(404);
  });
});
