// How much of Redis' memory a stored job takes, indexes and usage included: `npm run bench:stored -- JOBS`.
import { create } from "@bufbuild/protobuf";
import { Redis } from "ioredis";
import { ArtefactSchema, JobOptionsSchema, LedgerSchema, ResultFormat, Stage } from "../gen/dragoman/v1/job_pb.ts";
import { newJob } from "../orchestrator/jobs/change.ts";
import { newId } from "../orchestrator/jobs/id.ts";
import { JobMetrics } from "../orchestrator/metrics.ts";
import { JobWriter } from "../orchestrator/scheduling/job_writer.ts";
import { openRedisStore } from "../orchestrator/store/redis.ts";
import { openLog } from "../platform/log.ts";
import { startRedis } from "../test/servers/redis.ts";

const JOBS = Number(process.argv[2] ?? 2_000);
const AT_ONCE = 50;
const log = openLog("bench", "silent");

await using server = await startRedis("--appendfsync", "everysec");
await using store = await openRedisStore(server.url, log);
const redis = new Redis(server.url);
const jobs = new JobWriter({ store, log, metrics: new JobMetrics(false), retentionMs: 0 });

/** A job of three pages with two labels, through its whole life, with a result of four files. */
async function live(index: number): Promise<void> {
  const id = newId("bench");
  const labels = { team: "sales", order: String(index % 400) };
  const given = {
    ...{ id, tenantId: "bench", keyId: "0123456789abcdef", inputKey: `tenants/bench/uploads/${id}`, inputSha256: "a".repeat(64) },
    ...{ fileName: "a letter.pdf", sizeBytes: 1e6, traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`, traceUrl: "" },
    options: create(JobOptionsSchema, { sourceLanguage: "en", targetLanguage: "es", labels }),
  };
  await jobs.create(newJob(given, store.clock.now()), {});
  await jobs.apply(id, { kind: "invite" });
  await jobs.apply(id, { kind: "claim", workerId: "worker-1", deliveryAttempt: 1, invitationTraceparent: "" });
  const progress = { percent: 10, pagesDone: 1, pagesTotal: 3, longestSpans: [] };
  for (const stage of [Stage.CONVERTING, Stage.TRANSLATING, Stage.EXPORTING])
    await jobs.apply(id, { kind: "heartbeat", attempt: 1, stage, ...progress });
  const engines = [{ name: "apertium", segments: 40, requests: 4 }];
  const ledger = create(LedgerSchema, { pagesIn: 3, pagesOut: 3, segmentsTotal: 40, segmentsTranslated: 40, characters: 3000n, engines });
  const formats = [ResultFormat.PDF, ResultFormat.MARKDOWN, ResultFormat.TEXT, ResultFormat.JSON];
  const artefacts = formats.map((format) =>
    create(ArtefactSchema, { format, mediaType: "application/pdf", sizeBytes: 1000n, sha256: "c".repeat(64), fileName: "a letter.es.pdf" }),
  );
  await jobs.apply(id, { kind: "complete", attempt: 1, ledger, artefacts, longestSpans: [] });
}

async function usedBytes(): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.info("memory"))?.[1]);
}

const before = await usedBytes();
for (let first = 0; first < JOBS; first += AT_ONCE)
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, JOBS - first) }, (_, index) => live(first + index)));
await store.relay(async () => undefined);
console.log(`${JOBS} jobs, ${Math.round(((await usedBytes()) - before) / JOBS)} bytes of memory a job`);
redis.disconnect();
