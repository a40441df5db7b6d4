import type { ServerResponse } from "node:http";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { type DragomanError, errorKind } from "../../../platform/errors.ts";
import { sendJson } from "../asked.ts";

/** What DeepL's clients take these for (https://developers.deepl.com/docs/best-practices/error-handling); of others our own status. */
const STATUSES: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 403,
  PERMISSION_DENIED: 403,
  BUDGET_EXCEEDED: 456,
  TRANSLATOR_QUOTA_EXCEEDED: 456,
  // "Not ready yet": what it is to whoever asks for a document's result.
  RESULT_NOT_READY: 503,
  METHOD_NOT_ALLOWED: 405,
};

/** DeepL's clients try again after 429 and all from 500 on. */
export function statusOf({ code }: DragomanError): number {
  const known = STATUSES[code];
  if (known !== undefined) return known;
  const { http } = errorKind(code);
  return [404, 405, 413, 415, 429].includes(http) || http >= 500 ? http : 400;
}

export function writeDeeplError(response: ServerResponse, error: DragomanError, traceId: string): void {
  const { message, hint, retryAfter, violations } = error.detail;
  if (retryAfter) response.setHeader("retry-after", String(Math.ceil(durationMs(retryAfter) / 1000)));
  sendJson(response, statusOf(error), {
    message,
    ...(hint && violations.length === 0 && { detail: hint }),
    code: error.code,
    trace_id: traceId,
  });
}
