import { toJson } from "@bufbuild/protobuf";
import { Command, CommanderError } from "commander";
import { ErrorCategory, ErrorSchema } from "../gen/dragoman/v1/error_pb.ts";
import { type Job, JobSchema, JobState } from "../gen/dragoman/v1/job_pb.ts";
import { JobExplanationSchema } from "../gen/dragoman/v1/job_service_pb.ts";
import { asDragomanError, DragomanError } from "../platform/errors.ts";
import { openLifetime } from "../platform/lifetime.ts";
import { openLog } from "../platform/log.ts";
import { stateName } from "../platform/names.ts";
import { startTelemetry } from "../platform/telemetry.ts";
import { Client, findApiKey, fromClientError } from "./client.ts";
import { runGateway, runOrchestrator, runWorker } from "./components.ts";
import { readCommon, readGateway, readOrchestrator, readSlots, readWorker } from "./config.ts";
import { diagnose, findingsText } from "./doctor/doctor.ts";
import { explanationText } from "./explain.ts";
import { addKeyCommands } from "./keys.ts";
import { wholeNumber } from "./options.ts";
import { ledgerText, progressPrinter, timelineText, traceText } from "./render.ts";
import { serve } from "./serve.ts";

const EXIT_PARTIAL = 3;
/** One exit code per error category, so that a script can tell them apart. */
const EXIT: Readonly<Record<ErrorCategory, number>> = {
  [ErrorCategory.UNSPECIFIED]: 1,
  [ErrorCategory.INVALID_INPUT]: 10,
  [ErrorCategory.UNSUPPORTED]: 11,
  [ErrorCategory.LIMIT_EXCEEDED]: 12,
  [ErrorCategory.PROVIDER]: 13,
  [ErrorCategory.INFRASTRUCTURE]: 14,
  [ErrorCategory.WORKER_LOST]: 15,
  [ErrorCategory.CANCELLED]: 16,
  [ErrorCategory.INTERNAL]: 17,
};

interface Shared {
  readonly server: string;
  readonly json?: boolean;
}

const program = new Command("dragoman")
  .description("Translates documents: scans, PDFs, pictures, text and Markdown in; Markdown, text, PDF and previews out.")
  .addHelpText(
    "after",
    `
A first translation:
  $ npm run dragoman -- serve                                  (in one terminal)
  $ npm run dragoman -- translate letter.pdf --to es --out out (in another)

Exit codes: 0 done, 2 wrong usage, 3 partially succeeded, and by error category 10 invalid input,
11 unsupported, 12 limit exceeded, 13 translator, 14 infrastructure, 15 worker lost, 16 cancelled, 17 internal.`,
  )
  .exitOverride();

program
  .command("serve")
  .description("Start every component in this process, on 127.0.0.1. Data lie in ./data, or where DRAGOMAN_DATA says.")
  .addHelpText(
    "after",
    "\nVariables: DRAGOMAN_DATA, DRAGOMAN_HTTP_PORT (8080), DRAGOMAN_GRPC_PORT (8081), DRAGOMAN_SLOTS (1), DRAGOMAN_JOB_MEMORY_MB (3072), DRAGOMAN_STEP_SECONDS (300), DRAGOMAN_LOG_LEVEL (info), DRAGOMAN_HEALTH_PORT (none), DRAGOMAN_RETENTION_HOURS (0: for ever).",
  )
  .action(async () => {
    const lifetime = openLifetime(openLog("service"));
    await using _telemetry = await startTelemetry("service");
    await using service = await serve(process.env);
    const scheme = process.env["DRAGOMAN_TLS_CERT"] ? "https" : "http";
    console.log(`Page, Connect, gRPC-Web and REST  ${scheme}://127.0.0.1:${service.httpPort}`);
    console.log(`gRPC                              127.0.0.1:${service.grpcPort}`);
    console.log(`API key                           ${service.keyFile}`);
    await lifetime.ended();
  });

const SHARED_VARIABLES = `
Shared by every component: DRAGOMAN_STORE (redis://…), DRAGOMAN_MESSAGING (nats://…), DRAGOMAN_ARTEFACTS
(s3+https://KEY:SECRET@HOST/BUCKET, or file:FOLDER that all of them see), DRAGOMAN_LOG_LEVEL (info), DRAGOMAN_HEALTH_PORT (none) for
/livez, /readyz and /startupz, and OpenTelemetry's OTEL_*.`;

