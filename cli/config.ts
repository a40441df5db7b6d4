import { readFileSync } from "node:fs";
import path from "node:path";
import { createSecureContext } from "node:tls";
import type { Tls } from "../gateway/gateway.ts";
import type { Limits } from "../orchestrator/policy/limits.ts";
import type { WebhookConfig } from "../orchestrator/webhooks/config.ts";
import { type Env, read, required } from "../platform/config/read.ts";
import type { JobClass } from "../platform/job_classes.ts";
import { UsageError } from "../platform/usage_error.ts";
import type { EngineConfig } from "../worker/translators/engine_config.ts";
import type { DriverUrls } from "./drivers.ts";
import { readEngines } from "./engines.ts";

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
  /** How long an upload is kept that becomes no job, in milliseconds. */
  readonly uploadAgeMs: number;
  readonly usageDays: number;
  /** How long the audit log keeps its entries, in milliseconds; 0 for ever. */
  readonly auditMs: number;
  readonly receiptDays: number;
  /** What every tenant may have and do of which nothing else was set. */
  readonly limits: Limits;
  /** How much older a waiting job is taken to be, or younger, by its priority. */
  readonly priorityAgeMs: number;
  /** From how many megabytes on a document is work of the class `large`; 0 for never. */
  readonly largeMb: number;
  readonly webhooks: WebhookConfig;
  /** Of each tenant's memory of translations; `keepDays` 0 for ever, `maxBytes` 0 for none. */
  readonly memory: { readonly maxBytes: number; readonly keepDays: number };
}

export interface WorkerConfig {
  /** `host:port` of an orchestrator, or of several by IP address after commas. */
  readonly orchestrator: string;
  readonly apiKey: string;
  readonly slots: number;
  /** The classes of work that it takes. */
  readonly classes: readonly JobClass[];
  /** What translates; the first one is the deployment's own. */
  readonly engines: readonly EngineConfig[];
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

/** What every component takes from the environment. Each reader throws UsageError, as `platform/config/read.ts` says. */
export interface CommonConfig {
  readonly dataDirectory: string;
  readonly drivers: DriverUrls;
  /** Where health is told over HTTP; undefined for nowhere. */
  readonly health: { readonly host: string; readonly port: number } | undefined;
}

export function readCommon(env: Env): CommonConfig {
  const port = read(env, "DRAGOMAN_HEALTH_PORT");
  return {
    dataDirectory: path.resolve(read(env, "DRAGOMAN_DATA")),
    health: port === undefined ? undefined : { host: read(env, "DRAGOMAN_HOST"), port },
    drivers: {
      store: read(env, "DRAGOMAN_STORE"),
      messaging: read(env, "DRAGOMAN_MESSAGING"),
      artefacts: read(env, "DRAGOMAN_ARTEFACTS"),
    },
  };
}

export function readOrchestrator(env: Env): OrchestratorConfig {
  const [host, port] = [read(env, "DRAGOMAN_HOST"), read(env, "DRAGOMAN_PORT")];
  return { host, port, uploadSecret: required(env, "DRAGOMAN_UPLOAD_SECRET"), ...readJobPolicy(env) };
}

export function readJobPolicy(env: Env): Omit<OrchestratorConfig, "host" | "port" | "uploadSecret"> {
  return {
    traceUi: read(env, "DRAGOMAN_TRACE_UI") ?? "",
    measureTenants: read(env, "DRAGOMAN_METRICS_TENANTS") === "true",
    retentionMs: read(env, "DRAGOMAN_RETENTION_HOURS") * 3600_000,
    uploadAgeMs: read(env, "DRAGOMAN_UPLOAD_AGE_SECONDS") * 1000,
    usageDays: read(env, "DRAGOMAN_USAGE_DAYS"),
    auditMs: read(env, "DRAGOMAN_AUDIT_DAYS") * 24 * 3600_000,
    receiptDays: read(env, "DRAGOMAN_RECEIPT_DAYS"),
    limits: readLimits(env),
    priorityAgeMs: read(env, "DRAGOMAN_PRIORITY_AGE_SECONDS") * 1000,
    largeMb: read(env, "DRAGOMAN_LARGE_MB"),
    webhooks: readWebhooks(env),
    memory: { maxBytes: read(env, "DRAGOMAN_MEMORY_MB") * 1024 ** 2, keepDays: read(env, "DRAGOMAN_MEMORY_DAYS") },
  };
}

function readLimits(env: Env): Limits {
  return {
    maxOpenJobs: read(env, "DRAGOMAN_MAX_OPEN_JOBS"),
    maxRunningJobs: read(env, "DRAGOMAN_MAX_RUNNING_JOBS"),
    requestsPerMinute: read(env, "DRAGOMAN_REQUESTS_PER_MINUTE"),
    burst: read(env, "DRAGOMAN_BURST"),
    pagesPerDay: read(env, "DRAGOMAN_PAGES_PER_DAY"),
    charactersPerMonth: read(env, "DRAGOMAN_TENANT_CHARACTERS"),
    maxStoredBytes: read(env, "DRAGOMAN_MAX_STORED_MB") * 1024 ** 2,
    maxUploadBytes: read(env, "DRAGOMAN_MAX_UPLOAD_MB") * 1024 ** 2,
  };
}

function readWebhooks(env: Env): WebhookConfig {
  return {
    privateNetworks: read(env, "DRAGOMAN_WEBHOOK_PRIVATE"),
    schedule: read(env, "DRAGOMAN_WEBHOOK_RETRY_SECONDS").map((seconds) => seconds * 1000),
    failingMs: read(env, "DRAGOMAN_WEBHOOK_DISABLE_SECONDS") * 1000,
    logMs: read(env, "DRAGOMAN_WEBHOOK_LOG_DAYS") * 24 * 3600_000,
  };
}

export function readWorker(env: Env): WorkerConfig {
  return {
    orchestrator: read(env, "DRAGOMAN_ORCHESTRATOR"),
    apiKey: required(env, "DRAGOMAN_WORKER_KEY"),
    ...readSlots(env),
    graceMs: read(env, "DRAGOMAN_GRACE_SECONDS") * 1000,
  };
}

export function readGateway(env: Env): GatewayConfig {
  const orchestrator = read(env, "DRAGOMAN_ORCHESTRATOR");
  return { ...readEdge(env), orchestrator, uploadSecret: required(env, "DRAGOMAN_UPLOAD_SECRET") };
}

export function readSlots(env: Env): Pick<WorkerConfig, "slots" | "classes" | "engines" | "memoryBytes" | "stepCpuMs" | "requireSandbox"> {
  return {
    slots: read(env, "DRAGOMAN_SLOTS"),
    classes: read(env, "DRAGOMAN_CLASSES"),
    engines: readEngines(env),
    requireSandbox: read(env, "DRAGOMAN_SANDBOX") === "require",
    memoryBytes: read(env, "DRAGOMAN_JOB_MEMORY_MB") * 1024 * 1024,
    stepCpuMs: read(env, "DRAGOMAN_STEP_SECONDS") * 1000,
  };
}

export function readEdge(env: Env): EdgeConfig {
  return {
    corsOrigins: read(env, "DRAGOMAN_CORS_ORIGINS"),
    tls: tls(env),
    host: read(env, "DRAGOMAN_HOST"),
    httpPort: read(env, "DRAGOMAN_HTTP_PORT"),
    grpcPort: read(env, "DRAGOMAN_GRPC_PORT"),
  };
}

function tls(env: Env): Tls | undefined {
  const [cert = "", key = ""] = [read(env, "DRAGOMAN_TLS_CERT"), read(env, "DRAGOMAN_TLS_KEY")];
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
