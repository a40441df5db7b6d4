import path from "node:path";
import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { JobState, LedgerSchema } from "../gen/dragoman/v1/job_pb.ts";
import { JOB_CLASSES, type JobClass } from "../platform/job_classes.ts";
import type { Messaging, OutboxMessage } from "../platform/messaging/messaging.ts";
import { DragomanWorker } from "../worker/worker.ts";
import { finished, openTestOrchestrator, testLog } from "./support/orchestrator.ts";
import { eventually } from "./support/service.ts";
import { serving } from "./support/serving.ts";

/** More returns than this are no mischance; what comes back after them is lost, so that a worker that goes round ends. */
const MAX_RETURNS = 100;

/** Delivers every invitation twice, and counts what is given back. */
function doubled(messaging: Messaging): Messaging & { readonly returned: () => number } {
  let returned = 0;
  return Object.assign(Object.create(messaging) as Messaging, {
    returned: () => returned,
    publish: (messages: readonly OutboxMessage[]) =>
      messaging.publish(
        messages.flatMap((message) => (message.content.kind === "work" ? [message, { ...message, id: `${message.id}:again` }] : [message])),
      ),
    async nextInvitation(classes: readonly JobClass[], signal: AbortSignal) {
      const invitation = await messaging.nextInvitation(classes, signal);
      if (!invitation) return undefined;
      return {
        work: invitation.work,
        deliveries: invitation.deliveries,
        ack: () => invitation.ack(),
        giveBack: () => {
          returned += 1;
          if (returned <= MAX_RETURNS) invitation.giveBack();
          else void invitation.ack();
        },
      };
    },
  });
}

describe("invitations that come twice", () => {
  it("never go round between a worker and the queue, and every job runs once", async () => {
    let wrapped: ReturnType<typeof doubled> | undefined;
    await using orchestrator = await openTestOrchestrator((messaging) => {
      wrapped = doubled(messaging);
      return wrapped;
    });
    const ran: string[] = [];
    await using worker = new DragomanWorker({
      orchestrator: `127.0.0.1:${orchestrator.port}`,
      apiKey: orchestrator.workerKey,
      ...{ slots: 2, prefetch: 1, translators: serving(async () => [{ source: "en", target: "es" }]), graceMs: 0, log: testLog },
      ...{ messaging: orchestrator.messaging, artefacts: orchestrator.artefacts, scratch: path.join(orchestrator.folder, "scratch") },
      limits: { memoryBytes: 1e9, runMs: 60_000, silenceMs: 60_000, stepCpuMs: 300_000 },
      run: async ({ jobId }) => {
        ran.push(jobId);
        return { ledger: create(LedgerSchema, { pagesIn: 1, pagesOut: 1 }), artefacts: [], longestSpans: [] };
      },
    });
    await worker.start();
    const ids = await Promise.all(Array.from({ length: 24 }, () => orchestrator.create("The garden is open.")));
    const jobs = await Promise.all(ids.map((id) => orchestrator.until(id, finished)));
    expect(jobs.map(({ state }) => state)).to.deep.equal(ids.map(() => JobState.SUCCEEDED));
    expect(ran.sort()).to.deep.equal(ids.sort());
    expect(wrapped?.returned()).to.equal(0);
  });

  it("are not made: a claim counts before its commit has the dispatcher look for free slots", async () => {
    const invited = new Set<string>();
    await using orchestrator = await openTestOrchestrator((messaging) =>
      Object.assign(Object.create(messaging) as Messaging, {
        publish(messages: readonly OutboxMessage[]) {
          for (const { content } of messages) if (content.kind === "work") invited.add(content.message.jobId);
          return messaging.publish(messages);
        },
      }),
    );
    const worker = orchestrator.fakeWorker({ workerId: "fake", slots: 2, prefetch: 0, pairs: [{ source: "en", target: "es" }] });
    for (let made = 0; made < 6; made++) await orchestrator.create("The garden is open.");
    const take = async () => (await orchestrator.messaging.nextInvitation(JOB_CLASSES, AbortSignal.timeout(60_000)))?.work;
    for (const work of [await take(), await take()]) {
      worker.send({ case: "claim", value: { jobId: work?.jobId ?? "", dispatch: work?.dispatch ?? 0 } });
      await worker.hear("granted", ({ jobId }) => jobId === work?.jobId);
    }
    await eventually(async () => (await orchestrator.store.countInvited()) === 0 || invited.size > 2);
    expect(invited.size).to.equal(2);
  });
});
