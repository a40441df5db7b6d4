import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { type Job, JobEventSchema, JobSchema } from "../../gen/dragoman/v1/job_pb.ts";
import { CancelSignalSchema, WorkDescriptorSchema } from "../../gen/dragoman/v1/worker_service_pb.ts";
import { openMemoryMessaging } from "./memory.ts";
import type { Messaging } from "./messaging.ts";

const never = new AbortController().signal;
const work = (jobId: string) => create(WorkDescriptorSchema, { jobId, dispatch: 1 });

/** The promises of messaging, kept by every driver. */
function describeMessaging(name: string, open: (ackWaitMs: number) => Promise<Messaging>): void {
  describe(`${name} messaging`, () => {
    it("gives each invitation to one taker", async () => {
      await using messaging = await open(10_000);
      const takers = [messaging.nextInvitation(never), messaging.nextInvitation(never)];
      await messaging.publishWork(work("a"), "a:1");
      await messaging.publishWork(work("b"), "b:1");
      const taken = await Promise.all(takers);
      expect(taken.map((invitation) => invitation?.work.jobId).sort()).to.deep.equal(["a", "b"]);
      for (const invitation of taken) await invitation?.ack();
    });
    it("keeps an invitation until somebody takes it", async () => {
      await using messaging = await open(10_000);
      await messaging.publishWork(work("a"), "a:1");
      const taken = await messaging.nextInvitation(never);
      expect(taken?.work.jobId).to.equal("a");
      await taken?.ack();
    });
    it("delivers again what was not acked in time", async () => {
      await using messaging = await open(20);
      await messaging.publishWork(work("a"), "a:1");
      await messaging.nextInvitation(never);
      const again = await messaging.nextInvitation(AbortSignal.timeout(2000));
      expect(again?.work.jobId).to.equal("a");
      await again?.ack();
    });
    it("drops a message that was published before", async () => {
      await using messaging = await open(10_000);
      await messaging.publishWork(work("a"), "a:1");
      await messaging.publishWork(work("a"), "a:1");
      await (await messaging.nextInvitation(never))?.ack();
      expect(await messaging.nextInvitation(AbortSignal.timeout(30))).to.equal(undefined);
    });
    it("ends the wait when told to, and loses nothing by it", async () => {
      await using messaging = await open(10_000);
      expect(await messaging.nextInvitation(AbortSignal.timeout(10))).to.equal(undefined);
      await messaging.publishWork(work("a"), "a:1");
      expect((await messaging.nextInvitation(never))?.work.jobId).to.equal("a");
    });
    it("tells every subscriber of a cancel, and nobody who left", async () => {
      await using messaging = await open(10_000);
      const heard: string[] = [];
      using _one = messaging.subscribe({ cancels: () => heard.push("one") });
      messaging.subscribe({ cancels: () => heard.push("left") })[Symbol.dispose]();
      using _two = messaging.subscribe({ cancels: () => heard.push("two") });
      await messaging.publishCancel(create(CancelSignalSchema, { jobId: "a" }));
      expect(heard).to.deep.equal(["one", "two"]);
    });
    it("keeps a job's events in order, and apart from another's", async () => {
      await using messaging = await open(10_000);
      const heard: bigint[] = [];
      using _ = messaging.subscribe({ jobId: "a", events: ({ job }) => heard.push((job as Job).version) });
      for (const version of [1n, 2n, 3n]) {
        await messaging.publishEvent(create(JobEventSchema, { job: create(JobSchema, { id: "a", version }) }));
        await messaging.publishEvent(create(JobEventSchema, { job: create(JobSchema, { id: "b", version }) }));
      }
      expect(heard).to.deep.equal([1n, 2n, 3n]);
    });
  });
}

describeMessaging("in-process", async (ackWaitMs) => openMemoryMessaging(ackWaitMs));
