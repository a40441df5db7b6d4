import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import type { DragomanError } from "../errors.ts";
import { openS3Artefacts } from "./s3.ts";

/**
 * As much of an S3 server that honours `If-None-Match: *` as one put needs; the real one of the tests refuses the header.
 * `onPut` comes before an object is stored, or after it; what it gives is the answer's status instead.
 */
async function conditionalServer(onPut: (when: "before" | "after", objects: Map<string, Buffer>, path: string) => number | undefined) {
  const objects = new Map<string, Buffer>();
  const server = createServer(async (request, response) => {
    const path = (request.url ?? "").split("?")[0] ?? "";
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const answer = (status: number, code = "", etag = "") => {
      response.writeHead(status, { ...(etag && { etag: `"${etag}"` }), "last-modified": new Date(0).toUTCString() });
      response.end(request.method === "HEAD" || !code ? "" : `<Error><Code>${code}</Code><Message>refused</Message></Error>`);
    };
    const stored = objects.get(path);
    if (path === "/bucket/" || path === "/bucket") return answer(200);
    if (request.method === "HEAD") return stored ? answer(200, "", md5(stored)) : answer(404);
    const instead = onPut("before", objects, path);
    if (instead) return answer(instead);
    if (request.headers["if-none-match"] === "*" && objects.has(path)) return answer(412, "PreconditionFailed");
    const bytes = Buffer.concat(chunks);
    objects.set(path, bytes);
    const status = onPut("after", objects, path);
    answer(status ?? 200, "", md5(bytes));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `s3+http://key:secret@127.0.0.1:${port}/bucket?region=us-east-1`,
    objects,
    [Symbol.dispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function md5(bytes: Buffer): string {
  return createHash("md5").update(bytes).digest("hex");
}

async function put(url: string, text: string): Promise<string> {
  const store = await openS3Artefacts(url);
  const bytes = (async function* () {
    yield Buffer.from(text);
  })();
  return store.put("t/a", bytes, { maxBytes: 100 }).then(
    () => "none",
    (error: DragomanError) => error.code,
  );
}

describe("an object on a server that knows If-None-Match", () => {
  it("is never put over one that came after it was looked for", async () => {
    using server = await conditionalServer((when, objects, path) => {
      if (when === "before") objects.set(path, Buffer.from("first"));
      return undefined;
    });
    expect(await put(server.url, "second")).to.equal("UPLOAD_ALREADY_DONE");
    expect(server.objects.get("/bucket/t/a")?.toString()).to.equal("first");
  });
  it("is there when a busy server stored it, said that it did not, and was asked again", async () => {
    let asked = 0;
    using server = await conditionalServer((when) => (when === "after" && ++asked === 1 ? 503 : undefined));
    expect(await put(server.url, "once")).to.equal("none");
    expect(server.objects.get("/bucket/t/a")?.toString()).to.equal("once");
  });
});
