import { create, fromJson, type JsonObject } from "@bufbuild/protobuf";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
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

/** Any failure of a call to `server` as a ClientError; an abort stays what it is. */
export function toClientError(thrown: unknown, signal?: AbortSignal, server = ""): unknown {
  if (signal?.aborted) return signal.reason;
  if (thrown instanceof ClientError) return thrown;
  if (!(thrown instanceof ConnectError)) return new ClientError(unreachable(server, thrown), thrown);
  const [detail] = thrown.findDetails(ErrorSchema);
  return new ClientError(detail ?? withoutDetail(thrown, server), thrown);
}

/** The error of a REST answer, as RFC 9457 carries it. */
export async function errorOf(response: Response): Promise<ClientError> {
  return errorOfProblem(await response.text(), response.status, URL.parse(response.url)?.origin);
}

/** As errorOf, of a body that was read. An answer to HEAD has none: it is told by its status alone. */
export function errorOfProblem(body: string, status: number, server = ""): ClientError {
  try {
    const { detail, category, ...members } = JSON.parse(body) as JsonObject;
    if (typeof members["code"] !== "string") throw new Error("not a problem of Dragoman's");
    // Servers before this version wrote it without its prefix.
    const json = { ...members, message: detail ?? "", category: `ERROR_CATEGORY_${String(category).replace(/^ERROR_CATEGORY_/, "")}` };
    return new ClientError(fromJson(ErrorSchema, json, { ignoreUnknownFields: true }));
  } catch (cause) {
    return new ClientError(create(ErrorSchema, { ...ofStatus(status), message: `${named(server)} answered with ${status}.` }), cause);
  }
}

/** Of a file that was removed, or changed, since it was chosen. */
export function unreadable(cause: unknown): ClientError {
  const hint = "It may have changed since it was chosen: choose it again.";
  const kind = { code: "INPUT_UNREADABLE", category: INVALID_INPUT, hint, message: "The file cannot be read." };
  return new ClientError(create(ErrorSchema, kind), cause);
}

const { INVALID_INPUT, LIMIT_EXCEEDED, INFRASTRUCTURE, CANCELLED, INTERNAL } = ErrorCategory;
type Kind = Pick<ErrorDetail, "code" | "category" | "hint" | "retryable">;

const AWAY: Kind = {
  code: "UNAVAILABLE",
  category: INFRASTRUCTURE,
  hint: "Look at the address and the network, and try again.",
  retryable: true,
};
const SLOW: Kind = {
  code: "DEADLINE_EXCEEDED",
  category: INFRASTRUCTURE,
  hint: "The answer did not come in time; try again.",
  retryable: true,
};
const BUSY: Kind = { code: "OVERLOADED", category: LIMIT_EXCEEDED, hint: "Try again a little later.", retryable: true };
const NO_KEY: Kind = { code: "UNAUTHENTICATED", category: INVALID_INPUT, hint: "Look at the API key.", retryable: false };
const NOT_ALLOWED: Kind = {
  code: "PERMISSION_DENIED",
  category: INVALID_INPUT,
  hint: "The address or the key does not permit it.",
  retryable: false,
};
const REFUSED: Kind = { code: "INVALID_REQUEST", category: INVALID_INPUT, hint: "The request does not fit this server.", retryable: false };
const NOT_HERE: Kind = {
  code: "ROUTE_NOT_FOUND",
  category: INVALID_INPUT,
  hint: "Is this the address of a Dragoman server? A proxy before it may answer in its place.",
  retryable: false,
};
const TOO_LARGE: Kind = {
  code: "FILE_TOO_LARGE",
  category: LIMIT_EXCEEDED,
  hint: "A proxy before the server may permit less.",
  retryable: false,
};
const BROKEN: Kind = {
  code: "INTERNAL",
  category: INTERNAL,
  hint: "This is no answer of a Dragoman server; look at the address.",
  retryable: false,
};

/** Of an answer without our own error in it: a proxy's, or of a server that is none of ours. Only what can pass is to be tried again. */
const OF_CODE: Readonly<Partial<Record<Code, Kind>>> = {
  // Not by this client: by whoever stands between, as it stops.
  [Code.Canceled]: { code: "CANCELLED", category: CANCELLED, hint: "The call was broken off; try again.", retryable: true },
  [Code.InvalidArgument]: REFUSED,
  [Code.DeadlineExceeded]: SLOW,
  [Code.NotFound]: NOT_HERE,
  [Code.AlreadyExists]: REFUSED,
  [Code.PermissionDenied]: NOT_ALLOWED,
  [Code.ResourceExhausted]: BUSY,
  [Code.FailedPrecondition]: REFUSED,
  [Code.Aborted]: { code: "CONFLICT", category: INFRASTRUCTURE, hint: "Try again.", retryable: true },
  [Code.OutOfRange]: REFUSED,
  [Code.Unimplemented]: NOT_HERE,
  [Code.Unavailable]: AWAY,
  [Code.Unauthenticated]: NO_KEY,
};

function withoutDetail(error: ConnectError, server: string): ErrorDetail {
  const kind = OF_CODE[error.code];
  if (kind) return create(ErrorSchema, { ...kind, message: `${named(server)} answered: ${error.rawMessage}.` });
  // Without an answer's headers there was none, or it broke off.
  const answered = [...error.metadata.keys()].length > 0;
  if (!answered) return unreachable(server, error);
  return create(ErrorSchema, { ...BROKEN, message: `${named(server)} answered: ${error.rawMessage}.` });
}

function ofStatus(status: number): Kind {
  if (status === 401) return NO_KEY;
  if (status === 403) return NOT_ALLOWED;
  if (status === 404 || status === 405) return NOT_HERE;
  if (status === 408 || status === 504) return SLOW;
  if (status === 413) return TOO_LARGE;
  if (status === 425 || status === 429) return BUSY;
  // A store's own 500 passes too, as S3 says of its.
  return status >= 500 ? AWAY : REFUSED;
}

function unreachable(server: string, cause: unknown): ErrorDetail {
  const why = systemCode(cause);
  return create(ErrorSchema, { ...AWAY, message: `${named(server)} cannot be reached${why && ` (${why})`}.` });
}

/** What the system said under all that wraps it ("ECONNREFUSED"); Node tells, a browser does not. */
function systemCode(thrown: unknown): string {
  for (let error = thrown; error instanceof Error; error = error.cause)
    if ("code" in error && typeof error.code === "string") return error.code;
  return "";
}

function named(server: string): string {
  return server ? `The server at ${server}` : "The server";
}
