import { toJson } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Command, InvalidArgumentError } from "commander";
import { type Job, JobSchema, JobState } from "../gen/dragoman/v1/job_pb.ts";
import { type JobChange, JobSort } from "../gen/dragoman/v1/job_service_pb.ts";
import { stateName } from "../platform/names.ts";
import { type Connection, connect, withConnection } from "./connection.ts";
import { choice } from "./manner.ts";
import { past, wholeNumber } from "./options.ts";

/** What jobs are chosen by. */
export interface ChosenBy {
  readonly state?: JobState[];
  readonly label?: string[];
}

interface ListOptions extends Connection, ChosenBy {
  readonly limit: number;
  readonly name?: string;
  readonly since?: (now: number) => number;
  readonly sort?: JobSort;
  readonly retryOf?: string;
  readonly counts?: boolean;
}

const SORTS = {
  __proto__: null as never,
  ...{ created: JobSort.CREATED_DESC, "created-asc": JobSort.CREATED_ASC },
  ...{ updated: JobSort.UPDATED_DESC, "updated-asc": JobSort.UPDATED_ASC },
};
const STATES = Object.fromEntries(
  Object.entries(JobState).flatMap(([name, state]) => (typeof state === "number" && state !== 0 ? [[name.toLowerCase(), state]] : [])),
);

/** Adds the options by which jobs are chosen. */
export function withChoice(command: Command): Command {
  return command
    .option("--state <list>", "only jobs in one of these states, as in queued,running", states)
    .option("--label <name=value>", "only jobs with this label; given several times, with all of them", (label, labels: string[] = []) => [
      ...labels,
      label,
    ]);
}

/** Adds `list` to the commands about jobs. */
export function addListCommand(jobs: Command): void {
  withChoice(withConnection(jobs.command("list").description("Your jobs, newest first.")))
    .option("--limit <n>", "how many, 1 to 100", wholeNumber(1, 100), 20)
    .option("--name <text>", "only jobs whose file name has this in it")
    .option("--since <time>", "only jobs that were changed since then, as in 2h or 2026-01-31", past)
    .option("--sort <order>", "created, updated (the last one first), created-asc or updated-asc", choice(SORTS))
    .option("--retry-of <id>", "only retries of this job")
    .option("--counts", "also how many jobs there are in each state")
    .action(async ({ limit, state, label, since, json, server, sort, name, retryOf, counts = false }: ListOptions) => {
      const client = await connect({ server });
      const found: Job[] = [];
      const filter = {
        ...{ states: state ?? [], labels: label ?? [], counts },
        ...{ ...(sort !== undefined && { sort }), ...(name !== undefined && { name }), ...(retryOf !== undefined && { retryOf }) },
        ...(since && { updatedAfter: timestampFromMs(since(Date.now())) }),
      };
      let page = await client.list({ ...filter, pageSize: limit });
      const { counts: counted } = page;
      // A page may be short where much was looked through for it.
      for (found.push(...page.jobs); page.nextPageToken && found.length < limit; found.push(...page.jobs))
        page = await client.list({ ...filter, pageSize: limit - found.length, pageToken: page.nextPageToken });
      const shown = found.map((job) => toJson(JobSchema, job));
      const countsShown = Object.fromEntries(counted.map(({ state: of, jobs: count }) => [stateName(of), count]));
      if (json) console.log(JSON.stringify(counts ? { jobs: shown, counts: countsShown } : shown));
      else for (const job of found) console.log(jobLine(job));
      if (!json) for (const { state: of, jobs: count } of counted) console.log(`${stateName(of).padEnd(20)} ${count}`);
    });
}

/** Prints every change of jobs until it is interrupted. */
export async function watchAll({ label, state, cursor, json, server }: Connection & ChosenBy & { cursor?: string }): Promise<void> {
  const client = await connect({ server });
  const chosen = { ...(label && { labels: label }), ...(state && { states: state }), ...(cursor && { cursor }) };
  // One that cannot be reached at all is told at once; one that goes away later is waited for.
  await client.list({ pageSize: 1 });
  for await (const change of client.watchAll(chosen)) {
    const line = json ? jsonLine(change) : changeLine(change);
    if (line) console.log(line);
  }
}

function jsonLine({ cursor, job, deletedJobId }: JobChange): string {
  return JSON.stringify({ cursor, ...(job && { job: toJson(JobSchema, job) }), ...(deletedJobId && { deletedJobId }) });
}

function changeLine({ job, deletedJobId }: JobChange): string {
  if (job) return jobLine(job);
  return deletedJobId && `${deletedJobId}  deleted`;
}

export function jobLine(job: Job): string {
  return `${job.id}  ${stateName(job.state).padEnd(20)} ${String(job.percent).padStart(3)} %  ${job.fileName}`;
}

function states(text: string): JobState[] {
  return text.split(",").map((name) => {
    const state = STATES[name.trim().toLowerCase().replace(/-/g, "_")];
    if (state === undefined) throw new InvalidArgumentError(`It takes some of ${Object.keys(STATES).join(",")}.`);
    return state as JobState;
  });
}
