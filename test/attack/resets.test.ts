import { expect } from "chai";
import { type RunningService, startService } from "../support/service.ts";
import { formBody, type RawRequest, rawRequest, sendAndReset } from "./hostile.ts";

const STEP = 64 * 1024;
const SIZE = 1024 * 1024;
const BOUNDARY = "hostile";
/** None, and long enough for a call to the orchestrator to be on its way or answered. */
const LINGER_MS = [0, 15];

describe("connections that are reset at every 64 KiB", () => {
  let service: RunningService;
  before(async () => {
    service = await startService();
  });
  after(() => service?.[Symbol.asyncDispose]());

  const bytes = Buffer.from("The library is open today. ".repeat(SIZE / 27 + 1)).subarray(0, SIZE);
  const json = Buffer.from(JSON.stringify({ uploadId: "x".repeat(SIZE - 100) }));
  const form = formBody(BOUNDARY, { target_language: "es" }, bytes);

  /** Each kind of upload. Without a key, those whose address is their permission have a forged one. */
  async function uploads(withKey: boolean): Promise<RawRequest[]> {
    const authorized: Record<string, string> = withKey ? { authorization: `Bearer ${service.apiKey}` } : {};
    const { url, resumableUrl } = withKey
      ? await service.client.uploads.createUpload({ fileName: "a.txt", sizeBytes: BigInt(SIZE) })
      : { url: "/uploads/forged.signature", resumableUrl: "/uploads/resumable/forged.signature" };
    const tus = { "tus-resumable": "1.0.0", "upload-offset": "0", "content-type": "application/offset+octet-stream" };
    const connect = { ...authorized, "content-type": "application/json", "connect-protocol-version": "1" };
    return [
      rawRequest("form", "POST /jobs", { ...authorized, "content-type": `multipart/form-data; boundary=${BOUNDARY}` }, form),
      rawRequest("PUT", `PUT ${url}`, {}, bytes),
      rawRequest("tus PATCH", `PATCH ${resumableUrl}`, tus, bytes),
      rawRequest("JSON body", "POST /jobs", { ...authorized, "content-type": "application/json" }, json),
      rawRequest("Connect call", "POST /dragoman.v1.JobService/CreateJob", connect, json),
    ];
  }

  for (const withKey of [false, true]) {
    for (const [index, name] of ["form", "PUT", "tus PATCH", "JSON body", "Connect call"].entries()) {
      it(`leave the service alive, of a ${name} ${withKey ? "with" : "without"} a key`, async () => {
        for (let count = 0; count <= SIZE; count += STEP) {
          // A new address each time: what one reset leaves behind must not shield the next.
          const request = (await uploads(withKey))[index] as RawRequest;
          for (const lingerMs of LINGER_MS) await sendAndReset(service.url, request, count, lingerMs);
        }
        const answer = await fetch(`${service.url}/languages`, { headers: { authorization: `Bearer ${service.apiKey}` } });
        expect(answer.status).to.equal(200);
        expect(service.logged()).to.not.contain("defect");
      });
    }
  }
});
