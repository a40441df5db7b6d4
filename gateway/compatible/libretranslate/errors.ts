import type { ServerResponse } from "node:http";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { type DragomanError, errorKind } from "../../../platform/errors.ts";
import { sendJson } from "../asked.ts";

/** What its contract has: 403 for keys, 429 for more than is permitted, 500 where a translation failed; of others our own status. */
const STATUSES: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 403,
  PERMISSION_DENIED: 403,
  BUDGET_EXCEEDED: 429,
  TRANSLATOR_QUOTA_EXCEEDED: 429,
  DOCUMENT_INCOMPLETE: 500,
  NOTHING_TRANSLATED: 500,
};

export function statusOf({ code }: DragomanError): number {
  const known = STATUSES[code];
  if (known !== undefined) return known;
  const { http } = errorKind(code);
  return [404, 405, 429].includes(http) || http >= 500 ? http : 400;
}

export function writeLibretranslateError(response: ServerResponse, error: DragomanError, traceId: string): void {
  const { message, hint, retryAfter, violations } = error.detail;
  if (retryAfter) response.setHeader("retry-after", String(Math.ceil(durationMs(retryAfter) / 1000)));
  sendJson(response, statusOf(error), {
    error: message,
    ...(hint && violations.length === 0 && { hint }),
    code: error.code,
    trace_id: traceId,
  });
}
