import { createWriteStream, openAsBlob } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { DragomanError } from "../platform/errors.ts";
import { sentence } from "./system_error.ts";

const STANDARD_INPUT = "-";

/** A document to send; what it was copied to is removed when it is disposed of. */
export interface Document extends AsyncDisposable {
  readonly bytes: Blob;
  /** What people will see it called. */
  readonly fileName: string;
}

/** The document at `file`, or on standard input for "-". Throws INPUT_UNREADABLE, EMPTY_FILE, or what `signal` aborts with. */
export async function openDocument(file: string, signal: AbortSignal): Promise<Document> {
  const shown = file === STANDARD_INPUT ? "standard input" : file;
  await using stack = new AsyncDisposableStack();
  try {
    const readable = file === STANDARD_INPUT ? await spooled(process.stdin, stack, signal) : file;
    const about = await stat(readable);
    if (about.isDirectory()) throw unreadable(`${shown} is a directory, not a document.`);
    if (!about.isFile()) throw unreadable(`${shown} is no regular file.`, "Pipe what it gives to `translate -`.");
    if (about.size === 0) throw DragomanError.of("EMPTY_FILE", `There is nothing in ${shown}.`);
    const bytes = await openAsBlob(readable);
    // Opening looks at its size alone: whether it may be read shows when it is.
    await bytes.slice(0, 1).arrayBuffer();
    const owned = stack.move();
    const fileName = file === STANDARD_INPUT ? "document" : path.basename(file);
    return { bytes, fileName, [Symbol.asyncDispose]: () => owned.disposeAsync() };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof DragomanError) throw error;
    throw unreadable(sentence(error) ?? `${shown} cannot be read.`, undefined, error);
  }
}

/** Standard input in a file, because its length is told before its bytes are sent. */
async function spooled(input: NodeJS.ReadableStream, stack: AsyncDisposableStack, signal: AbortSignal): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "dragoman-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, "document");
  await pipeline(input, createWriteStream(file, { mode: 0o600 }), { signal });
  return file;
}

function unreadable(message: string, hint?: string, cause?: unknown): DragomanError {
  return DragomanError.of("INPUT_UNREADABLE", message, { ...(hint && { hint }), cause });
}
