import { toJson } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { Command } from "commander";
import { type TenantJob, TenantJobSchema } from "../../gen/dragoman/v1/admin_service_pb.ts";
import type { Job } from "../../gen/dragoman/v1/job_pb.ts";
import { type Connection, connect, withConnection } from "../connection.ts";
import { type ChosenBy, jobLine, withChoice } from "../job_lists.ts";
import { past, wholeNumber } from "../options.ts";
import { timelineText } from "../render.ts";
import { ACTIONS } from "./actions.ts";
import { type Reasoned, withReason } from "./reason.ts";

/** What jobs of all tenants are chosen by. */
export interface FilterOptions extends ChosenBy {
  readonly tenant?: string;
  readonly error?: string;
  readonly quarantined?: boolean;
  readonly createdSince?: (now: number) => number;
  readonly createdBefore?: (now: number) => number;
  readonly updatedSince?: (now: number) => number;
  readonly updatedBefore?: (now: number) => number;
}

/** Adds the options by which jobs of all tenants are chosen. */
export function withFilter(command: Command): Command {
  return withChoice(command)
    .option("--tenant <name>", "only jobs of this tenant")
    .option("--error <code>", "only jobs whose error has this code, as in WORKER_LOST")
    .option("--quarantined", "only jobs whose document ended the engine")
    .option("--created-since <time>", "only jobs that were made since then, as in 2h or 2026-01-31", past)
    .option("--created-before <time>", "only jobs that were made before", past)
    .option("--updated-since <time>", "only jobs that were changed since then", past)
    .option("--updated-before <time>", "only jobs that were not changed since then", past);
}

/** What these options name. */
export function filterFrom(options: FilterOptions) {
  const { tenant = "", state = [], label = [], error = "", quarantined = false } = options;
  const time = (when: ((now: number) => number) | undefined) => when && timestampFromMs(when(Date.now()));
  const times = {
    createdAfter: time(options.createdSince),
    createdBefore: time(options.createdBefore),
    updatedAfter: time(options.updatedSince),
    updatedBefore: time(options.updatedBefore),
  };
  const given = Object.fromEntries(Object.entries(times).filter(([, value]) => value !== undefined));
  return { tenantId: tenant, states: state, labels: label, errorCode: error, quarantined, ...given };
}

/** Adds `admin jobs list | show`, and one command for each thing that operators do with a job. */
export function addAdminJobCommands(admin: Command): void {
  const jobs = admin.command("jobs").description("Jobs of all tenants.");
  withFilter(withConnection(jobs.command("list").description("Jobs of all tenants, the newest first.")))
    .option("--limit <n>", "how many", wholeNumber(1, 10_000), 20)
    .action(async ({ limit, ...options }: Connection & FilterOptions & { limit: number }) => {
      const { admin: client } = await connect(options);
      const found: TenantJob[] = [];
      for await (const job of client.jobs({ ...filterFrom(options), pageSize: Math.min(100, limit) })) {
        found.push(job);
        if (found.length === limit) break;
      }
      if (options.json) console.log(JSON.stringify(found.map((each) => toJson(TenantJobSchema, each))));
      else for (const each of found) console.log(line(each));
    });
  withConnection(jobs.command("show <id>").description("One job, with its timeline.")).action(async (id: string, options: Connection) => {
    show(await (await connect(options)).admin.calls.getTenantJob({ id }), options);
  });
  for (const [name, { description, value, of }] of Object.entries(ACTIONS)) {
    // Only a retry's options may be left out.
    const taken = value ? (name === "retry" ? ` [${value}]` : ` <${value}>`) : "";
    withReason(jobs.command(`${name} <id>${taken}`).description(description)).action(async (id: string, ...rest: unknown[]) => {
      const [given, options] = value ? [rest[0] as string | undefined, rest[1] as Reasoned] : ["", rest[0] as Reasoned];
      const { calls } = (await connect(options)).admin;
      show(await calls.overrideJob({ id, reason: options.reason, action: of(given ?? "") }), options);
    });
  }
}

function show(job: TenantJob, { json }: Pick<Connection, "json">): void {
  console.log(json ? JSON.stringify(toJson(TenantJobSchema, job)) : `${line(job)}\n${timelineText(job.job as Job)}`);
}

function line({ tenantId, job }: TenantJob): string {
  const marks = [...(job?.urgent ? ["urgent"] : []), ...(job?.quarantined ? ["quarantined"] : [])];
  return [tenantId.padEnd(16), jobLine(job as Job), ...marks].join("  ");
}
