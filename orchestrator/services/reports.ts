import { create, toBinary } from "@bufbuild/protobuf";
import { type Error as ErrorMessage, ErrorSchema } from "../../gen/dragoman/v1/error_pb.ts";
import { type Ledger, LedgerEntrySchema, LedgerSchema, type LongestSpan } from "../../gen/dragoman/v1/job_pb.ts";
import { type Complete, CompleteSchema, Report, type WorkerMessage } from "../../gen/dragoman/v1/worker_service_pb.ts";
import { errorDetail } from "../../platform/errors.ts";
import { MAX_REPORT_BYTES } from "../../platform/report.ts";
import type { JobCommand } from "../jobs/job.ts";

/** As the contract promises of a ledger. */
const MAX_ENTRIES = 200;
const MAX_LETTERS = 1000;
const MAX_REASON_LETTERS = 100;
/** More than there are stages. */
const MAX_SPANS = 20;

interface Parsed {
  readonly jobId: string;
  readonly command: JobCommand;
  /** Which report the answer is to. */
  readonly report: Report;
}

/** What a worker's message asks of a job; undefined if it is of none. Whatever it says is bounded: a job holds it from then on. */
export function commandOf(message: WorkerMessage["message"], workerId: string): Parsed | undefined {
  switch (message.case) {
    case "claim": {
      const { jobId, dispatch, traceparent } = message.value;
      return {
        jobId,
        command: { kind: "claim", workerId, deliveryAttempt: dispatch, invitationTraceparent: traceparent.slice(0, MAX_REASON_LETTERS) },
        report: Report.UNSPECIFIED,
      };
    }
    case "heartbeat": {
      const { jobId, longestSpans, ...heartbeat } = message.value;
      return {
        jobId,
        command: { kind: "heartbeat", workerId, ...heartbeat, longestSpans: boundedSpans(longestSpans) },
        report: Report.HEARTBEAT,
      };
    }
    case "complete":
      return { jobId: message.value.jobId, command: completion(message.value, workerId), report: Report.COMPLETE };
    case "fail": {
      const { jobId, attempt, error = errorDetail("INTERNAL", "The worker gave no reason.") } = message.value;
      return { jobId, command: { kind: "fail", workerId, attempt, error: boundedError(error) }, report: Report.FAIL };
    }
    case "release": {
      const { jobId, attempt, reason } = message.value;
      return {
        jobId,
        command: { kind: "release", workerId, attempt, reason: reason.slice(0, MAX_REASON_LETTERS) },
        report: Report.RELEASE,
      };
    }
    default:
      return undefined;
  }
}

function completion(report: Complete, workerId: string): JobCommand {
  const { attempt, ledger, artefacts, longestSpans } = report;
  const failed = (error: ErrorMessage): JobCommand => ({ kind: "fail", workerId, attempt, error });
  if (!ledger) return failed(errorDetail("LEDGER_MISMATCH", "The worker sent no ledger."));
  const bounded = boundedLedger(ledger);
  const { length } = toBinary(CompleteSchema, create(CompleteSchema, { ...report, ledger: bounded }));
  if (length > MAX_REPORT_BYTES)
    return failed(errorDetail("RESULT_TOO_LARGE", `The result has ${artefacts.length} files, more than a job may list.`));
  return { kind: "complete", workerId, attempt, ledger: bounded, artefacts, longestSpans: boundedSpans(longestSpans) };
}

export function boundedLedger(ledger: Ledger): Ledger {
  const entries = ledger.entries
    .slice(0, MAX_ENTRIES)
    .map(({ page, code, message }) =>
      create(LedgerEntrySchema, { page, code: code.slice(0, MAX_REASON_LETTERS), message: message.slice(0, MAX_LETTERS) }),
    );
  return create(LedgerSchema, { ...ledger, entries });
}

function boundedSpans(spans: readonly LongestSpan[]): LongestSpan[] {
  return spans.slice(0, MAX_SPANS).map((span) => ({ ...span, name: span.name.slice(0, MAX_REASON_LETTERS) }));
}

function boundedError(error: ErrorMessage): ErrorMessage {
  const [code, stage, traceId] = [error.code, error.stage, error.traceId].map((text) => text.slice(0, MAX_REASON_LETTERS));
  const [message, hint] = [error.message, error.hint].map((text) => text.slice(0, MAX_LETTERS));
  return create(ErrorSchema, { ...error, code, stage, traceId, message, hint, violations: [], quota: undefined } as ErrorMessage);
}
