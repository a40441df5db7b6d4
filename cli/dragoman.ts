import { Command } from "commander";
import { openLifetime } from "../platform/lifetime.ts";
import { openLog } from "../platform/log.ts";
import { startTelemetry } from "../platform/telemetry.ts";
import { readCommon, readGateway, readOrchestrator, readSlots, readWorker } from "./config.ts";
import { endWith } from "./end.ts";
import { EXIT_CODES, EXIT_DOCTOR, report } from "./failure.ts";
import { addJobCommands, addTranslateCommand } from "./jobs.ts";
import { addKeyCommands } from "./keys.ts";

// Each component is loaded when it is started: a command that only asks a server begins at once.
const program = new Command("dragoman")
  .description("Translates documents: scans, PDFs, pictures, text and Markdown in; Markdown, text, PDF and previews out.")
  .addHelpText(
    "after",
    `
A first translation:
  $ npm run dragoman -- serve                                  (in one terminal)
  $ npm run dragoman -- translate letter.pdf --to es --out out (in another)

${EXIT_CODES}`,
  )
  .exitOverride();

program
  .command("serve")
  .description("Start every component in this process, on 127.0.0.1. Data lie in ./data, or where DRAGOMAN_DATA says.")
  .addHelpText(
    "after",
    "\nVariables: DRAGOMAN_DATA, DRAGOMAN_HTTP_PORT (8080), DRAGOMAN_GRPC_PORT (8081), DRAGOMAN_SLOTS (1), DRAGOMAN_JOB_MEMORY_MB (3072), DRAGOMAN_STEP_SECONDS (300), DRAGOMAN_TESSDATA (none: a folder of further OCR models), DRAGOMAN_FONTS (none: folders of fonts of one's own, separated as in PATH), DRAGOMAN_SANDBOX (best; require refuses to start without all of it), DRAGOMAN_LOG_LEVEL (info), DRAGOMAN_HEALTH_PORT (none), DRAGOMAN_RETENTION_HOURS (0: for ever).",
  )
  .action(async () => {
    const { serve } = await import("./serve.ts");
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
    const { runOrchestrator } = await import("./components.ts");
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
DRAGOMAN_SANDBOX (best; require refuses to start without all of it), DRAGOMAN_GRACE_SECONDS (20), DRAGOMAN_DATA (data) for files it works on.`,
  )
  .action(async () => {
    const config = readWorker(process.env);
    const { runWorker } = await import("./components.ts");
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
    const { runGateway } = await import("./components.ts");
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
    const { diagnose, diagnosesText } = await import("./doctor/doctor.ts");
    const { env } = process;
    const diagnoses = await diagnose(readCommon(env), { ...readSlots(env), orchestrator: env["DRAGOMAN_ORCHESTRATOR"] ?? "", natsMonitor });
    console.log(json ? JSON.stringify(diagnoses) : diagnosesText(diagnoses));
    if (diagnoses.some(({ verdict }) => verdict === "error")) process.exitCode = EXIT_DOCTOR;
  });

addTranslateCommand(program);
addJobCommands(program);

// Whoever reads the output may have had enough of it (`| head`).
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});
try {
  await program.parseAsync();
} catch (thrown) {
  const code = report(thrown, process.argv.includes("--json"));
  process.exitCode = code;
  endWith(code);
}
