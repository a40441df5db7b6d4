import { JOB_CLASSES } from "../job_classes.ts";
import { namedEngines, ownEngine } from "./engines.ts";
import { httpUrl, type Kind, oneOf, origins, port, privateNetworks, secondsList, someOf, text, wholeNumber } from "./kinds.ts";

/** Who reads a variable: a component, the commands that work on the store, those that ask a server, or this repository's own tests. */
export type Reader = "serve" | "orchestrator" | "gateway" | "worker" | "keys" | "client" | "tests";

export interface Variable<out T = unknown> {
  readonly kind: Kind<T>;
  /** What it is if it is not set, or empty; `$NAME` stands for another variable. Without it there is then no value. */
  readonly default?: string;
  /** Never shown to anyone. */
  readonly secret?: true;
  readonly readers: readonly Reader[];
  /** What it is for, as a sentence. */
  readonly purpose: string;
}

const COMPONENTS = ["orchestrator", "gateway", "worker"] as const;
const SERVERS = ["serve", ...COMPONENTS] as const;

/** Every variable of the environment that Dragoman reads. What reads, checks, explains and documents them goes by this table alone. */
export const VARIABLES = {
  DRAGOMAN_DATA: {
    kind: text("a folder"),
    default: "data",
    readers: ["serve", "worker", "keys", "client"],
    purpose: "Where `serve` keeps all its data and the local user's API key, and a worker the documents that it works on.",
  },
  DRAGOMAN_STORE: {
    kind: text("sqlite:FILE or redis://USER:PASSWORD@HOST:PORT", /^(sqlite:.+|rediss?:\/\/.+)$/s),
    default: "sqlite:$DRAGOMAN_DATA/jobs.db",
    secret: true,
    readers: ["serve", "orchestrator", "keys"],
    purpose: "Where jobs are kept. SQLite is for `serve` alone; Redis is 7.0 or newer.",
  },
  DRAGOMAN_MESSAGING: {
    kind: text("memory: or nats://USER:PASSWORD@HOST:PORT, with more hosts after commas", /^(memory:|nats:.+)$/s),
    default: "memory:",
    secret: true,
    readers: ["serve", "orchestrator", "worker"],
    purpose:
      "What carries invitations and events. Memory is for `serve` alone; NATS has JetStream and is 2.10 or newer; on a cluster `?replicas=3`.",
  },
  DRAGOMAN_ARTEFACTS: {
    kind: text("file:FOLDER or s3+http(s)://KEY:SECRET@HOST:PORT/BUCKET", /^(file:.+|s3\+https?:.+)$/s),
    default: "file:$DRAGOMAN_DATA/artefacts",
    secret: true,
    readers: SERVERS,
    purpose:
      "Where documents and results are kept. A folder is one that all components see; of S3 `?region=` and `?public=`, its address for clients.",
  },
  DRAGOMAN_TRANSLATOR: {
    kind: ownEngine,
    default: "apertium:",
    secret: true,
    readers: ["serve", "worker"],
    purpose: "The translation engine of jobs that name none; it is called as its URL begins, as in deepl.",
  },
  DRAGOMAN_TRANSLATORS: {
    kind: namedEngines,
    default: "",
    secret: true,
    readers: ["serve", "worker"],
    purpose: "Further translation engines, under names that jobs choose them by.",
  },
  DRAGOMAN_HOST: {
    kind: text("an address of this machine"),
    default: "127.0.0.1",
    readers: SERVERS,
    purpose: "Where it listens.",
  },
  DRAGOMAN_PORT: {
    kind: port,
    default: "9090",
    readers: ["orchestrator"],
    purpose: "Where the orchestrator listens; 0 for a free port.",
  },
  DRAGOMAN_HTTP_PORT: {
    kind: port,
    default: "8080",
    readers: ["serve", "gateway"],
    purpose: "For the page, Connect, gRPC-Web and REST; 0 for a free port.",
  },
  DRAGOMAN_GRPC_PORT: {
    kind: port,
    default: "8081",
    readers: ["serve", "gateway"],
    purpose: "For gRPC in clear; 0 for a free port.",
  },
  DRAGOMAN_HEALTH_PORT: {
    kind: port,
    readers: SERVERS,
    purpose: "Serves `/livez`, `/readyz` and `/startupz`.",
  },
  DRAGOMAN_ORCHESTRATOR: {
    kind: text("HOST:PORT, or several IPv4 ADDRESS:PORT after commas", /^([^,\s]+|\d+(\.\d+){3}:\d+(,\d+(\.\d+){3}:\d+)+)$/),
    default: "127.0.0.1:9090",
    readers: ["gateway", "worker"],
    purpose: "The orchestrators; a name may have several addresses.",
  },
  DRAGOMAN_UPLOAD_SECRET: {
    kind: text("at least 32 characters, the same for every orchestrator and gateway", /^.{32,}$/s),
    secret: true,
    readers: ["orchestrator", "gateway"],
    purpose: "Signs the addresses of uploads. `serve` makes its own.",
  },
  DRAGOMAN_WORKER_KEY: {
    kind: text("a worker's key, as `dragoman keys create --role worker` makes it"),
    secret: true,
    readers: ["worker"],
    purpose: "Lets the worker serve. `serve` makes its own.",
  },
  DRAGOMAN_SLOTS: {
    kind: wholeNumber(1, 64),
    default: "1",
    readers: ["serve", "worker"],
    purpose: "How many documents are worked on at once.",
  },
  DRAGOMAN_CLASSES: {
    kind: someOf(...JOB_CLASSES),
    default: JOB_CLASSES.join(),
    readers: ["serve", "worker"],
    purpose:
      "The classes of work that a worker takes: pictures, office documents, what is larger than DRAGOMAN_LARGE_MB, and all the rest. Each is to be taken by some worker.",
  },
  DRAGOMAN_LARGE_MB: {
    kind: wholeNumber(0, 1_000_000, "MB"),
    default: "100",
    readers: ["serve", "orchestrator"],
    purpose: "What is larger is work of the class `large`; 0 for nothing.",
  },
  DRAGOMAN_JOB_MEMORY_MB: {
    kind: wholeNumber(256, 1_048_576, "MiB"),
    default: "3072",
    readers: ["serve", "worker"],
    purpose: "What all processes of one document may take together.",
  },
  DRAGOMAN_STEP_SECONDS: {
    kind: wholeNumber(1, 86_400, "seconds"),
    default: "300",
    readers: ["serve", "worker"],
    purpose: "Processor time that a document may take without any progress.",
  },
  DRAGOMAN_SANDBOX: {
    kind: oneOf("best", "require"),
    default: "best",
    readers: ["serve", "worker"],
    purpose: "Whether a worker starts with the layers of the sandbox that this machine has, or refuses to without all of them.",
  },
  DRAGOMAN_TESSDATA: {
    kind: text("a folder of models, as in fra.traineddata"),
    readers: ["serve", "worker"],
    purpose: "Further models for OCR, before those of npm and the system.",
  },
  DRAGOMAN_FONTS: {
    kind: text("folders, several separated as in PATH"),
    readers: ["serve", "worker"],
    purpose: "Further fonts that translations are set in.",
  },
  DRAGOMAN_GRACE_SECONDS: {
    kind: wholeNumber(0, 3600, "seconds"),
    default: "20",
    readers: ["worker"],
    purpose: "How long a worker that is told to stop goes on with what it holds.",
  },
  DRAGOMAN_RETENTION_HOURS: {
    kind: wholeNumber(0, 87_600, "hours"),
    default: "0",
    readers: ["serve", "orchestrator"],
    purpose: "How long jobs and results are kept after their end; 0 for ever.",
  },
  DRAGOMAN_UPLOAD_AGE_SECONDS: {
    kind: wholeNumber(1, 86_400, "seconds"),
    default: "86400",
    readers: ["serve", "orchestrator"],
    purpose: "How long an upload that became no job is kept.",
  },
  DRAGOMAN_AUDIT_DAYS: {
    kind: wholeNumber(0, 36_500, "days"),
    default: "400",
    readers: ["serve", "orchestrator"],
    purpose: "How long the audit log keeps what operators and administrators did; 0 for ever.",
  },
  DRAGOMAN_RECEIPT_DAYS: {
    kind: wholeNumber(1, 36_500, "days"),
    default: "90",
    readers: ["serve", "orchestrator"],
    purpose: "How long it can be read of a deleted job that it was, and how much went with it.",
  },
  DRAGOMAN_PRIORITY_AGE_SECONDS: {
    kind: wholeNumber(0, 2_592_000, "seconds"),
    default: "3600",
    readers: ["serve", "orchestrator"],
    purpose:
      "How much older a waiting job of high priority is taken to be, and how much younger one of low: it goes before jobs of its tenant's lane that came so long before it, and no others.",
  },
  DRAGOMAN_MEMORY_MB: {
    kind: wholeNumber(0, 100_000, "MiB"),
    default: "32",
    readers: ["serve", "orchestrator"],
    purpose:
      "How much is remembered of each tenant's translations: texts with what belongs to them, for which the store takes three to four times as much. When it is full, the oldest go. 0 for nothing.",
  },
  DRAGOMAN_MEMORY_DAYS: {
    kind: wholeNumber(0, 36_500, "days"),
    default: "0",
    readers: ["serve", "orchestrator"],
    purpose: "How long a translation is remembered; 0 for as long as there is room.",
  },
  DRAGOMAN_MAX_OPEN_JOBS: {
    kind: wholeNumber(0, 999_999_999, "jobs"),
    default: "1000",
    readers: ["serve", "orchestrator"],
    purpose: "Jobs of a tenant that have not ended; 0 for any number. Of this and the next ones a tenant may have a limit of its own.",
  },
  DRAGOMAN_MAX_RUNNING_JOBS: {
    kind: wholeNumber(0, 999_999_999, "jobs"),
    default: "0",
    readers: ["serve", "orchestrator"],
    purpose: "Jobs of a tenant that workers work on at once; 0 for any number.",
  },
  DRAGOMAN_REQUESTS_PER_MINUTE: {
    kind: wholeNumber(0, 999_999_999, "jobs"),
    default: "0",
    readers: ["serve", "orchestrator"],
    purpose: "Jobs that a tenant makes in a minute, on average; 0 for any number.",
  },
  DRAGOMAN_BURST: {
    kind: wholeNumber(0, 999_999_999, "jobs"),
    default: "0",
    readers: ["serve", "orchestrator"],
    purpose: "How many of these may come at once; 0 for as many as in a minute.",
  },
  DRAGOMAN_PAGES_PER_DAY: {
    kind: wholeNumber(0, 999_999_999, "pages"),
    default: "0",
    readers: ["serve", "orchestrator"],
    purpose: "Pages of a tenant's documents in a day, on average; as many may come at once. 0 for any number.",
  },
  DRAGOMAN_MAX_STORED_MB: {
    kind: wholeNumber(0, 999_999_999, "MiB"),
    default: "0",
    readers: ["serve", "orchestrator"],
    purpose: "What is kept of a tenant's documents and results; 0 for any number.",
  },
  DRAGOMAN_MAX_UPLOAD_MB: {
    kind: wholeNumber(0, 2048, "MiB"),
    default: "0",
    readers: ["serve", "orchestrator"],
    purpose: "The largest document; 0 for 2048.",
  },
  DRAGOMAN_TENANT_CHARACTERS: {
    kind: wholeNumber(0, 999_999_999_999, "characters"),
    default: "0",
    readers: ["serve", "orchestrator"],
    purpose: "What translation engines may bill for each tenant in a calendar month (UTC); 0 for any number.",
  },
  DRAGOMAN_USAGE_DAYS: {
    kind: wholeNumber(1, 3650, "days"),
    default: "400",
    readers: ["serve", "orchestrator"],
    purpose: "For how many days what jobs came to is kept, by days, as GET /usage tells it.",
  },
  DRAGOMAN_WEBHOOK_PRIVATE: {
    kind: privateNetworks,
    default: "false",
    readers: ["serve", "orchestrator"],
    purpose: "Networks beside the public internet that webhooks may be sent to; with any, by http:// as well.",
  },
  DRAGOMAN_WEBHOOK_RETRY_SECONDS: {
    kind: secondsList(20),
    default: "5,300,1800,7200,18000,36000,50400,72000,86400",
    readers: ["serve", "orchestrator"],
    purpose: "How long a webhook waits after each try that was not taken; after the last of these tries there is one more.",
  },
  DRAGOMAN_WEBHOOK_DISABLE_SECONDS: {
    kind: wholeNumber(1, 31_536_000, "seconds"),
    default: "432000",
    readers: ["serve", "orchestrator"],
    purpose: "An endpoint of webhooks that nothing came through to for so long is disabled.",
  },
  DRAGOMAN_WEBHOOK_LOG_DAYS: {
    kind: wholeNumber(1, 365, "days"),
    default: "7",
    readers: ["serve", "orchestrator"],
    purpose: "How long what was sent by webhooks is kept, to be looked at and sent again.",
  },
  DRAGOMAN_TRACE_UI: {
    kind: httpUrl("http(s)://HOST:PORT"),
    readers: ["serve", "orchestrator"],
    purpose: "Where traces are looked at (Jaeger), for links to them.",
  },
  DRAGOMAN_METRICS_TENANTS: {
    kind: oneOf("true", "false"),
    default: "false",
    readers: ["serve", "orchestrator"],
    purpose: "Whether metrics carry tenants' names: only where these are few.",
  },
  DRAGOMAN_CORS_ORIGINS: {
    kind: origins("origins as in https://app.example, several after commas"),
    default: "",
    readers: ["serve", "gateway"],
    purpose: "Other hosts' pages that may call.",
  },
  DRAGOMAN_TLS_CERT: {
    kind: text("a file of PEM: the certificate with its chain"),
    readers: ["serve", "gateway"],
    purpose: "With DRAGOMAN_TLS_KEY the HTTP port serves every protocol over TLS.",
  },
  DRAGOMAN_TLS_KEY: {
    kind: text("a file of PEM: the certificate's key"),
    readers: ["serve", "gateway"],
    purpose: "The key of DRAGOMAN_TLS_CERT.",
  },
  DRAGOMAN_LOG_LEVEL: {
    kind: oneOf("trace", "debug", "info", "warn", "error", "fatal", "silent"),
    default: "info",
    readers: [...SERVERS, "keys"],
    purpose: "What is logged, on standard error.",
  },
  DRAGOMAN_SERVER: {
    kind: text("an address as in http://127.0.0.1:8080"),
    default: "http://127.0.0.1:8080",
    readers: ["client"],
    purpose: "The server that commands ask; `--server` goes before it.",
  },
  DRAGOMAN_API_KEY: {
    kind: text("an API key, as `dragoman keys create` makes it"),
    secret: true,
    readers: ["client"],
    purpose: "Whose jobs commands see. Without it the key is taken that `serve` keeps in DRAGOMAN_DATA.",
  },
  DRAGOMAN_DOCUMENT_PASSWORD: {
    kind: text("a password"),
    secret: true,
    readers: ["client"],
    purpose: "What an encrypted document opens with; `--password-file` and `--ask-password` go before it.",
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    kind: text("an address as in http://127.0.0.1:4318"),
    readers: SERVERS,
    purpose: "Sends traces and metrics there by OTLP. The other variables of the OpenTelemetry specification work as it says.",
  },
  OTEL_TRACES_EXPORTER: {
    kind: text("otlp, console or none"),
    readers: SERVERS,
    purpose: "Where traces go; nowhere without this or an endpoint.",
  },
  OTEL_METRICS_EXPORTER: {
    kind: text("otlp, prometheus, console or none"),
    readers: SERVERS,
    purpose: "Where metrics go; nowhere without this or an endpoint.",
  },
  OTEL_LOGS_EXPORTER: {
    kind: text("otlp, console or none"),
    default: "none",
    readers: SERVERS,
    purpose: "Where OpenTelemetry's own log records go; Dragoman's are on standard error.",
  },
  OTEL_EXPORTER_PROMETHEUS_HOST: {
    kind: text("an address of this machine"),
    default: "0.0.0.0",
    readers: SERVERS,
    purpose: "Where Prometheus finds the metrics.",
  },
  OTEL_EXPORTER_PROMETHEUS_PORT: {
    kind: port,
    default: "9464",
    readers: SERVERS,
    purpose: "The same.",
  },
  OTEL_SERVICE_NAME: {
    kind: text("a name"),
    readers: SERVERS,
    purpose: "What traces call the component, instead of `dragoman-` with its name.",
  },
  OTEL_TRACES_SAMPLER: {
    kind: text("a sampler of the specification"),
    default: "parentbased_always_on",
    readers: SERVERS,
    purpose: "Which traces are kept.",
  },
  OTEL_TRACES_SAMPLER_ARG: {
    kind: text("what the sampler takes, as in 0.1"),
    readers: SERVERS,
    purpose: "How many of them.",
  },
  OTEL_BSP_SCHEDULE_DELAY: {
    kind: text("a whole number of milliseconds"),
    default: "5000",
    readers: SERVERS,
    purpose: "How long spans may wait to be sent.",
  },
  OTEL_SDK_DISABLED: {
    kind: text("true or false"),
    default: "false",
    readers: SERVERS,
    purpose: "Switches all of OpenTelemetry off.",
  },
  DRAGOMAN_TEST_ALL: {
    kind: text("anything"),
    readers: ["tests"],
    purpose: "Tries Markdown, HTML and JSON on every such file that is installed, not on some.",
  },
  DRAGOMAN_TEST_EPUBCHECK: {
    kind: text("anything"),
    readers: ["tests"],
    purpose: "Has Debian's epubcheck read books before and after.",
  },
  TEST_LOGS: { kind: text("anything"), readers: ["tests"], purpose: "Shows what the components under test log." },
  TEST_FIGURES: { kind: text("anything"), readers: ["tests"], purpose: "Prints what was measured." },
  CHROMIUM: {
    kind: text("a program"),
    default: "/usr/bin/chromium",
    readers: ["tests"],
    purpose: "The browser that the page is tried in.",
  },
  SEED: { kind: text("a number"), default: "1", readers: ["tests"], purpose: "What random documents are drawn from." },
  RUNS: { kind: text("a number"), default: "300", readers: ["tests"], purpose: "How many of them." },
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof VARIABLES;

/** The table's rows, in its order. */
export const ROWS: readonly (readonly [name: string, variable: Variable])[] = Object.entries<Variable>(VARIABLES);
