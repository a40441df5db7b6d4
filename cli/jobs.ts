import { toJson } from "@bufbuild/protobuf";
import { timestampDate, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Command, Option } from "commander";
import { ErrorCategory } from "../gen/dragoman/v1/error_pb.ts";
import {
  type Artefact,
  BilingualLayout,
  type Job,
  JobSchema,
  JobState,
  MemoryUse,
  type Priority,
  ResultFormat,
} from "../gen/dragoman/v1/job_pb.ts";
import {
  type DeletionReceipt,
  DeletionReceiptSchema,
  JobExplanationSchema,
  type JobOutcome,
  JobOutcomeSchema,
} from "../gen/dragoman/v1/job_service_pb.ts";
import { DragomanError } from "../platform/errors.ts";
import { stateName } from "../platform/names.ts";
import { UsageError } from "../platform/usage_error.ts";
import type { FileClient } from "./client.ts";
import { type Connection, connect, withConnection } from "./connection.ts";
import { addCorrectCommand } from "./correct.ts";
import { openDocument } from "./document.ts";
import { explanationText } from "./explain.ts";
import { EXIT, EXIT_PARTIAL } from "./failure.ts";
import { type KeepingOptions, keepingOf, PRIORITIES, withKeeping } from "./job_keeping.ts";
import { addListCommand, type ChosenBy, watchAll, withChoice } from "./job_lists.ts";
import { choice, type MannerOptions, mannerOf, withManner } from "./manner.ts";
import { expiry, names, type Outputs, outputs as parseOutputs, wholeNumber } from "./options.ts";
import { type PasswordOptions, readPassword } from "./password.ts";
import { ledgerText, progressPrinter, timelineText, traceText } from "./render.ts";
import { type TermOptions, termsOf, withTerms } from "./terms.ts";

interface TranslateOptions extends Connection, PasswordOptions, MannerOptions, SelectionOptions, TermOptions, KeepingOptions {
  readonly to: string;
  readonly from?: string;
  readonly name?: string;
  readonly outputs?: Outputs;
  readonly sideBySide?: boolean;
  readonly translationFirst?: boolean;
  readonly straighten?: boolean;
  readonly memory: keyof typeof MEMORY_USES;
  readonly out: string;
  readonly force?: boolean;
}

const MEMORY_USES = { update: MemoryUse.UPDATE, read: MemoryUse.READ, none: MemoryUse.NONE } as const;

/** What of the document is translated: each concerns the file types that have it, as `formats` says. */
interface SelectionOptions {
  readonly comments?: boolean;
  readonly sheetNames?: boolean;
  readonly attachments?: boolean;
  readonly keys?: string[];
  readonly columns?: string[];
  readonly header?: boolean;
}

/** Adds `translate`, the way from a file to its result. */
export function addTranslateCommand(program: Command): void {
  const command = program.command("translate <file>").description("Translate a document, show its progress, and save the result.");
  withKeeping(withManner(withTerms(withConnection(command))))
    .requiredOption("--to <language>", "the language to translate to, as in es or pt-BR")
    .option("--from <language>", "the document's language; detected if not given")
    .option("--name <name>", "what the document is called; the file's own name if not given")
    .option(
      "--outputs <list>",
      "which files to make and save: some of document,pdf,bilingual,markdown,text,json,xliff, or all that are usual (no bilingual, no xliff), with pictures of the pages (default: document, which is the source's own type)",
      parseOutputs,
    )
    .option("--password-file <file>", "what an encrypted document opens with: the first line of this file")
    .option("--ask-password", "asks for it; else it is taken from DRAGOMAN_DOCUMENT_PASSWORD, if that is set")
    .option("--side-by-side", "a bilingual PDF has both on one wide page; else they alternate")
    .option("--straighten", "pages that were scanned askew or turned come back level and upright")
    .option("--translation-first", "a bilingual PDF begins with the translation")
    .option("--comments", "translates readers' comments in office documents too")
    .option("--sheet-names", "translates the names of sheets too")
    .option("--attachments", "translates documents that are attached to a mail too")
    .option("--keys <list>", "of JSON, YAML and their like only values under these keys, as in menu.*.label,title", names)
    .option("--columns <list>", "of CSV only these columns, by name or number", names)
    .option("--header", "a CSV begins with the names of its columns; told by its look if not given")
    .option("--no-header", "a CSV begins with its first row")
    .addOption(
      new Option(
        "--memory <use>",
        "what was translated before is taken from the memory, and what is new goes into it; or only read; or neither",
      )
        .choices(Object.keys(MEMORY_USES))
        .default("update"),
    )
    .option("--out <folder>", "where to save the result", "out")
    .option("--force", "replace files of the same names; else the result is saved under free ones, as in letter.es-2.pdf")
    .addHelpText("after", "\nThe file - is standard input, as in `cat letter.md | dragoman translate - --name letter.md --to es`.")
    .action(translate);
}

