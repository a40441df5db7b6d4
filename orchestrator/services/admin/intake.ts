import { create } from "@bufbuild/protobuf";
import { type Intake, IntakeSchema } from "../../../gen/dragoman/v1/admin_service_pb.ts";
import { isJobClass, JOB_CLASSES, type JobClass } from "../../../platform/job_classes.ts";
import type { Principal } from "../../access/keys.ts";
import { type Controls, mayTake, orderFor, type Stop, withStop } from "../../policy/controls.ts";
import { requireAll } from "../validation.ts";
import type { AdminCalls, AdminParts } from "./admin_parts.ts";
import { changeControls } from "./changing_controls.ts";
import { stopMessage } from "./workers.ts";

/** The calls that pause and resume the intake of jobs, and what is given out of a class of work. */
export function intakeCalls(parts: AdminParts): AdminCalls<"getIntake" | "pauseIntake" | "resumeIntake" | "pauseClass" | "resumeClass"> {
  const { store, fleet } = parts;

  const toMessage = (controls: Controls): Intake => {
    const taking = fleet.members().filter(({ id }) => !orderFor(controls, id));
    const classes = JOB_CLASSES.map((name) => {
      const paused = controls.classes[name];
      const workers = taking.filter((member) => mayTake(member, name)).length;
      return { name, workers, ...(paused && { paused: stopMessage(paused) }) };
    });
    return create(IntakeSchema, { classes, ...(controls.intake && { paused: stopMessage(controls.intake) }) });
  };

  const setIntake = async (reason: string, by: Principal, paused: boolean) =>
    toMessage(
      await changeControls(parts, {
        ...{ by, reason, subject: "intake/all", action: paused ? "intake.pause" : "intake.resume" },
        to: ({ intake: _, ...others }, stop) => (paused ? { ...others, intake: stop } : others),
        shown: ({ intake }) => shownStop(intake),
      }),
    );

  const setClass = async (asked: { readonly jobClass: string; readonly reason: string }, by: Principal, paused: boolean) => {
    const jobClass = classNamed(asked.jobClass);
    return toMessage(
      await changeControls(parts, {
        ...{ by, reason: asked.reason, subject: `classes/${jobClass}`, action: paused ? "class.pause" : "class.resume" },
        to: (before, stop) => ({ ...before, classes: withStop(before.classes, jobClass, paused ? stop : undefined) }),
        shown: ({ classes }) => shownStop(classes[jobClass]),
      }),
    );
  };

  return {
    getIntake: async () => toMessage(await store.controls()),
    pauseIntake: async ({ reason }, { principal }) => setIntake(reason, principal, true),
    resumeIntake: async ({ reason }, { principal }) => setIntake(reason, principal, false),
    pauseClass: async (asked, { principal }) => setClass(asked, principal, true),
    resumeClass: async (asked, { principal }) => setClass(asked, principal, false),
  };
}

/** Paused again for the same reason it is as it was. */
function shownStop(stop: Stop | undefined): object {
  return stop ? { paused: true, reason: stop.reason } : { paused: false };
}

/** Throws INVALID_REQUEST. */
function classNamed(name: string): JobClass {
  requireAll([isJobClass(name), "job_class", `is one of ${JOB_CLASSES.join(", ")}`]);
  return name as JobClass;
}