program
  .command("orchestrator")
  .description("Start one orchestrator; any number of them share a store.")
  .addHelpText(
    "after",
    `${SHARED_VARIABLES}\nIts own: DRAGOMAN_HOST (127.0.0.1), DRAGOMAN_PORT (9090), DRAGOMAN_UPLOAD_SECRET,
DRAGOMAN_TRACE_UI (Jaeger's origin, for links), DRAGOMAN_METRICS_TENANTS (false), DRAGOMAN_RETENTION_HOURS (0: jobs are kept for ever).`,
  )
  .action(async () => {
    const config = readOrchestrator(process.env);
    const lifetime = openLifetime(openLog("orchestrator"));
    await using _telemetry = await startTelemetry("orchestrator");
    await using server = await runOrchestrator(readCommon(process.env), config);
    console.log(`orchestrator  ${config.host}:${server.port}`);
    await lifetime.ended();
  });

program
  .command("worker")
  .description("Start one worker; any number of them share a queue.")
  .addHelpText(
    "after",
    `${SHARED_VARIABLES}
Its own: DRAGOMAN_ORCHESTRATOR (127.0.0.1:9090), DRAGOMAN_WORKER_KEY, DRAGOMAN_SLOTS (1), DRAGOMAN_JOB_MEMORY_MB (3072), DRAGOMAN_STEP_SECONDS (300),
DRAGOMAN_GRACE_SECONDS (20), DRAGOMAN_DATA (data) for files it works on.`,
  )
  .action(async () => {
    const config = readWorker(process.env);
    const lifetime = openLifetime(openLog("worker"));
    await using _telemetry = await startTelemetry("worker");
    await using _worker = await runWorker(readCommon(process.env), config);
    console.log(`worker  serves ${config.orchestrator}`);
    await lifetime.ended();
  });

program
  .command("gateway")
  .description("Start one gateway; any number of them serve clients.")
  .addHelpText(
    "after",
    `${SHARED_VARIABLES}
Its own: DRAGOMAN_HOST (127.0.0.1), DRAGOMAN_HTTP_PORT (8080), DRAGOMAN_GRPC_PORT (8081), DRAGOMAN_ORCHESTRATOR
(127.0.0.1:9090), DRAGOMAN_UPLOAD_SECRET, DRAGOMAN_CORS_ORIGINS (none), and DRAGOMAN_TLS_CERT and DRAGOMAN_TLS_KEY
(files of PEM; everything is then on the HTTP port).`,
  )
  .action(async () => {
    const config = readGateway(process.env);
    const lifetime = openLifetime(openLog("gateway"));
    await using _telemetry = await startTelemetry("gateway");
    await using gateway = await runGateway(readCommon(process.env), config);
    console.log(`Page, Connect, gRPC-Web and REST  ${config.tls ? "https" : "http"}://${config.host}:${gateway.httpPort}`);
    console.log(`gRPC                              ${config.host}:${gateway.grpcPort}`);
    await lifetime.ended();
  });

addKeyCommands(program);

program
  .command("doctor")
  .description("Check what a deployment depends on, as the environment's variables describe it, and say what to change.")
  .option("--nats-monitor <url>", "NATS's monitoring address (http://HOST:8222), to see its sync_interval", "")
  .option("--json", "print JSON")
  .action(async ({ natsMonitor, json }: { natsMonitor: string; json?: boolean }) => {
    const { env } = process;
    const findings = await diagnose(readCommon(env), { ...readSlots(env), orchestrator: env["DRAGOMAN_ORCHESTRATOR"] ?? "", natsMonitor });
    console.log(json ? JSON.stringify(findings) : findingsText(findings));
    if (findings.some(({ verdict }) => verdict === "error")) process.exitCode = EXIT[ErrorCategory.INFRASTRUCTURE];
  });

withShared(program.command("translate <file>").description("Translate a document, show its progress, and save the result."))
  .requiredOption("--to <language>", "ISO 639-1 code of the language to translate to, as in es")
  .option("--from <language>", "the document's language; detected if not given")
  .option("--out <folder>", "where to save the result", "out")
  .action(async (file: string, options: Shared & { to: string; from?: string; out: string }) => {
    const client = await connect(options);
    const interrupted = new AbortController();
    process.once("SIGINT", () => interrupted.abort(DragomanError.of("CANCELLED", "Interrupted: the job is cancelled.")));
    const { signal } = interrupted;
    const { id } = await client.createFrom(file, { to: options.to, ...(options.from && { from: options.from }), signal });
    const job = await watchToEnd(client, id, options, signal);
    const saved = await client.download(job, options.out);
    show(job, options, () => [timelineText(job), "", ledgerText(job), "", traceText(job), "", ...saved].join("\n"));
    finish(job);
  });

