import { timestampMs } from "@bufbuild/protobuf/wkt";
import { expect } from "chai";
import { type Job, JobState, Stage } from "../gen/dragoman/v1/job_pb.ts";
import { stageName, stateName } from "../platform/names.ts";
import { type Chaos, openChaos } from "./chaos/chaos.ts";
import { allEnded } from "./chaos/invariants.ts";
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from "./servers/otlp.ts";
import { startCluster } from "./support/cluster.ts";
import { smallScan } from "./support/documents.ts";
import { eventually } from "./support/service.ts";

const STAGES = ["DOWNLOADING", "CONVERTING", "OCR_PROCESSING", "TRANSLATING", "EXPORTING", "UPLOADING"];
const SENTENCE = "The lighthouse keeper counted seventeen herons.";

describe("a job's trace", () => {
  let receiver: OtlpReceiver;
  let chaos: Chaos;
  before(async () => {
    receiver = await startOtlpReceiver();
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_BSP_SCHEDULE_DELAY: "200",
      DRAGOMAN_TRACE_UI: "http://jaeger.example:16686",
    };
    chaos = await openChaos(await startCluster({ env }));
  });
  after(async () => {
    await chaos[Symbol.asyncDispose]();
    await receiver[Symbol.asyncDispose]();
  });

  /** The whole trace of a job that has ended: until it has come, and holds together. */
  async function traceOf(job: Job): Promise<ReceivedSpan[]> {
    const spans = () => receiver.spans.filter(({ traceId }) => traceId === job.traceId);
    const whole = () => {
      const ids = new Set(spans().map(({ spanId }) => spanId));
      const ended = spans().some(({ name, attributes }) => name === "attempt" && attributes["outcome"] === "SUCCEEDED");
      const uploaded = spans().some(({ name, attributes }) => name === "UPLOADING" && attributes["attempt"] === job.attempt);
      return ended && uploaded && spans().every(({ parentSpanId }) => parentSpanId === "" || ids.has(parentSpanId));
    };
    await eventually(async () => whole(), 10_000).catch(() => undefined);
    return spans();
  }

  async function ended(id: string): Promise<Job> {
    const [record] = await allEnded(chaos.cluster, [id]);
    return (record as NonNullable<typeof record>).job;
  }

  function expectOneTree(spans: readonly ReceivedSpan[]): void {
    const ids = new Map(spans.map((span) => [span.spanId, span]));
    const orphans = spans.filter(({ parentSpanId }) => parentSpanId !== "" && !ids.has(parentSpanId));
    expect(
      orphans.map(({ name }) => name),
      "spans without their parent",
    ).to.deep.equal([]);
    expect(spans.filter(({ parentSpanId }) => parentSpanId === "").map(({ name }) => name)).to.deep.equal([
      "POST /dragoman.v1.JobService/CreateJob",
    ]);
    expect(ids.size, "two spans of one id").to.equal(spans.length);
  }

  const periods = (spans: readonly ReceivedSpan[]) => spans.filter(({ name }) => /^(attempt|wait [A-Z_]+)$/.test(name));

  describe("of one whose worker was killed in OCR", () => {
    let job: Job;
    let spans: ReceivedSpan[];
    before(async () => {
      const id = await chaos.create(smallScan(SENTENCE));
      await chaos.history.reached(id, Stage.OCR_PROCESSING);
      const worker = await chaos.workerOf(id);
      await worker.stop("SIGKILL");
      await worker.start();
      job = await ended(id);
      spans = await traceOf(job);
    });

    it("is one tree, whose root is the client's request", () => {
      expect(job.state).to.equal(JobState.SUCCEEDED);
      expectOneTree(spans);
    });
    it("has both attempts, each with its worker and its end", () => {
      const attempts = spans.filter(({ name }) => name === "attempt").sort((one, other) => one.startMs - other.startMs);
      expect(attempts.map(({ attributes }) => attributes["attempt"])).to.deep.equal([1, 2]);
      expect(attempts.map(({ attributes }) => attributes["outcome"])).to.deep.equal(["RETRY_WAIT", "SUCCEEDED"]);
      expect(attempts.map(({ attributes }) => attributes["error.type"])).to.deep.equal(["WORKER_LOST", undefined]);
      expect(attempts.map(({ failed }) => failed)).to.deep.equal([true, false]);
      for (const { attributes } of attempts) expect(attributes["worker.id"]).to.match(/-\d+-/);
    });
    it("links each attempt to the message that brought it", () => {
      const published = new Set(spans.filter(({ name }) => name === "publish jobs.ready").map(({ spanId }) => spanId));
      for (const { links } of spans.filter(({ name }) => name === "attempt")) {
        expect(links).to.have.length(1);
        expect(published).to.include(links[0]);
      }
    });
    it("has every stage of the second attempt, and what took its time in each", () => {
      const second = spans.find(({ name, attributes }) => name === "attempt" && attributes["attempt"] === 2);
      const stages = spans.filter(({ parentSpanId }) => parentSpanId === second?.spanId);
      expect(stages.map(({ name }) => name).sort()).to.deep.equal([...STAGES].sort());
      const within = (stage: string) => {
        const { spanId } = stages.find(({ name }) => name === stage) as ReceivedSpan;
        return spans.filter(({ parentSpanId }) => parentSpanId === spanId).map(({ name }) => name);
      };
      expect(within("DOWNLOADING")).to.include.members(["fetch input", "wait for a slot", "start engine"]);
      expect(within("OCR_PROCESSING")).to.include("read page");
      expect(within("TRANSLATING")).to.include("translate page");
      expect(within("EXPORTING")).to.include.members(["write page in place", "write document"]);
      expect(within("UPLOADING")).to.include("upload PDF");
      expect(spans.find(({ name }) => name === "read page")?.attributes["page"]).to.equal(1);
    });
    it("accounts for the job's whole life by its waits and attempts", () => {
      const lifeMs =
        timestampMs(job.endTime as NonNullable<Job["endTime"]>) - timestampMs(job.createTime as NonNullable<Job["createTime"]>);
      const sumMs = periods(spans).reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
      expect(sumMs / lifeMs).to.be.within(0.95, 1.05);
    });
    it("goes through every component", () => {
      expect(new Set(spans.map(({ service }) => service))).to.deep.equal(
        new Set(["dragoman-gateway", "dragoman-orchestrator", "dragoman-worker"]),
      );
      expect(spans.map(({ name }) => name)).to.include.members([
        "dragoman.v1.JobService/CreateJob",
        "commit create",
        "process jobs.ready",
        "publish jobs.events",
      ]);
    });
    it("says which job, tenant and attempt, and never what the document holds", async () => {
      for (const { name, attributes } of spans.filter((span) => span.attributes["attempt"] !== undefined))
        expect([attributes["job.id"], attributes["tenant"]], name).to.deep.equal([job.id, "t"]);
      const { cluster } = chaos;
      const components = [cluster.gateway, ...cluster.orchestrators, ...cluster.workers];
      const everything = [receiver.raw(), ...(await Promise.all(components.map((component) => component.logged())))].join("\n");
      expect(everything).to.include(job.id);
      for (const secret of ["lighthouse", "garza", job.fileName, cluster.authorization.slice("Bearer ".length), "a secret for tests"])
        expect(everything.includes(secret), secret).to.equal(false);
    });
    it("has a line in the logs for each change of state or stage, and no more", async () => {
      const logs = await Promise.all(chaos.cluster.orchestrators.map((orchestrator) => orchestrator.logged()));
      const lines = logs
        .flatMap((log) => log.split("\n").filter((line) => line.startsWith("{")))
        .map((line) => JSON.parse(line) as Record<string, string | number>)
        .filter(({ jobId, msg }) => jobId === job.id && msg === "job changed")
        .sort((one, other) => Number(one["time"]) - Number(other["time"]));
      const told = lines.map(({ state, stage, attempt }) => `${state} ${stage} ${attempt}`);
      const changes = job.timeline.map(({ state, stage, attempt }) => `${stateName(state)} ${stageName(stage)} ${attempt}`);
      expect(told).to.deep.equal(changes.filter((change, index) => change !== changes[index - 1]));
      expect(lines.every(({ traceId, component }) => traceId === job.traceId && component === "orchestrator")).to.equal(true);
    });
    it("is named by the job, with its page where traces are looked at", () => {
      expect(job.traceUrl).to.equal(`http://jaeger.example:16686/trace/${job.traceId}`);
      expect(job.longestSpans.map(({ stage }) => stage)).to.deep.equal([1, 2, 3, 4, 5, 6]);
    });
  });

  it("goes on over a restart of every orchestrator", async () => {
    const id = await chaos.create(smallScan(SENTENCE));
    await chaos.history.reached(id, Stage.OCR_PROCESSING);
    for (const orchestrator of chaos.cluster.orchestrators) {
      await orchestrator.stop("SIGTERM");
      await orchestrator.start();
    }
    const job = await ended(id);
    const spans = await traceOf(job);
    expectOneTree(spans);
    expect(
      periods(spans)
        .map(({ name }) => name)
        .sort(),
    ).to.deep.equal(["attempt", "wait QUEUED"]);
  });

  it("is the caller's own, where it sent one", async () => {
    const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    const { url, authorization } = chaos.cluster;
    const answer = await fetch(`${url}/jobs/none`, { headers: { authorization, traceparent: `00-${traceId}-00f067aa0ba902b7-01` } });
    expect([answer.status, answer.headers.get("x-trace-id")]).to.deep.equal([404, traceId]);
    expect((await answer.json()) as { traceId: string }).to.include({ traceId });
    await eventually(async () => receiver.spans.some((span) => span.traceId === traceId && span.parentSpanId === "00f067aa0ba902b7"));
  });
});
