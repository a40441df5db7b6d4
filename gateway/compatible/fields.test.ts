import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { expect } from "chai";
import type { DragomanError } from "../../platform/errors.ts";
import { type Fields, readFields } from "./fields.ts";

function sent(type: string, body: string | Buffer): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  if (type) request.headers["content-type"] = type;
  request.push(body);
  request.push(null);
  return request;
}

const read = (type: string, body: string | Buffer, query = "") => readFields(sent(type, body), new URLSearchParams(query));
const codeOf = (work: Promise<Fields>) =>
  work.then(
    () => "none",
    ({ code }: DragomanError) => code,
  );

describe("parameters of a request", () => {
  it("are the same as JSON, as a form, in parts, or with some of them in the query", async () => {
    const part = (name: string, value: string) => `--x\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const ways = await Promise.all([
      read("application/json; charset=utf-8", '{"text": ["One.", "Two & three."], "target": "es"}'),
      read("application/x-www-form-urlencoded", "text=One.&text=Two+%26%20three.&target=es"),
      read("multipart/form-data; boundary=x", `${part("text", "One.")}${part("text", "Two & three.")}${part("target", "es")}--x--\r\n`),
      read("application/json", '{"text": ["One.", "Two & three."]}', "target=es"),
    ]);
    for (const fields of ways) {
      expect(fields.all("text")).to.deep.equal(["One.", "Two & three."]);
      expect(fields.one("target")).to.equal("es");
      expect(fields.one("source")).to.equal("");
    }
  });
  it("are named by their way in JSON that nests", async () => {
    const fields = await read("application/json", '{"a": [{"b": 1, "c": [true]}, {"b": "x"}], "d": {"e": null}}');
    expect([fields.one("a[0].b"), fields.all("a[0].c"), fields.one("a[1].b"), fields.all("d.e")]).to.deep.equal(["1", ["true"], "x", []]);
  });
  it("are refused where they are none", async () => {
    expect(await codeOf(read("application/json", "[1]"))).to.equal("INVALID_REQUEST");
    for (const list of ['["x", null, "y"]', '["x", {"b": "y"}]', '["x", ["y"]]', "[null]"])
      expect(await codeOf(read("application/json", `{"a": ${list}}`)), list).to.equal("INVALID_REQUEST");
    expect(await codeOf(read("application/x-www-form-urlencoded", "q=caf%E9"))).to.equal("INVALID_REQUEST");
    const part = Buffer.from('--x\r\ncontent-disposition: form-data; name="q"\r\n\r\ncaf\xe9\r\n--x--\r\n', "latin1");
    expect(await codeOf(read("multipart/form-data; boundary=x", part))).to.equal("INVALID_REQUEST");
    expect((await read("application/x-www-form-urlencoded", "q=100% caf%C3%A9+%ZZ")).one("q")).to.equal("100% café %ZZ");
    expect(await codeOf(read("application/json", '{"a": '))).to.equal("INVALID_REQUEST");
    expect(await codeOf(read("text/xml", "<a/>"))).to.equal("UNSUPPORTED_MEDIA_TYPE");
    expect(await codeOf(read("multipart/form-data", "x"))).to.equal("INVALID_REQUEST");
    expect(await codeOf(read("application/json", `{"a": "${"x".repeat(1024 * 1024)}"}`))).to.equal("REQUEST_TOO_LARGE");
    expect(await codeOf(read("", `a=1${"&a=1".repeat(20_000)}`))).to.equal("INVALID_REQUEST");
  });
  it("are refused where they nest without end, and not by a defect", async () => {
    expect(await codeOf(read("application/json", `{"a": ${"[".repeat(100_000)}${"]".repeat(100_000)}}`))).to.equal("INVALID_REQUEST");
  });
});
