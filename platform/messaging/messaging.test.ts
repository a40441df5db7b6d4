import { setTimeout as sleep } from "node:timers/promises";
import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { connect } from "nats";
import { type Job, JobEventSchema, JobSchema } from "../../gen/dragoman/v1/job_pb.ts";
import {
  CancelSignalSchema,
  PreviewMadeSchema,
  type PreviewWork,
  PreviewWorkSchema,
  RevisionMadeSchema,
  type RevisionWork,
  RevisionWorkSchema,
  WorkDescriptorSchema,
} from "../../gen/dragoman/v1/worker_service_pb.ts";
import { type NatsServer, startNats } from "../../test/servers/nats.ts";
import { openRelay } from "../../test/support/relay.ts";
import { eventually } from "../../test/support/service.ts";
import { type DragomanError, type ErrorCode, errorDetail } from "../errors.ts";
import { JOB_CLASSES, type JobClass } from "../job_classes.ts";
import { openLog } from "../log.ts";
import { openJetStream } from "./jetstream.ts";
import { CLASSES, EVENTS, READY, WORKERS } from "./jetstream_streams.ts";
import { openMemoryMessaging } from "./memory.ts";
import type { Messaging, OutboxMessage } from "./messaging.ts";

const never = new AbortController().signal;

function work(jobId: string, jobClass: JobClass | "" = ""): OutboxMessage {
  return { id: `${jobId}:work:1`, content: { kind: "work", message: create(WorkDescriptorSchema, { jobId, dispatch: 1, jobClass }) } };
}

function event(jobId: string, version: bigint): OutboxMessage {
  const job = create(JobSchema, { id: jobId, version });
  return { id: `${jobId}:event:${version}`, content: { kind: "event", message: create(JobEventSchema, { tenantId: "t", job }) } };
}

async function code(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "none",
    (error: DragomanError) => error.code,
  );
}

