import type { IncomingMessage, ServerResponse } from "node:http";
import { create, type Message, toJsonString } from "@bufbuild/protobuf";
import { timestampDate } from "@bufbuild/protobuf/wkt";
import {
  AdminService,
  type AuditEntry,
  AuditEntrySchema,
  type ListAuditRequest,
  ListAuditRequestSchema,
  type ListAuditResponse,
} from "../gen/dragoman/v1/admin_service_pb.ts";
import { DragomanError } from "../platform/errors.ts";
import type { CallOptions } from "../platform/grpc/client.ts";
import { csvText } from "./csv.ts";
import { write } from "./files.ts";
import type { CallProxy } from "./proxy.ts";

export type AuditFormat = "csv" | "jsonl";

const TYPES: Readonly<Record<AuditFormat, string>> = { csv: "text/csv; charset=utf-8; header=present", jsonl: "application/jsonl" };
const PAGE = 1000;
const COLUMNS = ["id", "time", "tenant_id", "key_id", "key_tenant_id", "action", "subject", "reason", "before", "after", "operation_id"];

/**
 * Whether the audit log is asked for as a file: by `format`, which is taken out of the query, or else by the header accept. Throws
 * INVALID_REQUEST for another format.
 */
export function auditFormat({ headers }: IncomingMessage, query: URLSearchParams): AuditFormat | undefined {
  const formats = query.getAll("format");
  query.delete("format");
  const [format, ...more] = formats;
  if (more.length > 0 || (format !== undefined && format !== "csv" && format !== "jsonl" && format !== "json"))
    throw DragomanError.of("INVALID_REQUEST", "The request is not valid: format is csv, jsonl or json.", {
      violations: [{ field: "format", description: "is csv, jsonl or json" }],
    });
  if (format) return format === "json" ? undefined : format;
  if (/\btext\/csv\b/.test(headers.accept ?? "")) return "csv";
  return /\bapplication\/(jsonl|x-ndjson)\b/.test(headers.accept ?? "") ? "jsonl" : undefined;
}

/** All entries that are asked for, page after page, as they come; nothing is held. */
export async function sendAudit(
  asked: ListAuditRequest,
  format: AuditFormat,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  options: CallOptions,
  proxy: CallProxy,
): Promise<void> {
  const page = (pageToken: string) =>
    proxy(
      AdminService.method.listAudit,
      create(ListAuditRequestSchema, { ...asked, pageSize: PAGE, pageToken } as ListAuditRequest),
      options,
    ) as Promise<Message> as Promise<ListAuditResponse>;
  // Of what is refused nothing was sent yet.
  let next = await page(asked.pageToken);
  response.writeHead(200, { "content-type": TYPES[format], "content-disposition": `attachment; filename="audit.${format}"` });
  if (request.method === "HEAD") return void response.end();
  if (format === "csv") await write(response, auditCsv([], true));
  for (;;) {
    const { entries, nextPageToken } = next;
    const text =
      format === "csv" ? auditCsv(entries, false) : entries.map((entry) => `${toJsonString(AuditEntrySchema, entry)}\n`).join("");
    if (text !== "") await write(response, text);
    if (nextPageToken === "") break;
    next = await page(nextPageToken);
  }
  response.end();
}

/** Entries as rows of CSV, with the names of its columns before them if `head`. */
export function auditCsv(entries: readonly AuditEntry[], head: boolean): string {
  const rows = entries.map(({ id, time, tenantId, keyId, keyTenantId, action, subject, reason, before, after, operationId }) => [
    ...[
      id,
      time ? timestampDate(time).toISOString() : "",
      tenantId,
      keyId,
      keyTenantId,
      action,
      subject,
      reason,
      before,
      after,
      operationId,
    ],
  ]);
  return csvText([...(head ? [COLUMNS] : []), ...rows]);
}
