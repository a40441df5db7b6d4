import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import {
  ErrorCategory,
  type Error as ErrorMessage,
  ErrorSchema,
  FieldViolationSchema,
  type QuotaViolation,
} from "../gen/dragoman/v1/error_pb.ts";
import { FILE_TYPE_NAMES } from "./file_types.ts";

const { INVALID_INPUT, UNSUPPORTED, LIMIT_EXCEEDED, PROVIDER, INFRASTRUCTURE, WORKER_LOST, CANCELLED, INTERNAL } = ErrorCategory;

interface ErrorKind {
  readonly category: ErrorCategory;
  /** A google.rpc.Code. */
  readonly grpc: number;
  readonly http: number;
  readonly retryable?: true;
  readonly hint: string;
}

/** Every error that Dragoman gives: its code, who must act, how each protocol shows it, and what to do. */
const ERRORS = {
  INVALID_REQUEST: { category: INVALID_INPUT, grpc: 3, http: 400, hint: "Correct the fields named in `violations`." },
  UNAUTHENTICATED: {
    category: INVALID_INPUT,
    grpc: 16,
    http: 401,
    hint: "Send `authorization: Bearer <API key>`; `dragoman serve` prints where the local key is kept.",
  },
  PERMISSION_DENIED: {
    category: INVALID_INPUT,
    grpc: 7,
    http: 403,
    hint: "Use a key with the scope this call needs; GET /whoami tells which a key has.",
  },
  INPUT_UNREADABLE: {
    category: INVALID_INPUT,
    grpc: 3,
    http: 400,
    hint: "Name a file that is there and that you may read, or - for standard input.",
  },
  OUTPUT_NOT_WRITABLE: { category: INVALID_INPUT, grpc: 3, http: 400, hint: "Name a folder that you may write to." },
  JOB_NOT_FOUND: {
    category: INVALID_INPUT,
    grpc: 5,
    http: 404,
    hint: "Check the id, and that the key is of the tenant that created the job.",
  },
  UPLOAD_NOT_FOUND: { category: INVALID_INPUT, grpc: 5, http: 404, hint: "Call CreateUpload and PUT the file to its URL first." },
  GLOSSARY_NOT_FOUND: { category: INVALID_INPUT, grpc: 5, http: 404, hint: "GET /glossaries lists the tenant's glossaries." },
  KEY_NOT_FOUND: { category: INVALID_INPUT, grpc: 5, http: 404, hint: "`dragoman keys list` shows the ids." },
  TENANT_NOT_FOUND: { category: INVALID_INPUT, grpc: 5, http: 404, hint: "GET /admin/tenants lists those that something was set of." },
  WORKER_NOT_FOUND: { category: INVALID_INPUT, grpc: 5, http: 404, hint: "GET /admin/workers lists those that are known." },
  WEBHOOK_NOT_FOUND: { category: INVALID_INPUT, grpc: 5, http: 404, hint: "GET /webhooks lists the tenant's endpoints." },
  OPERATION_NOT_FOUND: { category: INVALID_INPUT, grpc: 5, http: 404, hint: "GET /admin/operations lists those that are kept." },
  ARTEFACT_NOT_FOUND: { category: INVALID_INPUT, grpc: 5, http: 404, hint: "`artefacts` in the job lists the files there are." },
  ROUTE_NOT_FOUND: { category: INVALID_INPUT, grpc: 12, http: 404, hint: "The README lists the routes." },
  METHOD_NOT_ALLOWED: { category: INVALID_INPUT, grpc: 12, http: 405, hint: "The header `allow` names the methods of this address." },
  UNSUPPORTED_MEDIA_TYPE: { category: INVALID_INPUT, grpc: 3, http: 415, hint: "Send `content-type: application/json`." },
  PRECONDITION_FAILED: {
    category: INVALID_INPUT,
    grpc: 9,
    http: 412,
    hint: "The job has changed meanwhile: read it, and decide again with the version it has.",
  },
  REQUEST_TOO_LARGE: {
    category: LIMIT_EXCEEDED,
    grpc: 8,
    http: 413,
    hint: "Send a shorter request; documents go through an upload or a form.",
  },
  EXPECTATION_FAILED: { category: INVALID_INPUT, grpc: 3, http: 417, hint: "Leave the header `expect` out, or send `100-continue`." },
  HEADERS_TOO_LARGE: {
    category: LIMIT_EXCEEDED,
    grpc: 8,
    http: 431,
    hint: "Send fewer or shorter headers, or a shorter address: 16 KiB of them at most.",
  },
  UPLOAD_INCOMPLETE: {
    category: INVALID_INPUT,
    grpc: 9,
    http: 409,
    hint: "Ask SignUploadParts which parts are there, and send the others.",
  },
  UPLOAD_ALREADY_DONE: {
    category: INVALID_INPUT,
    grpc: 6,
    http: 409,
    hint: "The file is stored; create the job, or call CreateUpload for another file.",
  },
  REQUEST_ID_REUSED: { category: INVALID_INPUT, grpc: 6, http: 422, hint: "Use a new request_id for a different request." },
  UNSUPPORTED_LANGUAGE_PAIR: { category: UNSUPPORTED, grpc: 3, http: 400, hint: "Choose one of the pairs that GET /languages lists." },
  EMPTY_FILE: { category: INVALID_INPUT, grpc: 3, http: 400, hint: "The file has no bytes; send it again whole." },
  FILE_TOO_LARGE: { category: LIMIT_EXCEEDED, grpc: 8, http: 413, hint: "Split the document." },
  QUOTA_EXCEEDED: { category: LIMIT_EXCEEDED, grpc: 8, http: 429, retryable: true, hint: "Wait until some of your jobs have ended." },
  RATE_LIMITED: {
    category: LIMIT_EXCEEDED,
    grpc: 8,
    http: 429,
    retryable: true,
    hint: "Wait as long as `retry_after` says; the header `ratelimit` tells what is left.",
  },
  TENANT_PAUSED: {
    category: LIMIT_EXCEEDED,
    grpc: 8,
    http: 503,
    retryable: true,
    hint: "An operator has paused the tenant's jobs; ask them, or try again later.",
  },
  INTAKE_PAUSED: {
    category: LIMIT_EXCEEDED,
    grpc: 8,
    http: 503,
    retryable: true,
    hint: "Operators take no new jobs for now; send the same request again later.",
  },
  TOO_MANY_GLOSSARIES: { category: LIMIT_EXCEEDED, grpc: 8, http: 429, hint: "Delete glossaries that no job needs any more." },
  OVERLOADED: {
    category: LIMIT_EXCEEDED,
    grpc: 8,
    http: 503,
    retryable: true,
    hint: "The service takes no more work for now; try again after the given delay.",
  },
  RESULT_NOT_READY: {
    category: INVALID_INPUT,
    grpc: 9,
    http: 409,
    retryable: true,
    hint: "Watch the job, and ask again when it has ended.",
  },
  NO_RESULT: { category: INVALID_INPUT, grpc: 9, http: 409, hint: "The job ended without a result; its `error` says why." },
  NOT_CORRECTABLE: {
    category: UNSUPPORTED,
    grpc: 9,
    http: 409,
    hint: "Nothing was kept of its translation that this version could write it again from: retry the job, and correct the new one.",
  },
  JOB_NOT_FINISHED: { category: INVALID_INPUT, grpc: 9, http: 409, hint: "Cancel the job first, or wait until it has ended." },
  RANGE_NOT_SATISFIABLE: {
    category: INVALID_INPUT,
    grpc: 11,
    http: 416,
    hint: "Begin within the file; `artefacts` in the job says its size.",
  },
  CHECKSUM_MISMATCH: {
    category: INVALID_INPUT,
    grpc: 3,
    http: 422,
    retryable: true,
    hint: "The bytes changed on their way; send the file again.",
  },
  JOB_ALREADY_FINISHED: { category: INVALID_INPUT, grpc: 9, http: 409, hint: "A final state never changes. Nothing is left to cancel." },
  CONFLICT: { category: INFRASTRUCTURE, grpc: 10, http: 409, retryable: true, hint: "Read the job and try again." },
  STALE_ATTEMPT: { category: INFRASTRUCTURE, grpc: 10, http: 409, hint: "Another attempt holds the job; forget this one." },
  NOT_SERVED: {
    category: INFRASTRUCTURE,
    grpc: 9,
    http: 409,
    hint: "The worker does not translate between the job's languages; leave the job to another.",
  },
  NOT_CLAIMABLE: { category: INFRASTRUCTURE, grpc: 10, http: 409, hint: "The invitation is no longer good; take the next." },
  UNAVAILABLE: {
    category: INFRASTRUCTURE,
    grpc: 14,
    http: 503,
    retryable: true,
    hint: "A part of the service cannot be reached; try again.",
  },
  DEADLINE_EXCEEDED: {
    category: INFRASTRUCTURE,
    grpc: 4,
    http: 504,
    retryable: true,
    hint: "Only this call ended, and no job was cancelled by it: ask again, what creates with the same request_id.",
  },
  REQUEST_TIMEOUT: {
    category: INVALID_INPUT,
    grpc: 4,
    http: 408,
    retryable: true,
    hint: "Send the body at once, behind the request's head.",
  },
  UNSUPPORTED_FILE_TYPE: {
    category: UNSUPPORTED,
    grpc: 3,
    http: 415,
    hint: `Send ${FILE_TYPE_NAMES}.`,
  },
  PDF_ENCRYPTED: {
    category: INVALID_INPUT,
    grpc: 3,
    http: 422,
    hint: "Give its password (`options.password`, `translate --password-file`), or remove it and send the file again.",
  },
  PASSWORD_WRONG: {
    category: INVALID_INPUT,
    grpc: 3,
    http: 422,
    hint: "Try again with the right password (`jobs retry --password-file`, `password` of the retry).",
  },
  PASSWORD_NEEDED: {
    category: INVALID_INPUT,
    grpc: 9,
    http: 409,
    hint: "Send the document's password with the retry (`password`, `jobs retry --password-file`): it is not kept.",
  },
  PDF_CORRUPT: { category: INVALID_INPUT, grpc: 3, http: 422, hint: "The PDF is damaged or cut off; export or download it again." },
  DOCUMENT_ENCRYPTED: {
    category: INVALID_INPUT,
    grpc: 3,
    http: 422,
    hint: "Remove its password in the program that made it, and send the file again.",
  },
  DOCUMENT_CORRUPT: { category: INVALID_INPUT, grpc: 3, http: 422, hint: "The file is damaged or cut off; save or download it again." },
  IMAGE_CORRUPT: { category: INVALID_INPUT, grpc: 3, http: 422, hint: "The picture is damaged or cut off; export or download it again." },
  IMAGE_TOO_LARGE: { category: LIMIT_EXCEEDED, grpc: 8, http: 413, hint: "Scale the picture down; 300 dpi is enough." },
  TOO_MANY_PAGES: { category: LIMIT_EXCEEDED, grpc: 8, http: 413, hint: "Split the document." },
  TEXT_TOO_LARGE: { category: LIMIT_EXCEEDED, grpc: 8, http: 413, hint: "Split the document." },
  DOCUMENT_TOO_COMPLEX: {
    category: LIMIT_EXCEEDED,
    grpc: 8,
    http: 413,
    hint: "A single page or paragraph takes more work than a whole document should; leave it out, or export the document again.",
  },
  NO_CONTENT: { category: INVALID_INPUT, grpc: 3, http: 422, hint: "No text was found, neither as text nor in pictures." },
  LANGUAGE_NOT_DETECTED: { category: INVALID_INPUT, grpc: 3, http: 422, hint: "Say the source language in the request." },
  SAME_LANGUAGE: { category: INVALID_INPUT, grpc: 3, http: 422, hint: "The document is in the target language already." },
  DOCUMENT_INCOMPLETE: {
    category: INVALID_INPUT,
    grpc: 3,
    http: 422,
    hint: "Some parts could not be translated; without `all_or_nothing` the rest is given.",
  },
  NOTHING_TRANSLATED: {
    category: INVALID_INPUT,
    grpc: 3,
    http: 422,
    hint: "No part of the document could be translated; check the source language.",
  },
  LEDGER_MISMATCH: { category: INTERNAL, grpc: 13, http: 500, hint: "Report it with the trace id." },
  DOCUMENT_QUARANTINED: {
    category: INTERNAL,
    grpc: 9,
    http: 409,
    hint: "This document ends the program that reads it: it is not tried again before an operator releases it. Report it with the trace id.",
  },
  ENDED_BY_FORCE: { category: CANCELLED, grpc: 9, http: 409, hint: "The job's timeline says by whom and why; ask the service's operator." },
  TOO_LATE: { category: INVALID_INPUT, grpc: 9, http: 409, hint: "The job is in no state for it any more: read it, and decide again." },
  RESULT_TOO_LARGE: {
    category: LIMIT_EXCEEDED,
    grpc: 8,
    http: 413,
    hint: "The result has more files than one job may list; split the document.",
  },
  MEMORY_LIMIT: { category: LIMIT_EXCEEDED, grpc: 8, http: 413, hint: "The document needs more memory than one job may use; split it." },
  TIME_LIMIT: { category: LIMIT_EXCEEDED, grpc: 8, http: 413, hint: "Ask for a longer run deadline, or split the document." },
  NO_PROGRESS: {
    category: INTERNAL,
    grpc: 13,
    http: 500,
    retryable: true,
    hint: "The attempt stood still; if it happens again, report it with the trace id.",
  },
  TRANSLATOR_UNAVAILABLE: {
    category: PROVIDER,
    grpc: 14,
    http: 503,
    retryable: true,
    hint: "The translator does not answer; it is tried again.",
  },
  TRANSLATOR_QUOTA_EXCEEDED: {
    category: PROVIDER,
    grpc: 8,
    http: 503,
    hint: "The translation engine's own quota is used up; name another engine, or wait until its operator has raised it.",
  },
  TRANSLATOR_REFUSED: {
    category: PROVIDER,
    grpc: 9,
    http: 503,
    hint: "The translation engine does not take this deployment's key or request; its operator must correct the configuration.",
  },
  TRANSLATION_ENGINE_UNKNOWN: {
    category: INVALID_INPUT,
    grpc: 3,
    http: 400,
    hint: "Name one of the engines that GET /languages lists, or none.",
  },
  OPTION_UNSUPPORTED: {
    category: UNSUPPORTED,
    grpc: 3,
    http: 400,
    hint: "GET /languages says what each engine can do; leave the option out, or name an engine that has it.",
  },
  BUDGET_EXCEEDED: {
    category: LIMIT_EXCEEDED,
    grpc: 8,
    http: 429,
    hint: "`dry_run` says what a document takes; raise `max_characters`, or wait until the tenant's budget begins anew.",
  },
  ENGINE_CRASHED: {
    category: INTERNAL,
    grpc: 13,
    http: 500,
    retryable: true,
    hint: "The program that reads the document ended; it is tried again.",
  },
  ENGINE_NOT_STARTED: {
    category: INFRASTRUCTURE,
    grpc: 14,
    http: 503,
    retryable: true,
    hint: "The worker's own program does not start; its log says why. It is tried again.",
  },
  STORAGE_FAILED: {
    category: INFRASTRUCTURE,
    grpc: 14,
    http: 503,
    retryable: true,
    hint: "The artefact store does not answer; it is tried again.",
  },
  INPUT_CHANGED: {
    category: INTERNAL,
    grpc: 15,
    http: 500,
    retryable: true,
    hint: "The stored document is not the one that was accepted; send it again, and report it with the trace id.",
  },
  STORAGE_FULL: {
    category: INFRASTRUCTURE,
    grpc: 8,
    http: 507,
    retryable: true,
    hint: "The service's disk is full; try again when its operator has made room.",
  },
  STORE_UNFIT: {
    category: INFRASTRUCTURE,
    grpc: 9,
    http: 500,
    hint: "Use another server for DRAGOMAN_STORE; `dragoman doctor` says what it needs.",
  },
  CREDENTIALS_REFUSED: {
    category: INFRASTRUCTURE,
    grpc: 14,
    http: 503,
    retryable: true,
    hint: "The service's operator must give it another password or key; `dragoman doctor` says for which server.",
  },
  SANDBOX_INCOMPLETE: {
    category: INFRASTRUCTURE,
    grpc: 9,
    http: 500,
    hint: "DRAGOMAN_SANDBOX=best starts with the layers that there are; `dragoman doctor` lists them.",
  },
  WORKER_LOST: { category: WORKER_LOST, grpc: 14, http: 503, retryable: true, hint: "The worker went away; another takes the job." },
  QUEUE_DEADLINE_PASSED: {
    category: LIMIT_EXCEEDED,
    grpc: 4,
    http: 504,
    hint: "No worker was free in time. Allow a longer queue deadline, or add workers.",
  },
  EXPIRY_PASSED: {
    category: LIMIT_EXCEEDED,
    grpc: 4,
    http: 504,
    hint: "The job had not ended in the time that its expire_in_seconds gave it. Give it longer, or none.",
  },
  CANCELLED: { category: CANCELLED, grpc: 1, http: 499, hint: "The job was cancelled." },
  INTERNAL: { category: INTERNAL, grpc: 13, http: 500, hint: "Report it with the trace id." },
} as const satisfies Record<string, ErrorKind>;

