import { writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { Stage } from "../gen/dragoman/v1/job_pb.ts";
import { openChaos } from "../test/chaos/chaos.ts";
import { allEnded } from "../test/chaos/invariants.ts";
import { startOtlpReceiver } from "../test/servers/otlp.ts";
import { startCluster } from "../test/support/cluster.ts";
import { exampleScan } from "../test/support/documents.ts";
import { asSvg, asText, rowsOf } from "./waterfall.ts";

const PICTURE = process.argv[2] ?? "docs/trace.svg";
/** What the exporters' last batches take. */
const FLUSH_MS = 2_000;

/** One document over separate processes on real servers, its worker killed in OCR; then its trace, drawn. */
await using receiver = await startOtlpReceiver();
console.log("starting Redis, NATS, an S3 server, two orchestrators, two workers and a gateway");
const env = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_BSP_SCHEDULE_DELAY: "200" };
await using chaos = await openChaos(await startCluster({ env }));
const id = await chaos.create(await exampleScan());
await chaos.history.reached(id, Stage.OCR_PROCESSING);
await sleep(1_000);
const worker = await chaos.workerOf(id);
await worker.stop("SIGKILL");
console.log("killed the worker in OCR");
await worker.start();
const [record] = await allEnded(chaos.cluster, [id]);
await sleep(FLUSH_MS);
const traceId = record?.job.traceId ?? "";
const rows = rowsOf(receiver.spans.filter((span) => span.traceId === traceId));
console.log(`\ntrace ${traceId}: ${rows.length} spans\n${asText(rows)}`);
await writeFile(PICTURE, asSvg(rows, "One job, its worker killed in OCR"));
console.log(`\nthe same as a picture: ${PICTURE}`);
