import { isDiskFull } from "../platform/disk.ts";
import { DragomanError } from "../platform/errors.ts";
import { makeFolder } from "../platform/folder.ts";

/** Makes a folder that only this user reads, or finds that it can be written to. Throws STORAGE_FAILED and STORAGE_FULL, and says what to do. */
export async function ownFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder, 0o700);
  } catch (error) {
    throw cannotWrite(folder, error);
  }
}

/** Why `file` or folder could not be written, for whoever starts the service. */
export function cannotWrite(file: string, cause: unknown): DragomanError {
  if (isDiskFull(cause))
    return DragomanError.of("STORAGE_FULL", `There is no room left for ${file}.`, { cause, hint: "Make room on the disk." });
  const why = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
  return DragomanError.of("STORAGE_FAILED", `${file} cannot be written to${why}.`, {
    cause,
    hint: "Give this user the right to write there, or name another folder in DRAGOMAN_DATA.",
  });
}
