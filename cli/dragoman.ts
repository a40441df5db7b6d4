import { Command } from "commander";
import { variablesHelp } from "../platform/config/describe.ts";
import { read } from "../platform/config/read.ts";
import { unknownVariables } from "../platform/config/unknown.ts";
import { openLifetime } from "../platform/lifetime.ts";
import { openLog } from "../platform/log.ts";
import { startTelemetry } from "../platform/telemetry.ts";
import { addAdminCommands } from "./admin/admin.ts";
import { readCommon, readGateway, readOrchestrator, readSlots, readWorker } from "./config.ts";
import { endWith } from "./end.ts";
import { EXIT_CODES, EXIT_DOCTOR, report } from "./failure.ts";
import { addFormatsCommand } from "./formats.ts";
import { addGlossaryCommands } from "./glossaries.ts";
import { addJobCommands, addTranslateCommand } from "./jobs.ts";
import { addKeyCommands } from "./keys.ts";
import { addLanguagesCommand } from "./languages.ts";
import { addMemoryCommands } from "./memory.ts";
import { addUsageCommand } from "./usage.ts";
import { addWebhookCommands } from "./webhooks.ts";

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
  .hook("preAction", (_, command) => {
    // Which tells of them itself.
    if (command.name() !== "doctor") for (const sentence of unknownVariables(process.env)) console.error(`warning: ${sentence}`);
  })
  .exitOverride();

program
  .command("serve")
  .description("Start every component in this process, on 127.0.0.1. Data lie in ./data, or where DRAGOMAN_DATA says.")
  .addHelpText("after", variablesHelp("serve"))
  .action(async () => {
    const { serve } = await import("./serve.ts");
    const lifetime = openLifetime(openLog("service"));
    await using _telemetry = await startTelemetry("service");
    await using service = await serve(process.env);
    const scheme = read(process.env, "DRAGOMAN_TLS_CERT") ? "https" : "http";
    console.log(`Page, Connect, gRPC-Web and REST  ${scheme}://127.0.0.1:${service.httpPort}`);
    console.log(`gRPC                              127.0.0.1:${service.grpcPort}`);
    console.log(`API key                           ${service.keyFile}`);
    await lifetime.ended();
  });

program
  .command("orchestrator")
  .description("Start one orchestrator; any number of them share a store.")
  .addHelpText("after", variablesHelp("orchestrator"))
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
  .option("--classes <list>", "the classes of work that it takes, before DRAGOMAN_CLASSES: some of default,pictures,office,large")
  .addHelpText("after", variablesHelp("worker"))
  .action(async ({ classes }: { classes?: string }) => {
    const config = readWorker({ ...process.env, ...(classes !== undefined && { DRAGOMAN_CLASSES: classes }) });
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
  .addHelpText("after", variablesHelp("gateway"))
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
    const { checkVariables } = await import("./doctor/variables.ts");
    const { env } = process;
    const variables = checkVariables(env);
    // What cannot be read is not guessed at: the rest is looked at once the variables are right.
    const unreadable = variables.some(({ verdict }) => verdict === "error");
    const orchestrator = env["DRAGOMAN_ORCHESTRATOR"] ?? "";
    const rest = unreadable ? [] : await diagnose(readCommon(env), { ...readSlots(env), orchestrator, natsMonitor });
    const diagnoses = [...variables, ...rest];
    console.log(json ? JSON.stringify(diagnoses) : diagnosesText(diagnoses));
    if (diagnoses.some(({ verdict }) => verdict === "error")) process.exitCode = EXIT_DOCTOR;
  });

addTranslateCommand(program);
addJobCommands(program);
addMemoryCommands(program);
addFormatsCommand(program);
addLanguagesCommand(program);
addGlossaryCommands(program);
addWebhookCommands(program);
addUsageCommand(program);
addAdminCommands(program);

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
