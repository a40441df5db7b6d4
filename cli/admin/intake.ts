import { toJson } from "@bufbuild/protobuf";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import { Argument, type Command } from "commander";
import { type Intake, IntakeSchema, type Stop } from "../../gen/dragoman/v1/admin_service_pb.ts";
import { JOB_CLASSES } from "../../platform/job_classes.ts";
import { type Connection, connect, withConnection } from "../connection.ts";
import { type Reasoned, withReason } from "./reason.ts";

/** Adds `admin intake show | pause | resume` and `admin classes pause | resume`. */
export function addIntakeCommands(admin: Command): void {
  const intake = admin.command("intake").description("Whether jobs are taken in at all.");
  withConnection(
    intake.command("show").description("Whether jobs are taken in, and of which classes of work they are given to workers."),
  ).action(async (options: Connection) => show(await (await connect(options)).admin.calls.getIntake({}), options));
  withReason(intake.command("pause").description("Take no jobs; those there are go on. Who makes one is told the reason.")).action(
    async ({ reason, ...options }: Reasoned) => show(await (await connect(options)).admin.calls.pauseIntake({ reason }), options),
  );
  withReason(intake.command("resume").description("Take jobs again.")).action(async ({ reason, ...options }: Reasoned) =>
    show(await (await connect(options)).admin.calls.resumeIntake({ reason }), options),
  );
  const classes = admin.command("classes").description(`Classes of work: ${JOB_CLASSES.join(", ")}.`);
  const one = () => new Argument("<class>", "the class of work").choices(JOB_CLASSES);
  withReason(classes.command("pause").addArgument(one()).description("Give none of its jobs to workers; those that run go on.")).action(
    async (jobClass: string, { reason, ...options }: Reasoned) =>
      show(await (await connect(options)).admin.calls.pauseClass({ jobClass, reason }), options),
  );
  withReason(classes.command("resume").addArgument(one()).description("Give its jobs to workers again.")).action(
    async (jobClass: string, { reason, ...options }: Reasoned) =>
      show(await (await connect(options)).admin.calls.resumeClass({ jobClass, reason }), options),
  );
}

function show(intake: Intake, { json }: Pick<Connection, "json">): void {
  console.log(json ? JSON.stringify(toJson(IntakeSchema, intake)) : intakeText(intake));
}

function intakeText({ paused, classes }: Intake): string {
  const workers = (count: number) => (count === 1 ? "1 worker" : `${count} workers`);
  return [
    `intake    ${paused ? stopText(paused) : "open"}`,
    ...classes.map(({ name, workers: count, paused: held }) => `${name.padEnd(9)} ${workers(count)}${held ? `  ${stopText(held)}` : ""}`),
  ].join("\n");
}

function stopText({ reason, time, keyId }: Stop): string {
  const since = time ? ` since ${timestampDate(time).toISOString().slice(0, 16)}Z` : "";
  return `paused${since} by ${keyId}: ${reason}`;
}