/** The promises of messaging, kept by every driver. */
function describeMessaging(
  name: string,
  open: (ackWaitMs: number) => Promise<Messaging>,
  leave: (messaging: Messaging) => PromiseLike<void>,
  comeBack: () => Promise<void>,
): void {
  describe(`${name} messaging`, () => {
    it("gives each invitation to one taker", async () => {
      await using messaging = await open(10_000);
      const takers = [messaging.nextInvitation(JOB_CLASSES, never), messaging.nextInvitation(JOB_CLASSES, never)];
      await messaging.publish([work("a")]);
      await messaging.publish([work("b")]);
      const taken = await Promise.all(takers);
      expect(taken.map((invitation) => invitation?.work.jobId).sort()).to.deep.equal(["a", "b"]);
      for (const invitation of taken) await invitation?.ack();
    });
    it("keeps an invitation until somebody takes it", async () => {
      await using messaging = await open(10_000);
      await messaging.publish([work("a")]);
      const taken = await messaging.nextInvitation(JOB_CLASSES, never);
      expect(taken?.work.jobId).to.equal("a");
      await taken?.ack();
    });
    it("brings each class of work to those who take it, and leaves the rest for others", async () => {
      await using messaging = await open(10_000);
      await messaging.publish([work("a", "pictures"), work("b", "large"), work("c")]);
      const take = async (...classes: JobClass[]) => {
        const taken = await messaging.nextInvitation(classes, AbortSignal.timeout(2000));
        await taken?.ack();
        return taken?.work.jobId;
      };
      expect([await take("large", "office"), await take("default")]).to.deep.equal(["b", "c"]);
      expect(await messaging.nextInvitation(["default", "large", "office"], AbortSignal.timeout(50))).to.equal(undefined);
      expect(await take("pictures")).to.equal("a");
    });
    it("keeps no more than was asked for of several classes", async () => {
      await using messaging = await open(10_000);
      const one = messaging.nextInvitation(JOB_CLASSES, never);
      await messaging.publish([work("a"), work("b", "office"), work("c", "large")]);
      const taken = [await one, ...(await Promise.all([1, 2].map(() => messaging.nextInvitation(JOB_CLASSES, AbortSignal.timeout(2000)))))];
      expect(taken.map((invitation) => invitation?.work.jobId).sort()).to.deep.equal(["a", "b", "c"]);
      for (const invitation of taken) await invitation?.ack();
    });
    it("delivers again what was not acked in time", async () => {
      await using messaging = await open(20);
      await messaging.publish([work("a")]);
      await messaging.nextInvitation(JOB_CLASSES, never);
      const again = await messaging.nextInvitation(JOB_CLASSES, AbortSignal.timeout(2000));
      expect(again?.work.jobId).to.equal("a");
      await again?.ack();
    });
    it("delivers at once what was given back", async () => {
      await using messaging = await open(10_000);
      await messaging.publish([work("a")]);
      (await messaging.nextInvitation(JOB_CLASSES, never))?.giveBack();
      const again = await messaging.nextInvitation(JOB_CLASSES, AbortSignal.timeout(5000));
      expect(again?.work.jobId).to.equal("a");
      expect(again?.deliveries).to.equal(2);
      await again?.ack();
    });
    it("brings what others give back to who takes it, however they stand in line", async () => {
      await using messaging = await open(10_000);
      const take = async (own: string) => {
        for (;;) {
          const invitation = await messaging.nextInvitation(JOB_CLASSES, AbortSignal.timeout(60_000));
          if (!invitation) throw new Error(`${own} never came`);
          if (invitation.work.jobId === own) return invitation.ack();
          invitation.giveBack();
        }
      };
      // Each stands where the other's invitation comes, and would stand there again each time.
      const takers = [take("b"), take("a")];
      await messaging.publish([work("a"), work("b")]);
      await Promise.all(takers);
    });
    it("lets the event loop turn before it delivers again what was given back", async () => {
      await using messaging = await open(10_000);
      await messaging.publish([work("a")]);
      const taken = await messaging.nextInvitation(JOB_CLASSES, never);
      let turned = false;
      setImmediate(() => {
        turned = true;
      });
      taken?.giveBack();
      await (await messaging.nextInvitation(JOB_CLASSES, never))?.ack();
      expect(turned).to.equal(true);
    });
    it("has one of those who make previews make each, and says when there is nobody", async () => {
      await using messaging = await open(10_000);
      const ask = (jobId: string, timeoutMs = 5_000) => messaging.askPreview(create(PreviewWorkSchema, { jobId }), timeoutMs);
      expect(await code(ask("a"))).to.equal("UNAVAILABLE");
      const asked: string[] = [];
      const answer = async ({ jobId }: PreviewWork) => {
        asked.push(jobId);
        if (jobId === "slow") await sleep(500);
        return create(PreviewMadeSchema, { error: errorDetail("STORAGE_FULL", jobId) });
      };
      {
        using _one = await messaging.answerPreviews(answer);
        using _other = await messaging.answerPreviews(answer);
        expect((await ask("b")).error?.message).to.equal("b");
        expect(await code(ask("slow", 50))).to.equal("UNAVAILABLE");
      }
      expect(await code(ask("c"))).to.equal("UNAVAILABLE");
      expect(asked).to.deep.equal(["b", "slow"]);
    });
    it("has one of those who write results again do it, and says when there is nobody", async () => {
      await using messaging = await open(10_000);
      const ask = (jobId: string) => messaging.askRevision(create(RevisionWorkSchema, { jobId }));
      expect(await code(ask("a"))).to.equal("UNAVAILABLE");
      let asked = 0;
      const answer = async ({ jobId }: RevisionWork) => {
        asked += 1;
        await sleep(50);
        return create(RevisionMadeSchema, { error: errorDetail("STORAGE_FULL", jobId) });
      };
      {
        using _one = await messaging.answerRevisions(answer, { office: true });
        using _other = await messaging.answerRevisions(answer, { office: false });
        const made = await Promise.all(["b", "c"].map(ask));
        expect(made.map(({ error }) => error?.message)).to.deep.equal(["b", "c"]);
      }
      expect(await code(ask("d"))).to.equal("UNAVAILABLE");
      expect(asked).to.equal(2);
    });
    it("has who has LibreOffice write what needs it, and anybody where nobody has", async () => {
      await using messaging = await open(10_000);
      const saying = (code: ErrorCode) => async () => create(RevisionMadeSchema, { error: errorDetail(code, "") });
      const asked = async () =>
        (await Promise.all([1, 2, 3, 4].map(() => messaging.askRevision(create(RevisionWorkSchema, { needsOffice: true }))))).map(
          ({ error }) => error?.code,
        );
      using _without = await messaging.answerRevisions(saying("NO_RESULT"), { office: false });
      expect(await asked()).to.deep.equal(new Array(4).fill("NO_RESULT"));
      using _with = await messaging.answerRevisions(saying("STORAGE_FULL"), { office: true });
      expect(await asked()).to.deep.equal(new Array(4).fill("STORAGE_FULL"));
    });
    it("drops a message that was published before", async () => {
      await using messaging = await open(10_000);
      await messaging.publish([work("a")]);
      await messaging.publish([work("a")]);
      await (await messaging.nextInvitation(JOB_CLASSES, never))?.ack();
      expect(await messaging.nextInvitation(JOB_CLASSES, AbortSignal.timeout(30))).to.equal(undefined);
    });
    it("ends the wait when told to, and loses nothing by it", async () => {
      await using messaging = await open(10_000);
      expect(await messaging.nextInvitation(JOB_CLASSES, AbortSignal.timeout(10))).to.equal(undefined);
      await messaging.publish([work("a")]);
      expect((await messaging.nextInvitation(JOB_CLASSES, never))?.work.jobId).to.equal("a");
    });
    it("tells every subscriber of a cancel, and nobody who left", async () => {
      await using messaging = await open(10_000);
      const heard: string[] = [];
      using _one = await messaging.subscribe({ cancels: () => heard.push("one") });
      (await messaging.subscribe({ cancels: () => heard.push("left") }))[Symbol.dispose]();
      using _two = await messaging.subscribe({ cancels: () => heard.push("two") });
      const content = { kind: "cancel", message: create(CancelSignalSchema, { jobId: "a" }) } as const;
      await messaging.publish([{ id: "a:cancel:1", content }]);
      await eventually(async () => heard.length >= 2);
      expect(heard.sort()).to.deep.equal(["one", "two"]);
    });
    it("says in each method that it is away, or waits, as the port has it", async () => {
      await using messaging = await open(10_000);
      await leave(messaging);
      const codes = [await code(messaging.check()), await code(messaging.publish([work("a"), event("a", 1n)]))];
      const invitation = await messaging.nextInvitation(JOB_CLASSES, AbortSignal.timeout(50));
      await comeBack();
      expect([...codes, invitation]).to.deep.equal(["UNAVAILABLE", "UNAVAILABLE", undefined]);
      await messaging[Symbol.asyncDispose]();
      const once = { cancels: () => undefined };
      const closed = [
        await code(messaging.check()),
        await code(messaging.publish([event("a", 1n)])),
        await code(messaging.subscribe(once)),
      ];
      expect(closed, "once it is closed").to.deep.equal(["UNAVAILABLE", "UNAVAILABLE", "UNAVAILABLE"]);
    });
    it("says that there is an event of a tenant's, and none of another's", async () => {
      await using messaging = await open(10_000);
      let changes = 0;
      const none = () => expect.fail("of another tenant");
      const subscriptions = [
        await messaging.subscribe({ tenantId: "t", changed: () => changes++ }),
        await messaging.subscribe({ tenantId: "u", changed: none }),
      ];
      await messaging.publish([event("a", 1n), event("b", 1n)]);
      await eventually(async () => changes === 2);
      for (const subscription of subscriptions) subscription[Symbol.dispose]();
      await messaging.publish([event("a", 2n)]);
      await messaging.check();
      expect(changes).to.equal(2);
    });
    it("keeps a job's events in order, and apart from another's", async () => {
      await using messaging = await open(10_000);
      const heard: bigint[] = [];
      using _ = await messaging.subscribe({ jobId: "a", events: ({ job }) => heard.push((job as Job).version) });
      await messaging.publish([event("a", 1n), event("b", 1n), event("a", 2n)]);
      await messaging.publish([event("b", 2n), event("a", 3n)]);
      await eventually(async () => heard.length >= 3);
      expect(heard).to.deep.equal([1n, 2n, 3n]);
    });
  });
}

