import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { DragomanError } from "../errors.ts";
import { openS3Artefacts } from "./s3.ts";

/** Opens a bucket of a server that answers its first requests so, and then 200. */
async function openOn(...statuses: number[]): Promise<{ outcome: string; requests: number; written: unknown[] }> {
  let requests = 0;
  const server = createServer((_, response) => {
    requests += 1;
    response.writeHead(statuses[requests - 1] ?? 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { warn } = console;
  const written: unknown[] = [];
  console.warn = (...words: unknown[]) => void written.push(words);
  try {
    const outcome = await openS3Artefacts(`s3+http://key:secret@127.0.0.1:${(server.address() as AddressInfo).port}/bucket`).then(
      () => "open",
      (error: unknown) => (error instanceof DragomanError ? error.code : String(error)),
    );
    return { outcome, requests, written };
  } finally {
    console.warn = warn;
    server.closeAllConnections();
    server.close();
  }
}

describe("the S3 client", () => {
  it("asks a busy server once more, and writes nothing to the console", async () => {
    expect(await openOn(503)).to.deep.equal({ outcome: "open", requests: 2, written: [] });
  });
  it("says that the store failed where the server stays busy", async () => {
    expect(await openOn(503, 500, 503)).to.deep.equal({ outcome: "STORAGE_FAILED", requests: 2, written: [] });
  });
});
