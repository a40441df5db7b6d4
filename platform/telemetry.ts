import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { metrics } from "@opentelemetry/api";
import { letParentsDecide, takePresetSpanId } from "./trace.ts";

const SHUTDOWN_MS = 5_000;
const ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";

/**
 * OpenTelemetry for this process, by the standard OTEL_* variables alone. An OTLP endpoint switches traces and metrics
 * on, OTEL_TRACES_EXPORTER and OTEL_METRICS_EXPORTER each what they name; with none of them not even the SDK is loaded.
 * To be called before anything that counts is made. Closing it sends what is left.
 */
export async function startTelemetry(component: string, env: NodeJS.ProcessEnv = process.env): Promise<AsyncDisposable> {
  // What is not asked for would go to localhost by the specification's defaults.
  const traces = exporter(env, "TRACES");
  const measurements = exporter(env, "METRICS");
  if ((traces === "none" && measurements === "none") || env["OTEL_SDK_DISABLED"] === "true")
    return { [Symbol.asyncDispose]: async () => undefined };
  env["OTEL_TRACES_EXPORTER"] = traces;
  env["OTEL_METRICS_EXPORTER"] = measurements;
  env["OTEL_LOGS_EXPORTER"] ??= "none";
  const { NodeSDK } = await import("@opentelemetry/sdk-node");
  const instrumentations =
    measurements === "none" ? [] : [new (await import("@opentelemetry/instrumentation-runtime-node")).RuntimeNodeInstrumentation()];
  const sdk = new NodeSDK({
    instrumentations,
    serviceName: env["OTEL_SERVICE_NAME"] || `dragoman-${component}`,
    idGenerator: {
      generateTraceId: () => randomBytes(16).toString("hex"),
      generateSpanId: () => takePresetSpanId() ?? randomBytes(8).toString("hex"),
    },
  });
  sdk.start();
  if ((env["OTEL_TRACES_SAMPLER"] || "parentbased").startsWith("parentbased")) letParentsDecide();
  observeMemory();
  return {
    async [Symbol.asyncDispose]() {
      await Promise.race([sdk.shutdown().catch(() => undefined), sleep(SHUTDOWN_MS, undefined, { ref: false })]);
    },
  };
}

/** What the kernel counts against a container's limit; the instrumentation of the runtime tells of V8's heap alone. */
function observeMemory(): void {
  const options = { unit: "By", description: "Resident memory of the process." };
  const memory = metrics.getMeter("dragoman").createObservableGauge("dragoman.process.memory", options);
  memory.addCallback((result) => result.observe(process.memoryUsage.rss()));
}

function exporter(env: NodeJS.ProcessEnv, signal: "TRACES" | "METRICS"): string {
  return env[`OTEL_${signal}_EXPORTER`] || (env[ENDPOINT] || env[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`] ? "otlp" : "none");
}
