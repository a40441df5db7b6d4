import { readFileSync } from "node:fs";
import path from "node:path";
import { createSecureContext } from "node:tls";
import type { Tls } from "../gateway/gateway.ts";
import { UsageError } from "../platform/usage_error.ts";
import type { DriverUrls } from "./drivers.ts";

export interface OrchestratorConfig {
  readonly host: string;
  readonly port: number;
  /** Signs upload URLs; every orchestrator and gateway holds the same. */
  readonly uploadSecret: string;
  /** Jaeger's origin, for links to traces; empty for none. */
  readonly traceUi: string;
  /** Whether metrics carry tenants' names. */
  readonly measureTenants: boolean;
  /** How long jobs are kept after their end, in milliseconds; 0 for ever. */
  readonly retentionMs: number;
}

export interface WorkerConfig {
  /** `host:port` of an orchestrator, or of several by IP address after commas. */
  readonly orchestrator: string;
  readonly apiKey: string;
  readonly slots: number;
  readonly memoryBytes: number;
  /** Whether it refuses to start without every layer of the sandbox. */
  readonly requireSandbox: boolean;
  /** Processor time that a document may take without any progress. */
  readonly stepCpuMs: number;
  /** How long a worker that is told to stop goes on with what it has. */
  readonly graceMs: number;
}

/** How a gateway meets its clients. */
export interface EdgeConfig {
  readonly host: string;
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly corsOrigins: readonly string[];
  readonly tls: Tls | undefined;
}

export interface GatewayConfig extends EdgeConfig {
  readonly orchestrator: string;
  readonly uploadSecret: string;
}

/** What every component takes from the environment. Each reader throws with the variable's name and what it takes. */
export interface CommonConfig {
  readonly dataDirectory: string;
  readonly drivers: DriverUrls;
  /** Where health is told over HTTP; undefined for nowhere. */
  readonly health: { readonly host: string; readonly port: number } | undefined;
}

type Env = NodeJS.ProcessEnv;

export function readCommon(env: Env): CommonConfig {
  const dataDirectory = path.resolve(env["DRAGOMAN_DATA"] || "data");
  if ((env["DRAGOMAN_TRANSLATOR"] || "apertium:") !== "apertium:") throw new UsageError("DRAGOMAN_TRANSLATOR takes apertium:.");
  return {
    dataDirectory,
    health: env["DRAGOMAN_HEALTH_PORT"] ? { host: host(env), port: integer(env, "DRAGOMAN_HEALTH_PORT", 0, 0, 65_535) } : undefined,
    drivers: {
      store: env["DRAGOMAN_STORE"] || `sqlite:${path.join(dataDirectory, "jobs.db")}`,
      messaging: env["DRAGOMAN_MESSAGING"] || "memory:",
      artefacts: env["DRAGOMAN_ARTEFACTS"] || `file:${path.join(dataDirectory, "artefacts")}`,
    },
  };
}

export function readOrchestrator(env: Env): OrchestratorConfig {
  return { host: host(env), port: integer(env, "DRAGOMAN_PORT", 9090, 0, 65_535), uploadSecret: uploadSecret(env), ...readJobPolicy(env) };
}

export function readJobPolicy(env: Env): Pick<OrchestratorConfig, "traceUi" | "measureTenants" | "retentionMs"> {
  const traceUi = env["DRAGOMAN_TRACE_UI"] ?? "";
  if (traceUi && !/^https?:$/.test(URL.parse(traceUi)?.protocol ?? ""))
    throw new UsageError("DRAGOMAN_TRACE_UI takes http(s)://HOST:PORT.");
  return {
    traceUi: traceUi.replace(/\/$/, ""),
    measureTenants: env["DRAGOMAN_METRICS_TENANTS"] === "true",
    retentionMs: integer(env, "DRAGOMAN_RETENTION_HOURS", 0, 0, 87_600) * 3600_000,
  };
}

