import { connect } from "node:net";
import { expect } from "chai";
import type { Job } from "../gen/dragoman/v1/job_pb.ts";
import { type RunningService, startService } from "./support/service.ts";

/** Long enough to be compressed. */
const TEXT = Array.from({ length: 12 }, (_, line) => `The library has ${line + 20} books and is open today for all the readers.`).join(
  "\n\n",
);

/** What HTTP's own standards promise, looked at as bytes where a client library would mend or hide it. */
describe("REST as HTTP has it", () => {
  let service: RunningService;
  let job: Job;
  let text: string;
  before(async () => {
    service = await startService();
    job = await service.client.translate(new File([TEXT], "a.txt"), { to: "es", from: "en" });
    text = await (await get(result)).text();
  });
  after(() => service?.[Symbol.asyncDispose]());

  const authorized = () => ({ authorization: `Bearer ${service.apiKey}` });
  const result = () => `/jobs/${job.id}/result?format=text`;
  const get = (path: () => string, headers: Record<string, string> = {}, method = "GET") =>
    fetch(`${service.url}${path()}`, { method, headers: { ...authorized(), ...headers } });

  describe("a part of a result", () => {
    for (const [name, query, headers] of [
      ["by fields", "&offset=3&length=4", {}],
      ["by the header", "", { range: "bytes=3-6" }],
    ] as const)
      it(`${name} is 206 with what it is a part of`, async () => {
        const answer = await get(() => `${result()}${query}`, headers);
        expect(answer.status).to.equal(206);
        expect(answer.headers.get("content-range")).to.equal(`bytes 3-6/${text.length}`);
        expect(await answer.text()).to.equal(text.slice(3, 7));
      });
    for (const [name, query, headers] of [
      ["by fields", "&offset=99999", {}],
      ["by the header", "", { range: "bytes=99999-" }],
    ] as const)
      it(`${name} that is not there is 416 and says how long the file is`, async () => {
        const answer = await get(() => `${result()}${query}`, headers);
        expect(answer.status).to.equal(416);
        expect(answer.headers.get("content-range")).to.equal(`bytes */${text.length}`);
      });
    it("leaves the connection to the next answer", async () => {
      const answers = await pipelined(`${result()}&offset=3&length=5`, "/languages");
      expect(answers.map(({ head }) => head.split(" ")[1])).to.deep.equal(["206", "200"]);
      expect(answers[0]?.body).to.equal(text.slice(3, 8));
    });
    it("cannot be had of a bundle, whose bytes are not known before", async () => {
      const answer = await get(() => `/jobs/${job.id}/result?format=bundle&offset=3`);
      expect([answer.status, ((await answer.json()) as { code: string }).code]).to.deep.equal([400, "INVALID_REQUEST"]);
    });
  });

  describe("the events of all jobs", () => {
    /** What is sent after `lastId` until it has `text`. */
    const events = async (lastId: string, part: string) => {
      const answer = await get(() => "/events", { "last-event-id": lastId });
      let sent = "";
      for await (const bytes of answer.body ?? []) {
        sent += Buffer.from(bytes).toString();
        if (sent.includes(part)) return sent;
      }
      return sent;
    };
    it("tell what changed after the last one that the client has, under an id to go on from", async () => {
      const sent = await events("1", job.id);
      const [, id = "", data = "{}"] = /^id: (\d+)\nevent: job\ndata: (.*)$/m.exec(sent) ?? [];
      expect((JSON.parse(data) as { id: string }).id).to.equal(job.id);
      expect(await events(String(Number(id) - 1), job.id), "the same once more").to.contain(`id: ${id}\n`);
    });
    it("are refused after an id that was never one", async () => {
      expect((await get(() => "/events", { "last-event-id": "never" })).status).to.equal(400);
    });
    it("are of a list's fields that may be given several times", async () => {
      const listed = await get(() => "/jobs?states=succeeded&states=FAILED&name=A.TXT&counts=true&sort=updated_asc");
      const { jobs, counts } = (await listed.json()) as { jobs: { id: string }[]; counts: object[] };
      expect(jobs.map(({ id }) => id)).to.deep.equal([job.id]);
      expect(counts).to.deep.equal([{ state: "JOB_STATE_SUCCEEDED", jobs: 1 }]);
    });
  });

  describe("every verb", () => {
    for (const [path, type] of [
      [() => `/jobs/${job.id}`, "application/json"],
      [() => "/jobs", "application/json"],
      [() => "/languages", "application/json"],
      [() => `/jobs/${job.id}/explanation`, "application/json"],
      [() => `/jobs/${job.id}/result?format=text`, "text/plain"],
      [() => `/jobs/${job.id}/events`, "text/event-stream"],
      [() => "/events", "text/event-stream"],
      [() => "/openapi.json", "application/json"],
    ] as const)
      it(`HEAD of a ${type} is its GET without the body`, async () => {
        const [head, whole] = [await get(path, {}, "HEAD"), await get(path)];
        await whole.body?.cancel();
        const about = ({ status, headers }: Response) => [
          status,
          ...["content-type", "content-length", "etag", "vary"].map((name) => headers.get(name)),
        ];
        expect(about(head)).to.deep.equal(about(whole));
        expect(head.headers.get("content-type")).to.contain(type);
        expect(await head.text()).to.equal("");
      });
    it("HEAD of what is not there is 404, without a body", async () => {
      const answer = await get(() => "/jobs/01ARZ3NDEKTSV4RRFFQ69G5FAV", {}, "HEAD");
      expect([answer.status, await answer.text()]).to.deep.equal([404, ""]);
    });
    for (const [verb, path, allow] of [
      ["PUT", "/jobs", "POST, GET, HEAD, OPTIONS"],
      ["PUT", "/jobs/01ARZ3NDEKTSV4RRFFQ69G5FAV", "GET, HEAD, PATCH, DELETE, OPTIONS"],
      ["GET", "/jobs/01ARZ3NDEKTSV4RRFFQ69G5FAV/cancel", "POST, OPTIONS"],
      ["GET", "/uploads/nothing", "PUT, OPTIONS"],
      ["POST", "/openapi.json", "GET, HEAD, OPTIONS"],
      ["DELETE", "/dragoman.v1.JobService/GetJob", "GET, POST, OPTIONS"],
      ["GET", "/dragoman.v1.JobService/CancelJob", "POST, OPTIONS"],
    ] as const)
      it(`${verb} ${path} is 405 and says what is allowed`, async () => {
        const answer = await get(() => path, {}, verb);
        expect([answer.status, answer.headers.get("allow")]).to.deep.equal([405, allow]);
        expect(((await answer.json()) as { code: string }).code).to.equal("METHOD_NOT_ALLOWED");
      });
    it("OPTIONS says what is allowed, of one address and of the server", async () => {
      const answer = await get(() => "/jobs", {}, "OPTIONS");
      expect([answer.status, answer.headers.get("allow")]).to.deep.equal([204, "POST, GET, HEAD, OPTIONS"]);
      const [star] = await sendRaw(["OPTIONS * HTTP/1.1", "host: test", "connection: close", "", ""]);
      expect(star?.head)
        .to.match(/^HTTP\/1.1 204 /)
        .and.match(/\r\nallow: GET, HEAD/i);
    });
    it("takes a target with the host before it, as proxies send it", async () => {
      const [answer] = await sendRaw([
        "GET http://elsewhere/languages HTTP/1.1",
        "host: elsewhere",
        authorizationLine(),
        "connection: close",
        "",
        "",
      ]);
      expect(answer?.head).to.match(/^HTTP\/1.1 200 /);
    });
    it("takes no target that is no address", async () => {
      const [answer] = await sendRaw(["GET languages HTTP/1.1", "host: test", authorizationLine(), "connection: close", "", ""]);
      expect(answer?.head).to.match(/^HTTP\/1.1 400 /);
    });
  });

  describe("who calls", () => {
    it("is told by 401 how to come in", async () => {
      const answer = await fetch(`${service.url}/languages`);
      expect([answer.status, answer.headers.get("www-authenticate")]).to.deep.equal([401, 'Bearer realm="dragoman"']);
    });
    for (const path of ["/languages", "/dragoman.v1.JobService/ListLanguagePairs"])
      it(`is nobody where the key is not ASCII: ${path}`, async () => {
        const verb = path === "/languages" ? "GET" : "POST";
        const body = verb === "POST" ? { body: "{}" } : {};
        const answer = await fetch(`${service.url}${path}`, {
          method: verb,
          headers: { authorization: "Bearer ключ".replace(/[^ -~]/g, "\u00e9"), "content-type": "application/json" },
          ...body,
        });
        expect([answer.status, answer.headers.get("www-authenticate")]).to.deep.equal([401, 'Bearer realm="dragoman"']);
      });
  });

  describe("conditions", () => {
    const tag = async (path: () => string) => (await get(path)).headers.get("etag") ?? "";
    for (const path of [() => `/jobs/${job.id}`, result])
      for (const shape of [(etag: string) => etag, (etag: string) => `W/${etag}`, (etag: string) => `"other", ${etag}`, () => "*"])
        it(`If-None-Match: ${shape('"tag"')} is 304 where the client has it`, async () => {
          const etag = await tag(path);
          const answer = await get(path, { "if-none-match": shape(etag) });
          expect([answer.status, answer.headers.get("etag")]).to.deep.equal([304, etag]);
        });
    it("If-None-Match of another version is the whole answer", async () => {
      expect((await get(() => `/jobs/${job.id}`, { "if-none-match": '"1", W/"2"' })).status).to.equal(200);
    });
    for (const [verb, path] of [
      ["DELETE", () => `/jobs/${job.id}`],
      ["POST", () => `/jobs/${job.id}/retry`],
      ["POST", () => `/jobs/${job.id}/cancel`],
    ] as const)
      for (const ifMatch of ['"1"', '"1", "2"', 'W/"7"', '"no version"'])
        it(`If-Match: ${ifMatch} refuses ${verb} of a job that changed`, async () => {
          const answer = await get(path, { "if-match": ifMatch }, verb);
          expect([answer.status, ((await answer.json()) as { code: string }).code]).to.deep.equal([412, "PRECONDITION_FAILED"]);
        });
    for (const shape of [(etag: string) => etag, (etag: string) => `"1", ${etag}`, () => "*"])
      it(`If-Match: ${shape('"tag"')} lets a retry through where it is the job's`, async () => {
        const answer = await get(() => `/jobs/${job.id}/retry`, { "if-match": shape(await tag(() => `/jobs/${job.id}`)) }, "POST");
        expect(answer.status).to.equal(200);
        const { id } = (await answer.json()) as Job;
        expect(answer.headers.get("location")).to.equal(`/jobs/${id}`);
      });
  });

  describe("a body", () => {
    const post = (path: string, headers: Record<string, string>, body: string | Buffer) =>
      fetch(`${service.url}${path}`, { method: "POST", headers: { ...authorized(), ...headers }, body: body as never });
    for (const [type, coding] of [
      ["text/plain", "identity"],
      ["application/x-www-form-urlencoded", "identity"],
      ["application/json", "gzip"],
    ] as const)
      it(`of ${type} in ${coding} is 415`, async () => {
        const answer = await post("/uploads", { "content-type": type, "content-encoding": coding }, "{}");
        expect([answer.status, ((await answer.json()) as { code: string }).code]).to.deep.equal([415, "UNSUPPORTED_MEDIA_TYPE"]);
      });
    it("that is a form is 415 where no form is taken", async () => {
      expect((await fetch(`${service.url}/uploads`, { method: "POST", headers: authorized(), body: new FormData() })).status).to.equal(415);
    });
    it("that is too large is told its limit, and not to split a document", async () => {
      const answer = await post("/uploads", { "content-type": "application/json" }, `{"fileName":"${"x".repeat(1024 * 1024)}"}`);
      const { code, hint } = (await answer.json()) as { code: string; hint: string };
      expect([answer.status, code]).to.deep.equal([413, "REQUEST_TOO_LARGE"]);
      expect(hint).not.to.contain("Split");
    });
    it("that is not UTF-8 is refused", async () => {
      expect(
        (await post("/uploads", { "content-type": "application/json" }, Buffer.from('{"fileName":"\xe9"}', "latin1"))).status,
      ).to.equal(400);
    });
    it("that does not fit names every field by its name, and no type of protobuf's", async () => {
      const body = { uploadId: 3, surprise: 1, options: { priority: "urgent", notBefore: "soon", runDeadlineSeconds: "1.5" } };
      const answer = await post("/jobs", { "content-type": "application/json" }, JSON.stringify(body));
      const { detail, violations } = (await answer.json()) as { detail: string; violations: { field: string }[] };
      expect(violations.map(({ field }) => field)).to.deep.equal([
        "upload_id",
        "surprise",
        "options.priority",
        "options.not_before",
        "options.run_deadline_seconds",
      ]);
      expect(detail).not.to.match(/dragoman\.v1|google\.protobuf|JobOptions|CreateJobRequest/);
    });
    it("that fits nowhere names the first fields alone", async () => {
      const body = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`x${index}`, 1]));
      const answer = await post("/jobs", { "content-type": "application/json" }, JSON.stringify(body));
      expect(((await answer.json()) as { violations: object[] }).violations).to.have.length(20);
    });
    it("may be compressed for the client, and is the same", async () => {
      for (const coding of ["br", "gzip"]) {
        const answer = await get(() => `/jobs/${job.id}`, { "accept-encoding": coding });
        expect([answer.headers.get("content-encoding"), answer.headers.get("vary")]).to.deep.equal([coding, "accept-encoding"]);
        expect(((await answer.json()) as Job).id).to.equal(job.id);
        const etag = answer.headers.get("etag") ?? "";
        expect(etag).to.equal(`"${job.version}-${coding}"`);
        expect((await get(() => `/jobs/${job.id}`, { "accept-encoding": coding, "if-none-match": etag })).status).to.equal(304);
      }
    });
    for (const path of ["/", "/openapi.json", "/docs/swagger-ui-bundle.js"])
      for (const coding of ["br", "gzip"])
        it(`that anyone may read is compressed: ${path} in ${coding}`, async () => {
          const answer = await get(() => path, { "accept-encoding": coding });
          expect([answer.headers.get("content-encoding"), answer.headers.get("vary")?.toLowerCase()]).to.deep.equal([
            coding,
            "accept-encoding",
          ]);
          expect(await answer.text()).to.equal(await (await get(() => path, { "accept-encoding": "identity" })).text());
        });
    it("of a result is compressed whole, and never in part", async () => {
      const json = () => `/jobs/${job.id}/result?format=json`;
      const whole = await get(json, { "accept-encoding": "br" });
      expect(whole.headers.get("content-encoding")).to.equal("br");
      const text = await whole.text();
      expect(text).to.equal(await (await get(json, { "accept-encoding": "identity" })).text());
      const part = await get(json, { "accept-encoding": "br", range: "bytes=0-1023" });
      expect([part.status, part.headers.get("content-encoding"), await part.text()]).to.deep.equal([206, null, text.slice(0, 1024)]);
    });
  });

  describe("a query", () => {
    for (const query of [
      "page_size=-1",
      "page_size=1e1",
      "page_size=2&page_size=3",
      "page_size=2&pageSize=2",
      "page_token=~",
      "page_token=01ARZ3NDEKTSV4RRFFQ69G5FAV",
      "state=gone",
      "created_before=1969-12-31T23:59:59Z",
      "created_after=0001-01-01T00:00:00Z",
      "surprise=1",
    ])
      it(`${query} is refused by the field's name`, async () => {
        const answer = await get(() => `/jobs?${query}`);
        const { violations } = (await answer.json()) as { violations: { field: string }[] };
        expect([answer.status, violations[0]?.field]).to.deep.equal([400, query.split("=")[0]]);
      });
    it("state=succeeded says an enum's value short", async () => {
      expect((await get(() => "/jobs?state=succeeded&page_size=1")).status).to.equal(200);
    });
    it("gives each job once over its pages", async () => {
      const seen: string[] = [];
      for (let token = ""; ; ) {
        const { jobs, nextPageToken } = (await (await get(() => `/jobs?page_size=1&page_token=${token}`)).json()) as {
          jobs: Job[];
          nextPageToken: string;
        };
        seen.push(...jobs.map(({ id }) => id));
        if (!nextPageToken) break;
        token = nextPageToken;
      }
      expect(seen.length).to.be.greaterThan(1).and.to.equal(new Set(seen).size);
    });
  });

  const authorizationLine = () => `authorization: Bearer ${service.apiKey}`;

  /** GETs sent at once on one connection. */
  function pipelined(...paths: string[]) {
    const last = paths.length - 1;
    const lines = ["host: test", authorizationLine()];
    return sendRaw(
      paths.flatMap((path, index) => [
        `GET ${path} HTTP/1.1`,
        ...lines,
        ...(index === last ? ["connection: close"] : []),
        "",
        ...(index === last ? [""] : []),
      ]),
    );
  }

  /** Lines sent as they are, and the answers as Content-Length cuts them. */
  async function sendRaw(lines: readonly string[]): Promise<{ head: string; body: string }[]> {
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname);
    socket.write(lines.join("\r\n"));
    let rest = Buffer.concat(await socket.setTimeout(20_000, () => socket.destroy()).toArray()).toString("latin1");
    const answers: { head: string; body: string }[] = [];
    while (rest) {
      const end = rest.indexOf("\r\n\r\n");
      if (end < 0) throw new Error(`not an answer: ${rest.slice(0, 100)}`);
      const head = rest.slice(0, end);
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      answers.push({ head, body: rest.slice(end + 4, end + 4 + length) });
      rest = rest.slice(end + 4 + length);
    }
    return answers;
  }
});
