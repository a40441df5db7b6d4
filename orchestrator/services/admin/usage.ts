import { create } from "@bufbuild/protobuf";
import { ListUsageResponseSchema, type TenantUsage, TenantUsageSchema } from "../../../gen/dragoman/v1/admin_service_pb.ts";
import { GetUsageRequestSchema } from "../../../gen/dragoman/v1/job_service_pb.ts";
import { dayOf } from "../../policy/usage.ts";
import { daysOf, groupsBytes, MAX_GROUPS_BYTES, usageReport } from "../usage.ts";
import { requireAll } from "../validation.ts";
import type { AdminCalls, AdminParts } from "./admin_parts.ts";

const DEFAULT_PAGE = 20;
const MAX_PAGE = 100;

/** What the jobs of all tenants came to. */
export function usageCalls({ store }: AdminParts): AdminCalls<"listUsage"> {
  return {
    async listUsage(request) {
      const { pageSize, pageToken, tenantId, groupBy, keyId, label, engine } = request;
      requireAll(
        [pageSize >= 0, "page_size", `is 1 to ${MAX_PAGE}, or 0 for ${DEFAULT_PAGE}`],
        [pageToken.length <= 200 && tenantId.length <= 200, "page_token", "and tenant_id have at most 200 characters"],
      );
      const days = daysOf(request, dayOf(store.clock.now()));
      const limit = Math.min(MAX_PAGE, pageSize || DEFAULT_PAGE);
      const found = tenantId ? [tenantId] : await store.usageTenants(days.from, days.to, pageToken, limit + 1);
      const asked = create(GetUsageRequestSchema, { groupBy, ...days, keyId, label, engine });
      const tenants: TenantUsage[] = [];
      let bytes = 0;
      for (const each of found.slice(0, limit)) {
        const report = await usageReport(store, each, asked);
        bytes += groupsBytes(report.groups);
        // The page ends earlier: the first tenant always fits.
        if (bytes > MAX_GROUPS_BYTES) break;
        tenants.push(create(TenantUsageSchema, { tenantId: each, total: report.total, groups: report.groups }));
      }
      const nextPageToken = found.length > tenants.length ? (tenants.at(-1)?.tenantId ?? "") : "";
      return create(ListUsageResponseSchema, { ...days, tenants, nextPageToken });
    },
  };
}
