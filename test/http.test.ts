import { connect } from "node:net";
import { expect } from "chai";
import type { Job } from "../gen/dragoman/v1/job_pb.ts";
import { type RunningService, startService } from "./support/service.ts";

/** What HTTP's own standards promise, looked at as bytes where a client library would mend or hide it. */
describe("REST as HTTP has it", () => {
  let service: RunningService;
  let job: Job;
  let text: string;
  before(async () => {
    service = await startService();
    job = await service.client.translate(new File(["The library is open today for all the readers."], "a.txt"), { to: "es", from: "en" });
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

  /** GETs sent at once on one connection, and their answers as Content-Length cuts them. */
  async function pipelined(...paths: string[]): Promise<{ head: string; body: string }[]> {
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname);
    const lines = ["host: test", `authorization: Bearer ${service.apiKey}`];
    const last = paths.length - 1;
    const request = (path: string, index: number) => [
      `GET ${path} HTTP/1.1`,
      ...lines,
      ...(index === last ? ["connection: close"] : []),
      "",
      "",
    ];
    socket.write(paths.map((path, index) => request(path, index).join("\r\n")).join(""));
    let rest = Buffer.concat(await socket.setTimeout(20_000, () => socket.destroy()).toArray()).toString("latin1");
    const answers: { head: string; body: string }[] = [];
    while (rest) {
      const end = rest.indexOf("\r\n\r\n");
      if (end < 0) throw new Error(`not an answer: ${rest.slice(0, 100)}`);
      const head = rest.slice(0, end);
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? /^([0-9a-f]+)\r\n/i.exec(rest.slice(end + 4))?.[1]);
      answers.push({ head, body: rest.slice(end + 4, end + 4 + length) });
      rest = /content-length/i.test(head) ? rest.slice(end + 4 + length) : "";
    }
    return answers;
  }
});
