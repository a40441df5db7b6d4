import { create, fromJson, type JsonObject } from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { ConnectError } from "@connectrpc/connect";
import { ErrorCategory, type Error as ErrorDetail, ErrorSchema } from "../gen/dragoman/v1/error_pb.ts";

/** What a Dragoman server answered instead of a result, or that it could not be reached (UNAVAILABLE). */
export class ClientError extends Error {
  /** The whole error, as in the contract. */
  readonly detail: ErrorDetail;

  constructor(detail: ErrorDetail, cause?: unknown) {
    super(detail.message, { cause });
    this.name = "ClientError";
    this.detail = detail;
  }

  /** Stable, upper-case ("JOB_NOT_FOUND"). */
  get code(): string {
    return this.detail.code;
  }

  /** What to do about it. */
  get hint(): string {
    return this.detail.hint;
  }

  /** Whether the same call can succeed later. */
  get retryable(): boolean {
    return this.detail.retryable;
  }

  /** How long to wait before that, in milliseconds; undefined if not known. */
  get retryAfterMs(): number | undefined {
    return this.detail.retryAfter && durationMs(this.detail.retryAfter);
  }
}

/** Any failure of a call as a ClientError; an abort stays what it is. */
export function toClientError(thrown: unknown, signal?: AbortSignal): unknown {
  if (signal?.aborted) return signal.reason;
  if (thrown instanceof ClientError) return thrown;
  const detail = thrown instanceof ConnectError ? thrown.findDetails(ErrorSchema)[0] : undefined;
  return new ClientError(detail ?? unreachable(), thrown);
}

/** The error of a REST answer, as RFC 9457 carries it. */
export async function errorOf(response: Response): Promise<ClientError> {
  return errorOfProblem(await response.text(), response.status);
}

/** As errorOf, of a body that was read. An answer to HEAD has none: it is told by its status alone. */
export function errorOfProblem(body: string, status: number): ClientError {
  try {
    const { detail, category, ...members } = JSON.parse(body) as JsonObject;
    if (typeof members["code"] !== "string") throw new Error("not a problem of Dragoman's");
    const json = { ...members, message: detail ?? "", category: `ERROR_CATEGORY_${String(category).replace(/^ERROR_CATEGORY_/, "")}` };
    return new ClientError(fromJson(ErrorSchema, json, { ignoreUnknownFields: true }));
  } catch (cause) {
    const message = `The server answered with ${status}.`;
    const refused = status === 403 ? { code: "PERMISSION_DENIED", category: ErrorCategory.INVALID_INPUT, hint: "", retryable: false } : {};
    return new ClientError(create(ErrorSchema, { ...unreachable(), ...refused, message }), cause);
  }
}

function unreachable(): ErrorDetail {
  return create(ErrorSchema, {
    code: "UNAVAILABLE",
    category: ErrorCategory.INFRASTRUCTURE,
    message: "The server cannot be reached.",
    hint: "Look at the address and the network, and try again.",
    retryable: true,
  });
}
