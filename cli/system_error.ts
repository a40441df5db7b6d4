import { DragomanError } from "../platform/errors.ts";

interface SystemError extends Error {
  readonly code: string;
  readonly path?: string;
  readonly address?: string;
  readonly port?: number;
  readonly hostname?: string;
}

/** What the operating system refused, in words; undefined for an error of another kind. */
export function sentence(thrown: unknown): string | undefined {
  if (!isSystemError(thrown)) return undefined;
  const file = thrown.path ?? "a file";
  switch (thrown.code) {
    case "ENOENT":
      return `There is no ${file}.`;
    case "EACCES":
    case "EPERM":
      return thrown.port === undefined ? `This user may not use ${file}.` : `This user may not listen on port ${thrown.port}.`;
    case "ENOTDIR":
    case "EEXIST":
      return `${file} is in the way, or has a file where a folder should be.`;
    case "EISDIR":
      return `${file} is a folder.`;
    case "EROFS":
      return `${file} is on a file system that is read-only.`;
    case "ETIMEDOUT":
      return thrown.path === undefined ? `The system refused: ${thrown.message}.` : `${file} is on a file system that does not answer.`;
    case "ENOSPC":
    case "EDQUOT":
      return `There is no room left for ${file}.`;
    case "EADDRINUSE":
      return `Another program listens on ${thrown.address ?? "this address"}, port ${thrown.port}, already.`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `The name ${thrown.hostname} has no address.`;
    case "EADDRNOTAVAIL":
      return `This machine does not have the address ${thrown.address}.`;
    default:
      return `The system refused: ${thrown.message}.`;
  }
}

/** The same error as one of ours, with what to do; undefined for an error of another kind. */
export function fromSystemError(thrown: unknown): DragomanError | undefined {
  const message = sentence(thrown);
  if (message === undefined || !isSystemError(thrown)) return undefined;
  const { code, port, hostname } = thrown;
  if (code === "ENOSPC" || code === "EDQUOT") return DragomanError.of("STORAGE_FULL", message, { cause: thrown });
  if (port !== undefined || hostname !== undefined) {
    const other = "choose another port or address by the variables that `--help` names.";
    const hint = code === "EADDRINUSE" ? `Stop that program, or ${other}` : `C${other.slice(1)}`;
    return DragomanError.of("UNAVAILABLE", message, { hint, cause: thrown });
  }
  return DragomanError.of("OUTPUT_NOT_WRITABLE", message, { hint: "Make it usable for this user, or name another place.", cause: thrown });
}

function isSystemError(thrown: unknown): thrown is SystemError {
  return thrown instanceof Error && "syscall" in thrown && "code" in thrown && typeof thrown.code === "string";
}