/** The hint of a request that is wrong in no field, but as a whole. */
const SAID_IN_WORDS = "Correct the request as the message says.";

export type ErrorCode = keyof typeof ERRORS;

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}

/** How a protocol shows the code: unknown ones (a newer peer's) as an internal error. */
export function errorKind(code: string): ErrorKind {
  return isErrorCode(code) ? ERRORS[code] : ERRORS.INTERNAL;
}

interface ErrorExtra {
  readonly hint?: string;
  readonly retryAfterMs?: number;
  readonly stage?: string;
  readonly page?: number;
  readonly traceId?: string;
  readonly violations?: readonly { field: string; description: string }[];
  readonly quota?: QuotaViolation;
  readonly cause?: unknown;
}

/** The one error type of every component. Its `detail` is what each protocol carries. */
export class DragomanError extends globalThis.Error {
  readonly detail: ErrorMessage;

  private constructor(detail: ErrorMessage, cause?: unknown) {
    super(detail.message, { cause });
    this.name = "DragomanError";
    this.detail = detail;
  }

  static of(code: ErrorCode, message: string, extra: ErrorExtra = {}): DragomanError {
    return new DragomanError(errorDetail(code, message, extra), extra.cause);
  }

  static fromDetail(detail: ErrorMessage, cause?: unknown): DragomanError {
    return new DragomanError(detail, cause);
  }

  get code(): string {
    return this.detail.code;
  }
}

export function errorDetail(code: ErrorCode, message: string, extra: ErrorExtra = {}): ErrorMessage {
  const kind: ErrorKind = ERRORS[code];
  return create(ErrorSchema, {
    code,
    category: kind.category,
    message,
    hint: extra.hint ?? (code === "INVALID_REQUEST" && !extra.violations?.length ? SAID_IN_WORDS : kind.hint),
    retryable: kind.retryable === true,
    retryAfter: extra.retryAfterMs === undefined ? undefined : durationFromMs(extra.retryAfterMs),
    stage: extra.stage ?? "",
    page: extra.page ?? 0,
    traceId: extra.traceId ?? "",
    violations: extra.violations?.map((violation) => create(FieldViolationSchema, violation)) ?? [],
    ...(extra.quota && { quota: extra.quota }),
  });
}

/** What is thrown and is not ours is a defect: its message may hold anything, so it goes to the log and not to the caller. */
export function asDragomanError(thrown: unknown): DragomanError {
  if (thrown instanceof DragomanError) return thrown;
  return DragomanError.of("INTERNAL", "An unexpected error occurred.", { cause: thrown });
}
