import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { compareInTurns, openDriver, startBench } from "./driver.ts";

const JOBS = Number(process.argv[2] ?? 1500);
const ROUNDS = 9;

/** Takes what is sent and forgets it: a collector's work is not ours. */
let received = 0;
const sink = createServer((request, response) => {
  request.on("data", ({ length }: Buffer) => (received += length));
  request.on("end", () => response.writeHead(200, { "content-type": "application/x-protobuf" }).end());
});
await new Promise<void>((resolve) => sink.listen(0, "127.0.0.1", resolve));
const OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`;
const sampled = (ratio: number) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT,
  OTEL_METRICS_EXPORTER: "none",
  OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
  OTEL_TRACES_SAMPLER_ARG: String(ratio),
});
const WAYS: Readonly<Record<string, Record<string, string>>> = {
  off: {},
  // How far two of the same are apart.
  "off, again": {},
  "10 % sampled": sampled(0.1),
  "100 % sampled": sampled(1),
};

/** Dispatch throughput with tracing off, of a tenth and of all, in turns, so that what else the machine does meets each alike. */
await using stack = new AsyncDisposableStack();
const drivers = new Map<string, Awaited<ReturnType<typeof openDriver>>>();
for (const [name, env] of Object.entries(WAYS)) {
  const { cluster } = stack.use(await startBench(env));
  drivers.set(name, stack.use(await openDriver(cluster, JOBS)));
}
await compareInTurns(drivers, ROUNDS);
console.log(`the receiver got ${(received / 1024 ** 2).toFixed(1)} MiB of traces`);
sink.close();
