import { JobService } from "../../gen/dragoman/v1/job_service_pb.ts";
import { asDragomanError } from "../../platform/errors.ts";
import { grpcClient } from "../../platform/grpc/client.ts";
import type { CommonConfig, WorkerConfig } from "../config.ts";
import { checkArtefacts } from "./artefacts.ts";
import { type Diagnosis, ok, unreachable } from "./diagnosis.ts";
import { checkEngines } from "./engines.ts";
import { checkMachine } from "./machine.ts";
import { checkMessaging } from "./messaging.ts";
import { checkStore } from "./store.ts";

/** Where to look beside the drivers. */
export interface DoctorOptions extends Pick<WorkerConfig, "slots" | "memoryBytes" | "engines"> {
  /** `host:port`, or several; empty for none. */
  readonly orchestrator: string;
  /** Origin of NATS's monitoring port; empty if there is none. */
  readonly natsMonitor: string;
}

/** Looks at everything that a deployment depends on, as the environment describes it. Never throws for what it finds. */
export async function diagnose({ drivers }: CommonConfig, options: DoctorOptions): Promise<Diagnosis[]> {
  const checks = [
    checkStore(drivers.store),
    checkMessaging(drivers.messaging, options.natsMonitor),
    checkArtefacts(drivers.artefacts),
    ...options.orchestrator.split(",").filter(Boolean).map(checkOrchestrator),
    checkMachine(options.slots, options.memoryBytes),
    checkEngines(options.engines),
  ];
  return (await Promise.all(checks)).flat();
}

async function checkOrchestrator(address: string): Promise<Diagnosis[]> {
  const subject = `orchestrator ${address}`;
  using client = grpcClient(JobService, address);
  try {
    await client.listLanguagePairs({});
  } catch (error) {
    // Without a key it refuses, and so it is there.
    if (asDragomanError(error).code !== "UNAUTHENTICATED")
      return [unreachable(subject, error, "Start it, or look at DRAGOMAN_ORCHESTRATOR and the network between.")];
  }
  return [ok(subject, "answers")];
}

const MARKS: Readonly<Record<Diagnosis["verdict"], string>> = { ok: "ok", warning: "warning", error: "ERROR" };

export function diagnosesText(diagnoses: readonly Diagnosis[]): string {
  const width = Math.max(...diagnoses.map(({ subject }) => subject.length));
  return diagnoses
    .flatMap(({ subject, verdict, found, advice }) => [
      `${MARKS[verdict].padEnd(8)} ${subject.padEnd(width)}  ${found}`,
      ...(advice ? [`${"".padEnd(9 + width)}  → ${advice}`] : []),
    ])
    .join("\n");
}