export function readWorker(env: Env): WorkerConfig {
  return {
    orchestrator: orchestrator(env),
    apiKey: required(env, "DRAGOMAN_WORKER_KEY", "a worker's key, as `dragoman keys create --role worker` makes it"),
    ...readSlots(env),
    graceMs: integer(env, "DRAGOMAN_GRACE_SECONDS", 20, 0, 3600) * 1000,
  };
}

export function readGateway(env: Env): GatewayConfig {
  return { ...readEdge(env), orchestrator: orchestrator(env), uploadSecret: uploadSecret(env) };
}

export function readSlots(env: Env): Pick<WorkerConfig, "slots" | "memoryBytes" | "stepCpuMs" | "requireSandbox"> {
  return {
    slots: integer(env, "DRAGOMAN_SLOTS", 1, 1, 64),
    requireSandbox: requireSandbox(env),
    memoryBytes: integer(env, "DRAGOMAN_JOB_MEMORY_MB", 3072, 256, 1_048_576) * 1024 * 1024,
    stepCpuMs: integer(env, "DRAGOMAN_STEP_SECONDS", 300, 1, 86_400) * 1000,
  };
}

export function readEdge(env: Env): EdgeConfig {
  return {
    corsOrigins: origins(env),
    tls: tls(env),
    host: host(env),
    httpPort: integer(env, "DRAGOMAN_HTTP_PORT", 8080, 0, 65_535),
    grpcPort: integer(env, "DRAGOMAN_GRPC_PORT", 8081, 0, 65_535),
  };
}

function origins(env: Env): string[] {
  const given = (env["DRAGOMAN_CORS_ORIGINS"] ?? "").split(",").filter(Boolean);
  if (given.every((origin) => URL.parse(origin)?.origin === origin)) return given;
  throw new UsageError("DRAGOMAN_CORS_ORIGINS takes origins as in https://app.example, several after commas.");
}

function tls(env: Env): Tls | undefined {
  const [cert = "", key = ""] = [env["DRAGOMAN_TLS_CERT"], env["DRAGOMAN_TLS_KEY"]];
  if (!cert && !key) return undefined;
  try {
    const pair = { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
    createSecureContext(pair);
    return pair;
  } catch (cause) {
    throw new UsageError("DRAGOMAN_TLS_CERT and DRAGOMAN_TLS_KEY take files of PEM: the certificate with its chain, and its key.", {
      cause,
    });
  }
}

function host(env: Env): string {
  return env["DRAGOMAN_HOST"] || "127.0.0.1";
}

function orchestrator(env: Env): string {
  const addresses = env["DRAGOMAN_ORCHESTRATOR"] || "127.0.0.1:9090";
  if (addresses.includes(",") && !/^\d+(\.\d+){3}:\d+(,\d+(\.\d+){3}:\d+)*$/.test(addresses))
    throw new UsageError("DRAGOMAN_ORCHESTRATOR takes HOST:PORT, or several IPv4 ADDRESS:PORT after commas.");
  return addresses;
}

function uploadSecret(env: Env): string {
  const secret = required(env, "DRAGOMAN_UPLOAD_SECRET", "at least 32 characters, the same for every orchestrator and gateway");
  if (secret.length < 32) throw new UsageError("DRAGOMAN_UPLOAD_SECRET takes at least 32 characters.");
  return secret;
}

function required(env: Env, name: string, takes: string): string {
  const value = env[name];
  if (!value) throw new UsageError(`${name} is missing: it takes ${takes}.`);
  return value;
}

function integer(env: Env, name: string, otherwise: number, min: number, max: number): number {
  const text = env[name];
  if (text === undefined || text === "") return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) throw new UsageError(`${name} takes a whole number from ${min} to ${max}.`);
  return value;
}

function requireSandbox(env: Env): boolean {
  const value = env["DRAGOMAN_SANDBOX"] || "best";
  if (value !== "best" && value !== "require") throw new UsageError("DRAGOMAN_SANDBOX takes best or require.");
  return value === "require";
}
