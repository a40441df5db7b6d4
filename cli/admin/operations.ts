import { toJson } from "@bufbuild/protobuf";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { Command } from "commander";
import { type Operation, OperationSchema, OperationState } from "../../gen/dragoman/v1/admin_service_pb.ts";
import { UsageError } from "../../platform/usage_error.ts";
import { type Connection, connect, withConnection } from "../connection.ts";
import { wholeNumber } from "../options.ts";
import { ACTIONS } from "./actions.ts";
import { type FilterOptions, filterFrom, withFilter } from "./jobs.ts";
import { type Reasoned, withReason } from "./reason.ts";

interface StartOptions extends Reasoned, FilterOptions {
  readonly id?: readonly string[];
  readonly dryRun?: boolean;
  readonly wait: boolean;
}

const STATES: Readonly<Partial<Record<OperationState, string>>> = {
  [OperationState.COUNTING]: "counting",
  [OperationState.RUNNING]: "running",
  [OperationState.DONE]: "done",
  [OperationState.CANCELLED]: "cancelled",
};

/** Adds `admin operations start | list | show | cancel`: one thing done with all jobs that a filter names. */
export function addOperationCommands(admin: Command): void {
  const operations = admin.command("operations").description("One thing done with all jobs that a filter names.");
  withFilter(withReason(operations.command("start <action> [value]").description(`Do it: ${Object.keys(ACTIONS).join(", ")}.`)))
    .option("--id <id>", "only this job; several times for several", (id: string, ids: readonly string[] = []) => [...ids, id])
    .option("--dry-run", "only count the jobs that are meant")
    .option("--no-wait", "do not wait until it is done")
    .action(async (name: string, value: string | undefined, { reason, id = [], dryRun = false, wait, ...options }: StartOptions) => {
      const doing = ACTIONS[name];
      if (!doing) throw new UsageError(`There is no action ${name}: ${Object.keys(ACTIONS).join(", ")}.`);
      const client = (await connect(options)).admin;
      const filter = { ...filterFrom(options), ids: [...id] };
      const begun = await client.calls.createOperation({ reason, dryRun, filter, action: doing.of(value ?? "") });
      const progress = (operation: Operation) => {
        if (!options.json) console.error(line(operation));
      };
      show(wait && !begun.endTime ? await client.settled(begun.id, progress) : begun, options);
    });
  withConnection(operations.command("list").description("The newest first."))
    .option("--limit <n>", "how many, 1 to 100", wholeNumber(1, 100), 20)
    .action(async ({ limit, ...options }: Connection & { limit: number }) => {
      const { operations: found } = await (await connect(options)).admin.calls.listOperations({ pageSize: limit });
      if (options.json) console.log(JSON.stringify(found.map((each) => toJson(OperationSchema, each))));
      else for (const each of found) console.log(line(each));
    });
  withConnection(operations.command("show <id>").description("How far one is.")).action(async (id: string, options: Connection) => {
    show(await (await connect(options)).admin.calls.getOperation({ id }), options);
  });
  withReason(operations.command("cancel <id>").description("Change no further job; those that were changed stay so.")).action(
    async (id: string, { reason, ...options }: Reasoned) =>
      show(await (await connect(options)).admin.calls.cancelOperation({ id, reason }), options),
  );
}

function show(operation: Operation, { json }: Pick<Connection, "json">): void {
  const failures = operation.failures.map(({ jobId, code }) => `${jobId}  ${code}`);
  console.log(json ? JSON.stringify(toJson(OperationSchema, operation)) : [line(operation), ...failures].join("\n"));
}

function line({ id, action, state, dryRun, matched, changed, unchanged, failed, createTime, reason }: Operation): string {
  const made = createTime ? timestampDate(createTime).toISOString().slice(0, 16) : "";
  const counts = dryRun ? "a dry run" : `${changed} changed, ${unchanged} unchanged, ${failed} failed`;
  return `${id}  ${made}Z  ${action}  ${STATES[state] ?? "?"}  ${matched} meant, ${counts}  ${reason}`;
}