const jobs = program.command("jobs").description("Look at jobs and stop them.");
withShared(jobs.command("list").description("Your jobs, newest first."))
  .option("--limit <n>", "how many, 1 to 100", wholeNumber(1, 100), 20)
  .action(async (options: Shared & { limit: number }) => {
    const { jobs: found } = await (await connect(options)).list({ pageSize: options.limit });
    if (options.json) console.log(JSON.stringify(found.map((job) => toJson(JobSchema, job))));
    else
      for (const job of found)
        console.log(`${job.id}  ${stateName(job.state).padEnd(20)} ${String(job.percent).padStart(3)} %  ${job.fileName}`);
  });
withShared(jobs.command("get <id>").description("One job: state, timeline, ledger.")).action(async (id: string, options: Shared) => {
  const job = await (await connect(options)).job(id);
  show(job, options, () => describe(job));
});
withShared(jobs.command("explain <id>").description("Why a job stands where it stands, and where its time went.")).action(
  async (id: string, options: Shared) => {
    const explanation = await (await connect(options)).jobs.explainJob({ id });
    console.log(options.json ? JSON.stringify(toJson(JobExplanationSchema, explanation)) : explanationText(explanation, Date.now()));
  },
);
withShared(jobs.command("watch <id>").description("Follow a job until it ends.")).action(async (id: string, options: Shared) => {
  const client = await connect(options);
  // One that cannot be reached at all is told at once; one that goes away later is waited for.
  await client.job(id);
  const job = await watchToEnd(client, id, options);
  show(job, options, () => describe(job));
  finish(job);
});
withShared(jobs.command("retry <id>").description("Begin anew with a job that ended, as a new job.")).action(
  async (id: string, options: Shared) => {
    const job = await (await connect(options)).retry(id);
    show(job, options, () => `${job.id}  ${stateName(job.state)}`);
  },
);
withShared(jobs.command("cancel <id>").description("Stop a job."))
  .option("--reason <text>", "for the timeline", "")
  .action(async (id: string, options: Shared & { reason: string }) => {
    const job = await (await connect(options)).cancel(id, options.reason);
    show(job, options, () => stateName(job.state));
  });

function withShared(command: Command): Command {
  return command
    .option("--server <url>", "the server", process.env["DRAGOMAN_SERVER"] ?? "http://127.0.0.1:8080")
    .option("--json", "print JSON");
}

async function connect({ server }: Shared): Promise<Client> {
  return new Client(server, await findApiKey(process.env));
}

async function watchToEnd(client: Client, id: string, { json }: Shared, signal?: AbortSignal): Promise<Job> {
  let there = true;
  const onConnection = (connected: boolean) => {
    if (connected !== there) process.stderr.write(connected ? "connected again\n" : "the server is away; waiting for it\n");
    there = connected;
  };
  const watched = { ...(signal && { signal }), ...(!json && { onConnection, onJob: progressPrinter(process.stderr) }) };
  const job = await client.resume(id, watched);
  if (!json && process.stderr.isTTY) process.stderr.write("\n");
  return job;
}

function describe(job: Job): string {
  const head = `${job.id}  ${stateName(job.state)}  ${job.percent} %`;
  return [head, timelineText(job), ...(job.ledger ? [ledgerText(job)] : []), traceText(job)].join("\n");
}

function show(job: Job, { json }: Shared, text: () => string): void {
  console.log(json ? JSON.stringify(toJson(JobSchema, job)) : text());
}

function finish(job: Job): void {
  if (job.state === JobState.PARTIALLY_SUCCEEDED) process.exitCode = EXIT_PARTIAL;
  if (job.state === JobState.CANCELLED) process.exitCode = EXIT[ErrorCategory.CANCELLED];
  if (job.error && (job.state === JobState.FAILED || job.state === JobState.EXPIRED)) throw DragomanError.fromDetail(job.error);
}

try {
  await program.parseAsync();
} catch (thrown) {
  if (thrown instanceof CommanderError) process.exitCode = thrown.exitCode === 0 ? 0 : 2;
  else {
    const error = asDragomanError(fromClientError(thrown));
    const { detail } = error;
    if (process.argv.includes("--json")) console.error(JSON.stringify(toJson(ErrorSchema, detail)));
    else {
      console.error(`${detail.code}: ${detail.message}\n${detail.hint}${detail.traceId ? `\ntrace ${detail.traceId}` : ""}`);
      if (detail.code === "INTERNAL" && error.cause) console.error(error.cause);
    }
    process.exitCode = EXIT[detail.category];
  }
}
