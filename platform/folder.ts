import { access, constants, mkdir, stat } from "node:fs/promises";
import path from "node:path";

/** A file system that has not answered by then is away. */
const DEADLINE_MS = 10_000;

/**
 * Makes `folder`, and those above it, where they are missing, with `mode`, and finds that it can be written to. Throws as
 * Node's own functions do, and ETIMEDOUT after ten seconds: a file system on a network may never answer.
 */
export function makeFolder(folder: string, mode = 0o777): Promise<void> {
  const made = async () => {
    await makeEach(folder, mode);
    await access(folder, constants.W_OK);
  };
  return inTime(folder, made(), DEADLINE_MS);
}

export async function inTime(folder: string, made: Promise<void>, deadlineMs: number): Promise<void> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(Object.assign(new Error(`no answer from ${folder}`), { code: "ETIMEDOUT", syscall: "mkdir", path: folder }));
  }, deadlineMs);
  try {
    await Promise.race([made, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Not by `recursive`, with which Node tries for ever where nothing can be made in a folder that is there, as in /proc. */
async function makeEach(folder: string, mode: number): Promise<void> {
  const parent = path.dirname(folder);
  try {
    await makeOne(folder, mode);
  } catch (error) {
    const isAbove = error instanceof Error && "code" in error && error.code === "ENOENT" && parent !== folder;
    if (!isAbove) throw error;
    await makeEach(parent, mode);
    await makeOne(folder, mode);
  }
}

async function makeOne(folder: string, mode: number): Promise<void> {
  try {
    await mkdir(folder, { mode });
  } catch (error) {
    const found = await stat(folder).catch(() => undefined);
    if (!found?.isDirectory()) throw error;
  }
}