async function translate(file: string, options: TranslateOptions): Promise<void> {
  const interrupted = new AbortController();
  process.once("SIGINT", () => interrupted.abort(DragomanError.of("CANCELLED", "Interrupted: the job is cancelled.")));
  const { signal } = interrupted;
  await using document = await openDocument(file, signal);
  const client = await connect(options);
  await client.prepare(options.out);
  const terms = await termsOf(options, options);
  const { name: fileName = document.fileName, outputs = [ResultFormat.DOCUMENT] } = options;
  const { id } = await client.create(document.bytes, {
    ...{ to: options.to, ...(options.from && { from: options.from }), fileName, signal },
    options: {
      outputs: outputs === "all" ? [] : [...outputs],
      bilingualLayout: options.sideBySide ? BilingualLayout.SIDE_BY_SIDE : BilingualLayout.ALTERNATING,
      translationFirst: options.translationFirst ?? false,
      password: await readPassword(options, process.env),
      straighten: options.straighten ?? false,
      memory: MEMORY_USES[options.memory],
      selection: selectionOf(options),
      ...terms,
      ...mannerOf(options),
      ...keepingOf(options, Date.now()),
    },
  });
  const job = await watchToEnd(client, id, options, signal);
  const chosen = ({ format }: Artefact) => outputs === "all" || outputs.includes(format);
  const saved = await client.download(job, options.out, { existing: options.force ? "replace" : "keep", chosen });
  show(job, options, () => [timelineText(job), "", ledgerText(job), "", traceText(job), "", ...saved].join("\n"));
  finish(job);
}

function selectionOf({ comments = false, sheetNames = false, attachments = false, keys = [], columns = [], header }: SelectionOptions) {
  return { comments, sheetNames, attachments, keys, columns, ...(header !== undefined && { header }) };
}

/** Adds `jobs list | get | explain | watch | retry | update | correct | delete | receipt | cancel`. */
export function addJobCommands(program: Command): void {
  const jobs = program.command("jobs").description("Look at jobs and stop them.");
  addListCommand(jobs);
  withConnection(jobs.command("get <id>").description("One job: state, timeline, ledger.")).action(
    async (id: string, options: Connection) => {
      const job = await (await connect(options)).job(id);
      show(job, options, () => describe(job));
    },
  );
  withConnection(jobs.command("explain <id>").description("Why a job stands where it stands, and where its time went.")).action(
    async (id: string, options: Connection) => {
      const explanation = await (await connect(options)).explain(id);
      console.log(options.json ? JSON.stringify(toJson(JobExplanationSchema, explanation)) : explanationText(explanation, Date.now()));
    },
  );
  withChoice(
    withConnection(jobs.command("watch [id]").description("Follow a job until it ends; without one, every change of all your jobs.")),
  )
    .option("--cursor <cursor>", "begins after this change of all jobs, as --json prints it")
    .action(async (id: string | undefined, options: Connection & ChosenBy & { cursor?: string }) => {
      if (id === undefined) return watchAll(options);
      const client = await connect(options);
      // One that cannot be reached at all is told at once; one that goes away later is waited for.
      await client.job(id);
      const job = await watchToEnd(client, id, options);
      show(job, options, () => describe(job));
      finish(job);
    });
  withManner(
    withConnection(jobs.command("retry [id]").description("Begin anew with a job that ended, as a new job, or with all with a label.")),
  )
    .option("--label <name=value>", "all with this label that failed, were cancelled or expired; each once, however often it is said")
    .option("--to <language>", "to another language")
    .option("--from <language>", "the document's language")
    .option("--password-file <file>", "what an encrypted document opens with: the first line of this file")
    .option("--ask-password", "asks for it; else it is taken from DRAGOMAN_DOCUMENT_PASSWORD, if that is set")
    .action(retry);
  withConnection(jobs.command("update <id>").description("Change a job while it waits."))
    .option("--priority <priority>", "low, normal or high", choice(PRIORITIES))
    .option("--not-before <time>", "not before then, as in 2h or 2027-01-31T12:00Z", expiry)
    .option("--now", "as soon as its turn comes")
    .option("--queue-deadline <seconds>", "how long it may wait for a worker from now on", wholeNumber(1, 604_800))
    .action(update);
  addCorrectCommand(jobs);
  withConnection(jobs.command("delete <id>").description("Forget a job that ended, and remove its files."))
    .option("--forget-memory", "the memory of translations forgets what came from it as well")
    .action(async (id: string, options: Connection & { forgetMemory?: boolean }) => {
      showReceipt(await (await connect(options)).delete(id, options), options);
    });
  withConnection(jobs.command("receipt <id>").description("What went with a job that was deleted.")).action(
    async (id: string, options: Connection) => showReceipt(await (await connect(options)).receipt(id), options),
  );
  withConnection(jobs.command("cancel [id]").description("Stop a job, or all with a label."))
    .option("--label <name=value>", "all with this label that are not final")
    .option("--reason <text>", "for the timeline", "")
    .action(async (id: string | undefined, options: Connection & { reason: string; label?: string }) => {
      const client = await connect(options);
      const { label, reason } = oneOf(id, options);
      if (label) return showAll(client.cancelAll([label], { reason }), options);
      const job = await client.cancel(id ?? "", reason);
      show(job, options, () => stateName(job.state));
    });
}

