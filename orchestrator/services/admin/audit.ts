import { create } from "@bufbuild/protobuf";
import { timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { encodeTime } from "ulid";
import {
  type AuditEntry as AuditEntryMessage,
  AuditEntrySchema,
  ListAuditResponseSchema,
} from "../../../gen/dragoman/v1/admin_service_pb.ts";
import type { AuditEntry } from "../../policy/audit.ts";
import { withinMessage } from "../message_room.ts";
import { isTime, requireAll, TIMES } from "../validation.ts";
import type { AdminCalls, AdminParts } from "./admin_parts.ts";

const DEFAULT_PAGE = 100;
const MAX_PAGE = 1000;
const TOKEN = /^([0-9A-HJKMNP-TV-Z]{26})?$/;
/** Of a query: what was done to no tenant. */
const NO_TENANT = "-";
const MAX_TEXT = 200;

/** The calls about the audit log. */
export function auditCalls({ store }: AdminParts): AdminCalls<"listAudit"> {
  return {
    async listAudit(request, { principal }) {
      const { pageSize, pageToken, tenantId, keyId, action, subject, after, before } = request;
      requireAll(
        [pageSize >= 0, "page_size", `is 1 to ${MAX_PAGE}, or 0 for ${DEFAULT_PAGE}`],
        [TOKEN.test(pageToken), "page_token", "is a next_page_token, or empty"],
        ...Object.entries({ tenant_id: tenantId, key_id: keyId, action, subject }).map(
          ([field, text]) => [text.length <= MAX_TEXT, field, `has at most ${MAX_TEXT} characters`] as const,
        ),
        [isTime(after), "after", TIMES],
        [isTime(before), "before", TIMES],
      );
      const isOperator = principal.scopes.includes("operator");
      // What is asked of another tenant is not there.
      if (!isOperator && tenantId && tenantId !== principal.tenantId) return create(ListAuditResponseSchema);
      const bounds = [pageToken, before ? encodeTime(timestampMs(before)) : ""].filter(Boolean).sort();
      const { entries, last } = await store.audit({
        tenantId: isOperator ? wanted(tenantId) : principal.tenantId,
        ...{ keyId, action, subject },
        from: after ? encodeTime(timestampMs(after)) : "",
        before: bounds[0] ?? "~",
        limit: Math.min(MAX_PAGE, pageSize || DEFAULT_PAGE),
      });
      const page = withinMessage(entries);
      const next = page.length < entries.length ? (page.at(-1)?.id ?? "") : last;
      return create(ListAuditResponseSchema, { entries: page.map(toMessage), nextPageToken: next });
    },
  };
}

function wanted(tenantId: string): string | undefined {
  return tenantId === NO_TENANT ? "" : tenantId || undefined;
}

function toMessage({ at, ...entry }: AuditEntry): AuditEntryMessage {
  return create(AuditEntrySchema, { ...entry, time: timestampFromMs(at) });
}
