import type { ErrorCode } from "../../platform/errors.ts";

export type StageName = "CONVERTING" | "OCR_PROCESSING" | "TRANSLATING" | "EXPORTING";

/** An error about the document or the engine, with a code of the contract. Its message never holds text of the document. */
export class EngineError extends Error {
  readonly code: ErrorCode;
  stage: StageName | undefined;
  /** From 1; 0 for the whole document. */
  readonly page: number;

  constructor(code: ErrorCode, message: string, options: { page?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "EngineError";
    this.code = code;
    this.page = options.page ?? 0;
  }
}

const NO_ROOM: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT"]);

/** What can be said of `error` in the contract's codes; undefined if it may be of anything. */
export function asEngineError(error: unknown): EngineError | undefined {
  if (error instanceof EngineError) return error;
  if (error instanceof Error && "code" in error && NO_ROOM.has(error.code))
    return new EngineError("STORAGE_FULL", "The worker's disk is full.", { cause: error });
  // The stack, an array or a string overflows where a document nests too deeply, or holds or says too much.
  if (error instanceof RangeError)
    return new EngineError("DOCUMENT_TOO_COMPLEX", "The document nests too deeply, or holds too much in one piece.", { cause: error });
  return undefined;
}
