import { create, toJsonString } from "@bufbuild/protobuf";
import type { Command } from "commander";
import { usageCsv } from "../../gateway/usage_csv.ts";
import { ListUsageRequestSchema, type ListUsageResponse, TenantUsageSchema } from "../../gen/dragoman/v1/admin_service_pb.ts";
import { connect } from "../connection.ts";
import { askedBy, nameOf, type UsageOptions, usageTable, withUsageOptions } from "../usage.ts";

interface TenantsUsageOptions extends UsageOptions {
  readonly tenant: string;
}

const CALL_MS = 30_000;
const PAGE = 100;

/** Adds `admin usage`: what the jobs of all tenants came to. */
export function addAdminUsageCommand(admin: Command): void {
  const command = admin.command("usage").description("What the jobs of each tenant came to. --json prints a line for each.");
  withUsageOptions(command)
    .option("--tenant <name>", "only this tenant", "")
    .action(async ({ tenant, csv, ...options }: TenantsUsageOptions) => {
      const { calls } = (await connect(options)).admin;
      for (let pageToken = "", first = true; first || pageToken; first = false) {
        const request = create(ListUsageRequestSchema, { ...askedBy(options), tenantId: tenant, pageToken, pageSize: PAGE });
        const page = await calls.listUsage(request, { timeoutMs: CALL_MS });
        pageToken = page.nextPageToken;
        const text = csv ? (usageCsv(request, page) ?? "") : options.json ? jsonLines(page) : tenantsText(page);
        // Of the pages after the first, the names of the columns are known.
        process.stdout.write(csv && !first ? text.slice(text.indexOf("\n") + 1) : text);
      }
    });
}

function jsonLines({ tenants }: ListUsageResponse): string {
  return tenants.map((tenant) => `${toJsonString(TenantUsageSchema, tenant, { alwaysEmitImplicit: true })}\n`).join("");
}

/** A row for each tenant, and for each of its groups before it. */
export function tenantsText({ tenants }: ListUsageResponse): string {
  const rows = tenants.flatMap(({ tenantId, total, groups }) => [
    ...groups.map((group) => [`${tenantId}  ${nameOf(group)}`, group.sums] as const),
    [tenantId, total] as const,
  ]);
  return `${usageTable(rows)}\n`;
}
