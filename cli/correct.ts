import { toJson } from "@bufbuild/protobuf";
import { type Command, InvalidArgumentError } from "commander";
import { type Job, JobSchema } from "../gen/dragoman/v1/job_pb.ts";
import { DragomanError } from "../platform/errors.ts";
import { type Connection, connect, withConnection } from "./connection.ts";
import { openDocument } from "./document.ts";
import { type PasswordOptions, readPassword } from "./password.ts";
import { ledgerText } from "./render.ts";

type Texts = Readonly<Record<string, string>>;

interface CorrectOptions extends Connection, PasswordOptions {
  readonly set: Texts;
  readonly ifVersion?: bigint;
}

const AFTER = `
A file is the job's XLIFF as a program for translators left it, or a JSON object of texts by their segments' ids, which the result's
JSON has: {"p3b7s2": "Press <1>Start</1> and <2/>"}. Tags are those of the segment's source.

  $ dragoman translate letter.docx --to es --outputs document,xliff --out out
  $ dragoman jobs correct 01K… out/letter.es.xlf`;

/** Adds `correct` to `jobs`. */
export function addCorrectCommand(jobs: Command): void {
  withConnection(jobs.command("correct <id> [file]").description("Have a result say something else, and write its files again."))
    .option("--set <segment=text>", "what one segment is to say, as in p3b7s2=Hola; may be given several times", oneText, {})
    .option("--if-version <n>", "only if the job has this version", version)
    .option("--password-file <file>", "what an encrypted document opens with: the first line of this file")
    .option("--ask-password", "asks for it; else it is taken from DRAGOMAN_DOCUMENT_PASSWORD, if that is set")
    .addHelpText("after", AFTER)
    .action(correct);
}

async function correct(id: string, file: string | undefined, options: CorrectOptions): Promise<void> {
  const password = await readPassword(options, process.env);
  const about = { password, ...(options.ifVersion !== undefined && { expectedVersion: options.ifVersion }) };
  const client = await connect(options);
  const job = await correctedJob();
  console.log(
    options.json ? JSON.stringify(toJson(JobSchema, job)) : `${job.id}  revision ${job.revision}\n${job.ledger ? ledgerText(job) : ""}`,
  );

  async function correctedJob(): Promise<Job> {
    if (file === undefined) return client.correct(id, required(options.set), about);
    await using document = await openDocument(file, new AbortController().signal);
    const texts = textsOf(document.fileName.endsWith(".json") ? await document.bytes.text() : undefined);
    if (texts) return client.correct(id, { ...texts, ...options.set }, about);
    if (Object.keys(options.set).length > 0) throw unusable("XLIFF is taken as it is: --set goes with JSON, or alone.");
    return client.correctByXliff(id, document.bytes, about);
  }
}

function required(texts: Texts): Texts {
  if (Object.keys(texts).length > 0) return texts;
  throw unusable("Give a file, or --set.");
}

function textsOf(json: string | undefined): Texts | undefined {
  if (json === undefined) return undefined;
  try {
    const texts: unknown = JSON.parse(json);
    if (typeof texts === "object" && texts !== null && Object.values(texts).every((text) => typeof text === "string"))
      return texts as Texts;
  } catch {
    // Told below, without the file's text.
  }
  throw unusable("The file is no JSON object of texts.");
}

function unusable(message: string): DragomanError {
  return DragomanError.of("INVALID_REQUEST", message, { hint: "`jobs correct --help` shows how." });
}

function oneText(given: string, before: Texts): Texts {
  const [, segment, text] = /^([\w.-]+)=([\s\S]+)$/.exec(given) ?? [];
  if (segment === undefined || text === undefined)
    throw new InvalidArgumentError("It takes a segment's id and its text, as in p3b7s2=Hola.");
  return { ...before, [segment]: text };
}

function version(text: string): bigint {
  if (/^[1-9]\d{0,17}$/.test(text)) return BigInt(text);
  throw new InvalidArgumentError("It takes the version that `jobs get --json` shows.");
}