function showReceipt(receipt: DeletionReceipt, { json }: Connection): void {
  const { jobId, deleteTime, keyId, files, bytes, documentKept, removing, unitsForgotten } = receipt;
  const text = [
    `${jobId}  deleted ${deleteTime ? timestampDate(deleteTime).toISOString() : ""} ${keyId ? `by the key ${keyId}` : "when its time was over"}`,
    `${files} files with ${bytes} bytes ${removing ? "are being removed" : "are removed"}; ${unitsForgotten} translations forgotten`,
    ...(documentKept ? ["The document stays: another job has the same."] : []),
  ];
  console.log(json ? JSON.stringify(toJson(DeletionReceiptSchema, receipt)) : text.join("\n"));
}

type RetryOptions = Connection & PasswordOptions & MannerOptions & { label?: string; to?: string; from?: string };

async function retry(id: string | undefined, options: RetryOptions): Promise<void> {
  const { label, to, from } = oneOf(id, options);
  const client = await connect(options);
  const otherwise = { ...mannerOf(options), ...(to && { targetLanguage: to }), ...(from && { sourceLanguage: from }) };
  const changed = Object.values(otherwise).some(Boolean) && { options: otherwise };
  if (label) return showAll(client.retryAll([label], { ...changed }), options);
  const job = await client.retry(id ?? "", { password: await readPassword(options, process.env), ...changed });
  show(job, options, () => `${job.id}  ${stateName(job.state)}`);
}

interface UpdateOptions extends Connection {
  readonly priority?: Priority;
  readonly notBefore?: (now: number) => number;
  readonly now?: boolean;
  readonly queueDeadline?: number;
}

async function update(id: string, options: UpdateOptions): Promise<void> {
  const { priority, notBefore, now, queueDeadline } = options;
  const time = now ? 0 : notBefore?.(Date.now());
  const job = await (await connect(options)).update(id, {
    ...(priority !== undefined && { priority }),
    ...(time !== undefined && { notBefore: timestampFromMs(time) }),
    ...(queueDeadline !== undefined && { queueDeadlineSeconds: queueDeadline }),
  });
  show(job, options, () => describe(job));
}

/** Throws a usage error where both, or neither, are given. */
function oneOf<O extends { readonly label?: string }>(id: string | undefined, options: O): O {
  if ((id === undefined) === (options.label === undefined)) throw new UsageError("Give a job's id, or --label.");
  return options;
}

/** Each job as it is known what became of it. Exits as with the last error, if there was any. */
async function showAll(outcomes: AsyncIterable<JobOutcome>, { json }: Connection): Promise<void> {
  let refused: DragomanError | undefined;
  for await (const outcome of outcomes) {
    const { id, job, error } = outcome;
    if (error) refused = DragomanError.fromDetail(error);
    const what = job ? `${job.id === id ? "" : `${job.id}  `}${stateName(job.state)}` : `${error?.code}  ${error?.message}`;
    console.log(json ? JSON.stringify(toJson(JobOutcomeSchema, outcome)) : `${id}  ${what}`);
  }
  if (refused) throw refused;
}

async function watchToEnd(client: FileClient, id: string, { json }: Connection, signal?: AbortSignal): Promise<Job> {
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

function show(job: Job, { json }: Connection, text: () => string): void {
  console.log(json ? JSON.stringify(toJson(JobSchema, job)) : text());
}

/** The job's end as the command's exit code. Throws the error that the job failed with. */
function finish(job: Job): void {
  if (job.state === JobState.PARTIALLY_SUCCEEDED) process.exitCode = EXIT_PARTIAL;
  if (job.state === JobState.CANCELLED) process.exitCode = EXIT[ErrorCategory.CANCELLED];
  if (job.error && (job.state === JobState.FAILED || job.state === JobState.EXPIRED)) throw DragomanError.fromDetail(job.error);
}
