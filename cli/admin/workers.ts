import { toJson } from "@bufbuild/protobuf";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import type { Command } from "commander";
import { type Worker, WorkerOrder, WorkerSchema } from "../../gen/dragoman/v1/admin_service_pb.ts";
import { type Connection, connect, withConnection } from "../connection.ts";
import { type Reasoned, withReason } from "./reason.ts";

const ORDERS: Readonly<Record<WorkerOrder, string>> = {
  [WorkerOrder.UNSPECIFIED]: "",
  [WorkerOrder.DRAIN]: "drained",
  [WorkerOrder.QUARANTINE]: "quarantined",
};
const OLDER = "(older)";

/** Adds `admin workers list | drain | quarantine | resume | forget`. */
export function addWorkerCommands(admin: Command): void {
  const workers = admin.command("workers").description("The workers of all orchestrators.");
  withConnection(workers.command("list").description("Who is connected, what it takes and holds, and what was ordered of it.")).action(
    async (options: Connection) => {
      const { workers: listed } = await (await connect(options)).admin.calls.listWorkers({});
      if (options.json) console.log(JSON.stringify(listed.map((worker) => toJson(WorkerSchema, worker))));
      else for (const worker of listed) console.log(workerLine(worker));
    },
  );
  withReason(
    workers.command("drain <worker>").description("Have it take no more; it finishes what it holds, and stays so until resumed."),
  ).action(async (id: string, { reason, ...options }: Reasoned) =>
    show(await (await connect(options)).admin.calls.drainWorker({ id, reason }), options),
  );
  withReason(workers.command("quarantine <worker>").description("Have it take no more, and give what it holds to others at once.")).action(
    async (id: string, { reason, ...options }: Reasoned) =>
      show(await (await connect(options)).admin.calls.quarantineWorker({ id, reason }), options),
  );
  withReason(workers.command("resume <worker>").description("Have it take jobs again.")).action(
    async (id: string, { reason, ...options }: Reasoned) =>
      show(await (await connect(options)).admin.calls.resumeWorker({ id, reason }), options),
  );
  withReason(workers.command("forget <worker>").description("Keep no order of a worker that will not come back.")).action(
    async (id: string, { reason, ...options }: Reasoned) => {
      await (await connect(options)).admin.calls.forgetWorker({ id, reason });
      console.log(options.json ? "{}" : `${id}  forgotten`);
    },
  );
}

function show(worker: Worker, { json }: Pick<Connection, "json">): void {
  console.log(json ? JSON.stringify(toJson(WorkerSchema, worker)) : workerLine(worker));
}

function workerLine({ id, connected, connectTime, slots, jobIds, classes, engines, ocr, office, order, stop }: Worker): string {
  const since = connectTime ? `since ${timestampDate(connectTime).toISOString().slice(0, 16)}Z` : "";
  const extras = [...(ocr ? ["OCR"] : []), ...(office ? ["LibreOffice"] : [])];
  const about = connected
    ? [since, `${jobIds.length}/${slots} slots`, classes.join(",") || OLDER, engines.join(","), extras.join(",")]
    : ["not connected"];
  return [id, ...about, order ? `${ORDERS[order]}: ${stop?.reason ?? ""}` : ""].filter(Boolean).join("  ");
}
