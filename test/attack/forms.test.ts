import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { eventually, type RunningService, startService } from "../support/service.ts";
import { formBody } from "./hostile.ts";

interface Answer {
  readonly status: number;
  readonly code: string;
  readonly violated: string | undefined;
  readonly job: { readonly id: string; readonly fileName: string; readonly options: Record<string, unknown> };
}

describe("uploads and forms that nobody should take at their word", function () {
  this.timeout(60_000);
  let service: RunningService;
  before(async () => {
    service = await startService();
    await eventually(async () => (await service.client.jobs.listLanguagePairs({})).pairs.length > 0);
  });
  after(() => service?.[Symbol.asyncDispose]());

  /** Names of the files that uploads have left. */
  const files = async () =>
    (await readdir(path.join(service.data, "artefacts", "tenants", "local", "uploads")).catch(() => [])).filter(
      (name) => !name.endsWith(".sha256"),
    );

  /** `parts`: names with text, or with a file; in this order. */
  async function post(
    parts: readonly (readonly [name: string, value: string | File])[],
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const body = new FormData();
    for (const [name, value] of parts) typeof value === "string" ? body.append(name, value) : body.append(name, value, value.name);
    const authorization = `Bearer ${service.apiKey}`;
    const answer = await fetch(`${service.url}/jobs`, { method: "POST", headers: { authorization, ...headers }, body });
    const json = (await answer.json()) as Answer["job"] & { code: string; violations?: { field: string }[] };
    return { status: answer.status, code: json.code, violated: json.violations?.[0]?.field, job: json };
  }
  const LATER: readonly [string, string] = ["not_before", new Date(Date.now() + 3600_000).toISOString()];
  const TO: readonly [string, string] = ["target_language", "es"];
  const FROM: readonly [string, string] = ["source_language", "en"];
  const file = (name = "a.txt", content = "The library is open.") => ["file", new File([content], name)] as const;

  describe("of a length or with a digest that was promised", () => {
    const text = "The library is open today for all of them.";
    const put = async (sizeBytes: number, headers: Record<string, string> = {}) => {
      const { url } = await service.client.uploads.createUpload({ fileName: "a.txt", sizeBytes: BigInt(sizeBytes) });
      return (await fetch(new URL(url, service.url), { method: "PUT", headers, body: text })).status;
    };
    const sha256 = (of: string) => `sha-256=:${createHash("sha256").update(of).digest("base64")}:`;
    const md5 = (of: string) => createHash("md5").update(of).digest("base64");

    it("make no file where fewer bytes come", async () => {
      const before = await files();
      expect(await put(1_000)).to.equal(409);
      expect(await files()).to.deep.equal(before);
    });
    it("make no file where more bytes come", async () => expect(await put(10)).to.equal(413));
    it("make a file where all bytes come", async () => expect(await put(text.length)).to.equal(204));
    for (const [header, right, wrong] of [
      ["content-md5", md5(text), md5("x")],
      ["content-digest", sha256(text), sha256("x")],
      ["repr-digest", sha256(text), sha256("x")],
    ] as const) {
      it(`make a file by ${header} only of the bytes it was made of`, async () => {
        expect(await put(text.length, { [header]: right })).to.equal(204);
        expect(await put(text.length, { [header]: wrong })).to.equal(422);
        expect(await put(text.length, { [header]: "nonsense" })).to.equal(400);
      });
    }
  });

  describe("as a form", () => {
    it("keep a file's name in UTF-8, however long in bytes", async () => {
      const name = `${"図書館".repeat(70)}.txt`;
      expect((await post([TO, FROM, LATER, file(name)])).job.fileName).to.equal(name);
    });
    it("take short enums, and labels as one JSON part", async () => {
      const { job } = await post([TO, FROM, LATER, ["priority", "high"], ["labels", '{"order":"1042"}'], file()]);
      expect(job.options).to.include({ priority: "PRIORITY_HIGH" }).and.to.have.deep.property("labels", { order: "1042" });
    });
    it("take fields behind the file as well", async () => {
      expect((await post([file(), TO, FROM, LATER])).status).to.equal(200);
    });
    const MANY = Array.from({ length: 101 }, (_, index) => [`labels.l${index}`, "x"] as const);
    for (const [name, parts, violated] of [
      ["a second file", [TO, LATER, file(), file("b.txt")], "file"],
      ["a file under another name", [TO, LATER, ["document", new File(["x"], "a.txt")]], "document"],
      ["an unknown field", [TO, LATER, ["target_langauge", "es"], file()], "target_langauge"],
      ["a repeated field", [TO, LATER, ["target_language", "ca"], file()], "target_language"],
      ["a repeated field behind the file", [TO, LATER, file(), ["target_language", "ca"]], "target_language"],
      ["a label given in two ways", [TO, ["labels", '{"a":"1"}'], ["labels.a", "2"], file()], "labels.a"],
      ["a 101st field", [...MANY, file()], "form"],
      ["a value of 20 KB", [TO, ["labels.a", "x".repeat(20_000)], file()], "labels.a"],
      ["a file that is a text", [TO, ["file", "The library is open."]], "file"],
      ["a name that turns the writing direction", [TO, FROM, LATER, file("invoice\u202efdp.txt")], "file_name"],
    ] as const) {
      it(`are refused with ${name}, which is named, and leave nothing`, async () => {
        const before = await files();
        const answer = await post(parts);
        expect(answer).to.include({ status: 400, code: "INVALID_REQUEST", violated });
        expect(await files()).to.deep.equal(before);
      });
    }
    for (const [name, header] of [
      ["without a name", "content-disposition: form-data"],
      ["of a file without a name", 'content-disposition: form-data; filename="b.txt"'],
      ["that says nothing of itself", "content-type: text/plain"],
      ["that is no form's", 'content-disposition: attachment; name="target_language"'],
    ] as const) {
      for (const last of [false, true]) {
        it(`are refused with a part ${name}, ${last ? "behind" : "before"} the others, and leave nothing`, async () => {
          const before = await files();
          const part = `--b\r\n${header}\r\n\r\nx\r\n`;
          const others = formBody("b", { target_language: "es", source_language: "en" }, Buffer.from("The library."));
          const end = others.lastIndexOf("--b--");
          const body = Buffer.concat([
            ...(last ? [others.subarray(0, end), Buffer.from(part)] : [Buffer.from(part), others.subarray(0, end)]),
            Buffer.from("--b--\r\n"),
          ]);
          const headers = { authorization: `Bearer ${service.apiKey}`, "content-type": "multipart/form-data; boundary=b" };
          const answer = await fetch(`${service.url}/jobs`, { method: "POST", headers, body });
          // A second file is one too many, whatever its name is.
          const field = last && header.includes("filename") ? "file" : "form";
          const { code, violations } = (await answer.json()) as { code: string; violations: { field: string }[] };
          expect([answer.status, code, violations[0]?.field]).to.deep.equal([400, "INVALID_REQUEST", field]);
          expect(await files()).to.deep.equal(before);
        });
      }
    }
    it("are refused for what is wrong with their fields before the file's bytes are there", async () => {
      const before = await files();
      const answer = await post([["target_language", "xx"], file("a.txt", "x".repeat(20_000_000))]);
      expect(answer).to.include({ status: 400, code: "UNSUPPORTED_LANGUAGE_PAIR" });
      expect(await files()).to.deep.equal(before);
    });
    it("leave nothing when they are refused after the file's bytes", async () => {
      const before = await files();
      const answer = await post([file("a.txt", "x".repeat(2_000_000)), ["target_language", "xx"]]);
      expect(answer).to.include({ status: 400, code: "UNSUPPORTED_LANGUAGE_PAIR" });
      expect(await files()).to.deep.equal(before);
    });
    it("make one job when they are repeated, and keep its file", async () => {
      const headers = { "idempotency-key": "again" };
      const first = await post([TO, FROM, LATER, file()], headers);
      expect((await post([TO, FROM, LATER, file()], headers)).job.id).to.equal(first.job.id);
    });
  });
});
