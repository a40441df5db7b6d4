import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { expect } from "chai";
import { LedgerSchema } from "../gen/dragoman/v1/job_pb.ts";
import {
  type OrchestratorMessage,
  OrchestratorMessageSchema,
  WorkDescriptorSchema,
  type WorkerMessage,
  WorkerService,
} from "../gen/dragoman/v1/worker_service_pb.ts";
import type { ArtefactStore } from "../platform/artefacts/artefacts.ts";
import { type DuplexStream, openGrpcServer, register } from "../platform/grpc/server.ts";
import { JOB_CLASSES } from "../platform/job_classes.ts";
import { openMemoryMessaging } from "../platform/messaging/memory.ts";
import type { Messaging, OutboxMessage } from "../platform/messaging/messaging.ts";
import { DragomanWorker } from "../worker/worker.ts";
import { openTestOrchestrator, testLog } from "./support/orchestrator.ts";
import { eventually } from "./support/service.ts";
import { serving } from "./support/serving.ts";
import { sessionsOnly } from "./support/sessions_only.ts";

const PAIRS = [{ source: "en", target: "es" }];
const LEDGER = create(LedgerSchema, { pagesIn: 1, pagesOut: 1 });

describe("an orchestrator that is being stopped", () => {
  it("tells its workers to claim no more, before it ends their sessions", async () => {
    await using orchestrator = await openTestOrchestrator();
    const worker = orchestrator.fakeWorker({ workerId: "w", slots: 1, pairs: PAIRS });
    await orchestrator.create("The garden is open.");
    await orchestrator.close();
    await eventually(async () => worker.ended);
    expect(worker.heard.map((message) => message.case)).to.deep.equal(["drain"]);
  });

  it("grants no claim whose answer does not reach the worker", async function () {
    this.timeout(60_000);
    for (const delayMs of [0, 0, 1, 2, 4]) {
      await using orchestrator = await openTestOrchestrator();
      const worker = orchestrator.fakeWorker({ workerId: "w", slots: 1, pairs: PAIRS });
      const jobId = await orchestrator.create("The garden is open.");
      const dispatch = (await orchestrator.messaging.nextInvitation(JOB_CLASSES, AbortSignal.timeout(60_000)))?.work.dispatch ?? 0;
      worker.send({ case: "claim", value: { jobId, dispatch } });
      await sleep(delayMs);
      await orchestrator.close();
      await eventually(async () => worker.ended);
      const granted = worker.heard.filter((message) => message.case === "granted").length;
      expect((await orchestrator.store.get(jobId))?.job.attempt).to.equal(granted);
    }
  });
});

/** An orchestrator of the test's own, which grants every claim, and accepts what is said of it. */
async function openScripted() {
  const sessions: DuplexStream<WorkerMessage, OrchestratorMessage>[] = [];
  const heard: WorkerMessage["message"][] = [];
  const send = (message: NonNullable<MessageInitShape<typeof OrchestratorMessageSchema>["message"]>) =>
    sessions.at(-1)?.send(create(OrchestratorMessageSchema, { message }));
  const server = await openGrpcServer(
    "127.0.0.1",
    0,
    [
      register(
        WorkerService,
        sessionsOnly(async (stream) => {
          sessions.push(stream);
          for await (const { message } of stream.incoming) {
            heard.push(message);
            if (message.case === "claim")
              send({ case: "granted", value: { jobId: message.value.jobId, attempt: 1, inputKey: "i", outputPrefix: "o" } });
            if (message.case === "complete") send({ case: "accepted", value: { jobId: message.value.jobId, attempt: 1, report: 2 } });
          }
        }),
      ),
    ],
    testLog,
  );
  return { server, sessions, heard, send };
}

function invitation(jobId: string): OutboxMessage {
  return { id: jobId, content: { kind: "work", message: create(WorkDescriptorSchema, { jobId, dispatch: 1 }) } };
}

describe("a worker that is told to claim no more", () => {
  it("leaves invitations to others, ends what it holds, and takes work again in its next session", async () => {
    const { server, sessions, heard, send } = await openScripted();
    await using _server = server;
    await using messaging = openMemoryMessaging();
    let asking = 0;
    const watched: Messaging = {
      ...messaging,
      async nextInvitation(classes, signal) {
        asking += 1;
        return messaging.nextInvitation(classes, signal).finally(() => {
          asking -= 1;
        });
      },
    };
    const release = Promise.withResolvers<void>();
    await using worker = new DragomanWorker({
      ...{ orchestrator: `127.0.0.1:${server.port}`, apiKey: "k", slots: 2, prefetch: 0, graceMs: 0, log: testLog, messaging: watched },
      ...{ artefacts: {} as ArtefactStore, scratch: path.join("data", "unused"), translators: serving(async () => PAIRS) },
      limits: { memoryBytes: 1e9, runMs: 60_000, silenceMs: 60_000, stepCpuMs: 60_000 },
      run: async () => {
        await release.promise;
        return { ledger: LEDGER, artefacts: [], longestSpans: [] };
      },
    });
    await worker.start();
    const said = (kind: WorkerMessage["message"]["case"]) => heard.filter((message) => message.case === kind).length;
    await messaging.publish([invitation("held")]);
    await eventually(async () => said("heartbeat") > 0 || said("claim") > 0);
    send({ case: "drain", value: {} });
    await eventually(async () => asking === 0);
    const claims = said("claim");
    await messaging.publish([invitation("next")]);
    release.resolve();
    await eventually(async () => said("complete") === claims);
    expect(said("claim")).to.equal(claims);
    expect(sessions.length).to.equal(1);
    sessions[0]?.end();
    await eventually(async () => said("claim") === claims + 1);
    expect(heard.findLast((message) => message.case === "claim")?.value).to.have.property("jobId", "next");
    expect(sessions.length).to.equal(2);
  });
});
