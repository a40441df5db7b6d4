import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { DragomanError } from "../../platform/errors.ts";
import { askJson, type Call, field, RequestRefused } from "./http.ts";

const KEY = "planted-key-5f1c";
const SENTENCE = "The planted sentence.";

describe("a call of a translation engine's server", () => {
  let server: Server;
  let answers: (request: IncomingMessage, response: ServerResponse) => void;
  let url: URL;

  before(async () => {
    server = createServer((request, response) => answers(request, response)).listen(0, "127.0.0.1");
    await once(server, "listening");
    url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/translate?key=${KEY}`);
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const status = (code: number, body = "{}", headers = {}) => {
    answers = (_, response) => response.writeHead(code, headers).end(body);
  };
  const ask = (more: Partial<Call> = {}, signal = new AbortController().signal) =>
    askJson({ engine: "fake", url, json: { q: SENTENCE }, headers: { authorization: KEY }, ...more }, signal);
  const refusal = async (more: Partial<Call> = {}) => {
    const thrown = await ask(more).then(
      () => expect.fail("it was answered"),
      (error: unknown) => error,
    );
    if (!(thrown instanceof DragomanError)) throw thrown;
    const told = `${thrown.stack} ${JSON.stringify(thrown.detail, (_, value) => (typeof value === "bigint" ? String(value) : value))}`;
    for (const secret of [KEY, SENTENCE, "key="]) expect(told).to.not.contain(secret);
    const { code, message, cause, detail } = thrown;
    return { code, message, cause, retryAfterMs: detail.retryAfter && durationMs(detail.retryAfter) };
  };

  it("sends JSON and gives the JSON of the answer", async () => {
    answers = async (request, response) => {
      const body = Buffer.concat(await request.toArray()).toString();
      response.end(JSON.stringify({ method: request.method, type: request.headers["content-type"], body: JSON.parse(body) }));
    };
    expect(await ask()).to.deep.equal({ method: "POST", type: "application/json", body: { q: SENTENCE } });
  });
  it("sends a form, and asks with neither", async () => {
    answers = async (request, response) => {
      const body = Buffer.concat(await request.toArray()).toString();
      response.end(JSON.stringify([request.method, body]));
    };
    expect(await ask({ json: undefined, form: new URLSearchParams({ a: "b c" }) })).to.deep.equal(["POST", "a=b+c"]);
    expect(await ask({ json: undefined })).to.deep.equal(["GET", ""]);
  });
  it("gives undefined for no content", async () => {
    status(204, "");
    expect(await ask({ method: "DELETE", json: undefined })).to.equal(undefined);
  });

  for (const [code, of] of [
    ["TRANSLATOR_UNAVAILABLE", [408, 429, 500, 502, 503, 504, 529]],
    ["TRANSLATOR_QUOTA_EXCEEDED", [402, 456]],
    ["TRANSLATOR_REFUSED", [400, 401, 403, 404, 302]],
    ["REQUEST_TOO_LARGE", [413, 414]],
  ] as const)
    it(`throws ${code} for ${of.join(", ")}, and tells nothing of what was sent or answered`, async () => {
      for (const each of of) {
        status(each, JSON.stringify({ error: `${KEY} ${SENTENCE}` }), each === 302 ? { location: "/elsewhere" } : {});
        expect((await refusal()).code, String(each)).to.equal(code);
      }
    });
  it("tells a refusal of what was sent from one of who sent it", async () => {
    const causes: boolean[] = [];
    for (const each of [400, 422, 401, 403, 404]) {
      status(each, "{}");
      causes.push((await refusal()).cause instanceof RequestRefused);
    }
    expect(causes).to.deep.equal([true, true, false, false, false]);
  });
  it("asks the driver first what a status means, with what was answered", async () => {
    status(403, '{"error":{"message":"Daily Limit Exceeded"}}');
    const told = await refusal({
      refusal: (of, answer) =>
        of === 403 && /Limit/.test(String(field(field(answer, "error"), "message"))) ? "TRANSLATOR_QUOTA_EXCEEDED" : undefined,
    });
    expect(told.code).to.equal("TRANSLATOR_QUOTA_EXCEEDED");
  });
  it("says how long the server wants to be left alone", async () => {
    status(429, "", { "retry-after": "7" });
    expect((await refusal()).retryAfterMs).to.equal(7_000);
    status(503, "", { "retry-after": new Date(Date.now() + 60_000).toUTCString() });
    expect((await refusal()).retryAfterMs).to.be.within(50_000, 60_000);
    status(429, "", { "retry-after": "9", "retry-after-ms": "250" });
    expect((await refusal()).retryAfterMs).to.equal(250);
    status(429, "", { "retry-after": "99999999999999999999" });
    expect((await refusal()).retryAfterMs).to.equal(86_400_000);
    status(429, "", { "retry-after": "soon" });
    expect((await refusal()).retryAfterMs).to.equal(undefined);
  });

  it("throws TRANSLATOR_UNAVAILABLE for broken JSON, and for more than was asked for", async () => {
    status(200, '{"text": "La');
    expect((await refusal()).code).to.equal("TRANSLATOR_UNAVAILABLE");
    answers = (_, response) => {
      const more = () => !response.destroyed && response.write(" ".repeat(100_000), () => setImmediate(more));
      more();
    };
    expect((await refusal({ maxAnswerBytes: 1_000_000 })).code).to.equal("TRANSLATOR_UNAVAILABLE");
  });
  it("ends a server that hangs before its answer, or within it", async () => {
    answers = () => {};
    expect((await refusal({ deadlineMs: 50 })).message).to.contain("within 0.05 s");
    answers = (_, response) => void response.write("{");
    expect((await refusal({ deadlineMs: 50 })).message).to.contain("within 0.05 s");
  });
  it("throws TRANSLATOR_UNAVAILABLE for a server that hangs up or is not there", async () => {
    answers = (request) => request.socket.destroy();
    expect((await refusal()).code).to.equal("TRANSLATOR_UNAVAILABLE");
    expect((await refusal({ url: new URL(`http://127.0.0.1:1/?key=${KEY}`) })).message).to.contain("cannot be reached");
  });
  it("ends with its signal, and throws its reason", async () => {
    const control = new AbortController();
    answers = () => control.abort(new Error("cancelled"));
    const thrown = await ask({}, control.signal).catch((error: unknown) => error);
    expect(thrown).to.equal(control.signal.reason);
  });
});
