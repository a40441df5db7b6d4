import { create } from "@bufbuild/protobuf";
import { LedgerSchema, Stage } from "../gen/dragoman/v1/job_pb.ts";
import { openFileArtefacts } from "../platform/artefacts/files.ts";
import { openLog } from "../platform/log.ts";
import { openJetStream } from "../platform/messaging/jetstream.ts";
import { startTelemetry } from "../platform/telemetry.ts";
import { serving } from "../test/support/serving.ts";
import type { RunAttempt } from "../worker/attempt.ts";
import { DragomanWorker } from "../worker/worker.ts";

/** A real worker whose documents take no time: one heartbeat, and done. */
const run: RunAttempt = async (_grant, _parts, onProgress) => {
  onProgress({ stage: Stage.CONVERTING, percent: 50, pagesDone: 0, pagesTotal: 1, memoryBytes: 0, longestSpans: [] });
  return { ledger: create(LedgerSchema, { pagesIn: 1, pagesOut: 1 }), artefacts: [], longestSpans: [] };
};

const [nats = "", orchestrator = "", apiKey = "", scratch = ""] = process.argv.slice(2);
await using _telemetry = await startTelemetry("worker");
const log = openLog("worker", "warn");
await using messaging = await openJetStream(nats, log);
await using worker = new DragomanWorker({
  orchestrator,
  apiKey,
  slots: 50,
  prefetch: 0,
  translators: serving(async () => [{ source: "en", target: "es" }]),
  messaging,
  run,
  artefacts: await openFileArtefacts(scratch),
  scratch,
  limits: { memoryBytes: 1e9, runMs: 60_000, silenceMs: 60_000, stepCpuMs: 60_000 },
  graceMs: 0,
  log,
});
await worker.start();
console.log("ready");
await new Promise((resolve) => process.once("SIGTERM", resolve));
