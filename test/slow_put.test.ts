import { readdir } from "node:fs/promises";
import { request } from "node:http";
import path from "node:path";
import { expect } from "chai";
import { Dragoman } from "../client/dragoman.ts";
import { JobState } from "../gen/dragoman/v1/job_pb.ts";
import { eventually, type RunningService, startService } from "./support/service.ts";

describe("a second, slower PUT to the address of an upload", () => {
  let service: RunningService;
  before(async () => {
    service = await startService();
  });
  after(() => service?.[Symbol.asyncDispose]());

  it("is refused, and the job that was made meanwhile is of the first one's bytes", async () => {
    const dragoman = new Dragoman({ server: service.url, apiKey: service.apiKey });
    const { id, url } = await dragoman.uploads.createUpload({ fileName: "a.txt" });
    const slower = request(service.url + url, { method: "PUT", headers: { "transfer-encoding": "chunked" } });
    const answered = new Promise<number>((resolve, reject) => {
      slower.on("response", (response) => resolve(response.resume().statusCode ?? 0));
      slower.on("error", reject);
    });
    await new Promise<void>((resolve) => slower.write("Other words, which nobody accepted. ", () => resolve()));
    const incoming = path.join(service.data, "artefacts", ".incoming");
    await eventually(async () => (await readdir(incoming)).length === 1);
    const body = "The garden is open today for all the readers.";
    expect((await fetch(service.url + url, { method: "PUT", body })).ok).to.equal(true);
    const job = await dragoman.jobs.createJob({ uploadId: id, options: { sourceLanguage: "en", targetLanguage: "es" } });
    slower.end("They came too late.");
    expect(await answered).to.equal(409);
    const ended = await dragoman.resume(job.id);
    expect([ended.state, ended.sizeBytes]).to.deep.equal([JobState.SUCCEEDED, BigInt(body.length)]);
  });
});
