import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import path from "node:path";
import { DragomanError } from "../../platform/errors.ts";

/**
 * Opens a file that a document's processes wrote. They may have left a link to a file that only their supervisor
 * can read, or a pipe that never ends: only a plain file is taken. Throws ENGINE_CRASHED.
 */
export async function openOutput(folder: string, fileName: string): Promise<FileHandle> {
  try {
    await using stack = new AsyncDisposableStack();
    const file = stack.use(await open(path.join(folder, fileName), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK));
    const found = await file.stat();
    if (!found.isFile() || found.nlink > 1) throw new Error("It is no plain file.");
    stack.move();
    return file;
  } catch (cause) {
    throw DragomanError.of("ENGINE_CRASHED", "The engine did not write what it said.", { cause });
  }
}