describeMessaging(
  "in-process",
  async (ackWaitMs) => openMemoryMessaging(ackWaitMs),
  // It is away only when it is closed.
  (messaging) => messaging[Symbol.asyncDispose](),
  async () => undefined,
);

describe("on a NATS server", () => {
  const log = openLog("test", process.env["TEST_LOGS"] ? "info" : "silent");
  let server: NatsServer;
  before(async () => {
    server = await startNats();
  });
  after(() => server[Symbol.asyncDispose]());

  async function empty(): Promise<void> {
    const connection = await connect({ servers: server.url });
    const jsm = await connection.jetstreamManager();
    for (const stream of [READY, CLASSES, EVENTS]) await jsm.streams.delete(stream).catch(() => undefined);
    await connection.close();
  }
  beforeEach(empty);

  /** How many ask for an invitation now. */
  async function requests(): Promise<number> {
    const connection = await connect({ servers: server.url });
    const { num_waiting } = await (await connection.jetstreamManager()).consumers.info(READY, WORKERS);
    await connection.close();
    return num_waiting;
  }

  describeMessaging(
    "JetStream",
    (ackWaitMs) => openJetStream(server.url, log, { ackWaitMs }),
    () => server.stop(),
    () => server.start(),
  );

  it("says that the queue is full, and takes the rest", async () => {
    await using messaging = await openJetStream(server.url, log, { maxReady: 2 });
    const heard: bigint[] = [];
    using _ = await messaging.subscribe({ jobId: "a", events: ({ job }) => heard.push(job?.version ?? 0n) });
    expect(await messaging.publish([work("a"), work("b")])).to.deep.equal({ full: false });
    expect(await messaging.publish([work("c"), event("a", 1n)])).to.deep.equal({ full: true });
    await eventually(async () => heard.length === 1);
    await (await messaging.nextInvitation(JOB_CLASSES, never))?.ack();
    await eventually(async () => !(await messaging.publish([work("c")])).full);
  });

  it("writes nothing to the console when it is closed while the server is silent", async () => {
    await using relay = await openRelay(server.port);
    const { error } = console;
    const written: unknown[] = [];
    console.error = (...words: unknown[]) => void written.push(words);
    try {
      const messaging = await openJetStream(`nats://${relay.address}`, log, { pullMs: 1000 });
      const abort = new AbortController();
      const waiting = messaging.nextInvitation(JOB_CLASSES, abort.signal);
      await eventually(async () => (await requests()) > 0);
      relay.blackHole();
      // The library misses two heartbeats, each of half the request's time, and asks whether its consumer is there.
      await sleep(2000);
      abort.abort();
      await waiting;
      await messaging[Symbol.asyncDispose]();
      await sleep(500);
      expect(written).to.deep.equal([]);
    } finally {
      console.error = error;
    }
  });

  it("leaves out an event that the server would never take, and publishes those before and behind it", async () => {
    await using messaging = await openJetStream(server.url, log);
    const heard: bigint[] = [];
    using _ = await messaging.subscribe({ jobId: "a", events: ({ job }) => heard.push(job?.version ?? 0n) });
    const job = create(JobSchema, { id: "a", version: 2n, fileName: "x".repeat(1_100_000) });
    const large: OutboxMessage = { id: "a:event:2", content: { kind: "event", message: create(JobEventSchema, { tenantId: "t", job }) } };
    expect(await messaging.publish([event("a", 1n), large])).to.deep.equal({ full: false });
    await messaging.publish([event("a", 3n)]);
    await eventually(async () => heard.includes(3n));
    expect(heard).to.deep.equal([1n, 3n]);
  });

  it("gives each invitation once to takers in several processes", async () => {
    await using one = await openJetStream(server.url, log);
    await using other = await openJetStream(server.url, log);
    const jobs = Array.from({ length: 20 }, (_, index) => `job${index}`);
    const takers = jobs.map((_, index) => (index % 2 === 0 ? one : other).nextInvitation(JOB_CLASSES, never));
    await Promise.all([one.publish(jobs.map((id) => work(id))), other.publish(jobs.map((id) => work(id)))]);
    const taken = await Promise.all(takers);
    expect(taken.map((invitation) => invitation?.work.jobId).sort()).to.deep.equal(jobs.sort());
  });

  it("goes on after a restart of the server, and after one that lost its data", async () => {
    await using messaging = await openJetStream(server.url, log);
    const heard: bigint[] = [];
    using _ = await messaging.subscribe({ jobId: "a", events: ({ job }) => heard.push(job?.version ?? 0n) });
    const taken = messaging.nextInvitation(JOB_CLASSES, never);
    for (const [version, wiped] of [
      [1n, undefined],
      [2n, "wiped"],
    ] as const) {
      await server.stop();
      await server.start(wiped);
      await eventually(
        () =>
          messaging.publish([event("a", version)]).then(
            () => true,
            () => false,
          ),
        30_000,
      );
      await eventually(async () => heard.includes(version));
    }
    await messaging.publish([work("a")]);
    expect((await taken)?.work.jobId).to.equal("a");
  });
});
