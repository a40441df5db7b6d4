import { toJsonString } from "@bufbuild/protobuf";
import { timestampDate, timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { Command } from "commander";
import { auditCsv } from "../../gateway/audit_export.ts";
import { type AuditEntry, AuditEntrySchema } from "../../gen/dragoman/v1/admin_service_pb.ts";
import { type Connection, connect, withConnection } from "../connection.ts";
import { past, wholeNumber } from "../options.ts";

interface AuditOptions extends Connection {
  readonly tenant: string;
  readonly key: string;
  readonly action: string;
  readonly subject: string;
  readonly since?: (now: number) => number;
  readonly until?: (now: number) => number;
  readonly limit: number;
  readonly all?: boolean;
  readonly csv?: boolean;
}

/** Adds `admin audit`: what was done by whom. */
export function addAuditCommand(admin: Command): void {
  withConnection(admin.command("audit").description("What was done by whom, the newest first. --json prints a line for each."))
    .option("--tenant <name>", "only what was done to this tenant; - for what was done to none", "")
    .option("--key <id>", "only what was done by this key, by its public id", "")
    .option("--action <name>", "only this, as in tenant.pause", "")
    .option("--subject <name>", "only what was done to this, as in jobs/01K9ZV7Q3M5T8E2XW4R6Y0H1B5", "")
    .option("--since <time>", "only what was done since then, as in 2h or 2026-01-31", past)
    .option("--until <time>", "only what was done before", past)
    .option("--limit <n>", "how many", wholeNumber(), 50)
    .option("--all", "all of them")
    .option("--csv", "print CSV")
    .action(async ({ tenant, key, action, subject, since, until, limit, all, csv, ...connection }: AuditOptions) => {
      const { admin: client } = await connect(connection);
      const query = {
        ...{ tenantId: tenant, keyId: key, action, subject, pageSize: all ? 1000 : Math.min(1000, limit) },
        ...(since && { after: timestampFromMs(since(Date.now())) }),
        ...(until && { before: timestampFromMs(until(Date.now())) }),
      };
      if (csv) process.stdout.write(auditCsv([], true));
      let shown = 0;
      for await (const entry of client.audit(query)) {
        if (!all && shown++ === limit) return;
        process.stdout.write(csv ? auditCsv([entry], false) : `${connection.json ? toJsonString(AuditEntrySchema, entry) : line(entry)}\n`);
      }
    });
}

function line({ time, keyId, action, subject, reason, before, after }: AuditEntry): string {
  const at = time ? timestampDate(time).toISOString().slice(0, 19) : "";
  const change = [before, after].some(Boolean) ? `${before || "nothing"} → ${after || "nothing"}` : "";
  return [`${at}Z`, keyId.padEnd(16), action.padEnd(18), subject, reason, change].filter(Boolean).join("  ");
}
