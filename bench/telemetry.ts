import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { openDriver, startBench } from "./driver.ts";

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
const measured = new Map<string, number[]>();
for (const driver of drivers.values()) await driver.measure();
for (let round = 0; round < ROUNDS; round++)
  for (const [name, driver] of drivers) measured.set(name, [...(measured.get(name) ?? []), (await driver.measure()).perSecond]);
const middle = (values: number[]) => [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
const off = measured.get("off") ?? [];
for (const [name, rates] of measured) {
  const ratio = middle(rates.map((rate, round) => rate / (off[round] ?? 0)));
  const each = rates.map((rate) => rate.toFixed(0)).join(" ");
  console.log(`${name.padEnd(14)} ${middle(rates).toFixed(0).padStart(5)} jobs/s (${each})  ${ratio.toFixed(2)} × off of the same round`);
}
console.log(`the receiver got ${(received / 1024 ** 2).toFixed(1)} MiB of traces`);
sink.close();
