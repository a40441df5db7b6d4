import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { observeRuntime } from "./runtime_metrics.ts";
import { takePresetSpanId } from "./trace.ts";

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
  const metrics = exporter(env, "METRICS");
  if ((traces === "none" && metrics === "none") || env["OTEL_SDK_DISABLED"] === "true")
    return { [Symbol.asyncDispose]: async () => undefined };
  env["OTEL_TRACES_EXPORTER"] = traces;
  env["OTEL_METRICS_EXPORTER"] = metrics;
  env["OTEL_LOGS_EXPORTER"] ??= "none";
  const { NodeSDK } = await import("@opentelemetry/sdk-node");
  const sdk = new NodeSDK({
    serviceName: env["OTEL_SERVICE_NAME"] || `dragoman-${component}`,
    idGenerator: {
      generateTraceId: () => randomBytes(16).toString("hex"),
      generateSpanId: () => takePresetSpanId() ?? randomBytes(8).toString("hex"),
    },
  });
  sdk.start();
  observeRuntime();
  return {
    async [Symbol.asyncDispose]() {
      await Promise.race([sdk.shutdown().catch(() => undefined), sleep(SHUTDOWN_MS, undefined, { ref: false })]);
    },
  };
}

function exporter(env: NodeJS.ProcessEnv, signal: "TRACES" | "METRICS"): string {
  return env[`OTEL_${signal}_EXPORTER`] || (env[ENDPOINT] || env[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`] ? "otlp" : "none");
}
