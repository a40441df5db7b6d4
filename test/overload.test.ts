import { setTimeout as sleep } from "node:timers/promises";
import { create, type Message } from "@bufbuild/protobuf";
import { expect } from "chai";
import { proxyTo } from "../gateway/proxy.ts";
import type { Error as ErrorMessage } from "../gen/dragoman/v1/error_pb.ts";
import type { Job } from "../gen/dragoman/v1/job_pb.ts";
import { CreateJobRequestSchema, JobService } from "../gen/dragoman/v1/job_service_pb.ts";
import { uploadKey } from "../orchestrator/jobs/artefact_keys.ts";
import { newId } from "../orchestrator/jobs/id.ts";
import type { Commit, Store } from "../orchestrator/store/store.ts";
import type { DragomanError } from "../platform/errors.ts";
import { openTestOrchestrator } from "./support/orchestrator.ts";
import { eventually } from "./support/service.ts";
import { listOf } from "./support/stored_jobs.ts";

/** An orchestrator behind a gateway's proxy, whose store takes as long as `slowly` does to make a job. */
async function openSlow(slowly: () => Promise<unknown>) {
  const orchestrator = await openTestOrchestrator(undefined, (store) => slowed(store, slowly));
  const { store, artefacts, jobs, caller } = orchestrator;
  const proxy = proxyTo([{ service: JobService, client: jobs as never }]);
  orchestrator.fakeWorker({ workerId: "idle", slots: 1, pairs: [{ source: "en", target: "es" }] });
  await eventually(async () => (await jobs.listLanguagePairs({}, caller)).pairs.length > 0);
  return {
    async upload(): Promise<string> {
      const id = newId("t");
      await store.saveUpload({ id, tenantId: "t", fileName: "a.txt", expireAt: Date.now() + 3600_000 });
      await artefacts.put(uploadKey("t", id), [Buffer.from("The library is open.")] as never, { maxBytes: 1_000 });
      return id;
    },
    create: (uploadId: string, requestId = "") =>
      proxy(
        JobService.method.createJob,
        create(CreateJobRequestSchema, { uploadId, requestId, options: { targetLanguage: "es" } }),
        caller,
      ) as Promise<Message> as Promise<Job>,
    jobs: async () => listOf(store),
    [Symbol.asyncDispose]: () => orchestrator[Symbol.asyncDispose](),
  };
}

function slowed(store: Store, slowly: () => Promise<unknown>): Store {
  let turn: Promise<unknown> = Promise.resolve();
  const commit = async (given: Commit) => {
    if (given.expectedVersion !== 0n) return store.commit(given);
    turn = turn.then(slowly);
    await turn;
    return store.commit(given);
  };
  return { ...store, commit };
}

const refusalOf = (error: DragomanError): ErrorMessage => error.detail;

describe("creation under load", () => {
  it("takes what it can in time and refuses the rest early: what was accepted exists, what was refused does not", async () => {
    await using service = await openSlow(() => sleep(15));
    const uploads = await Promise.all(Array.from({ length: 900 }, () => service.upload()));
    const answers = await Promise.all(uploads.map((id) => service.create(id).catch(refusalOf)));
    const accepted = answers.flatMap((answer) => (answer.$typeName === "dragoman.v1.Job" ? [answer.id] : []));
    const refused = answers.flatMap((answer) => (answer.$typeName === "dragoman.v1.Error" ? [answer] : []));
    expect((await service.jobs()).map(({ job }) => job.id).sort()).to.deep.equal(accepted.sort());
    expect(new Set(refused.map(({ code }) => code))).to.deep.equal(new Set(["OVERLOADED"]));
    for (const { retryAfter } of refused) expect(Number(retryAfter?.seconds)).to.be.at.least(1);
  });

  it("says with which request_id a create is repeated that took too long, and it makes one job", async () => {
    const held = Promise.withResolvers<void>();
    await using service = await openSlow(() => held.promise);
    const upload = await service.upload();
    const refusal = await service.create(upload).then(() => undefined, refusalOf);
    expect(refusal?.code).to.equal("DEADLINE_EXCEEDED");
    held.resolve();
    const again = await service.create(upload, refusal?.requestId);
    expect((await service.jobs()).map(({ job }) => job.id)).to.deep.equal([again.id]);
  });
});
