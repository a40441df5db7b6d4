import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { EngineError } from "../../errors.ts";
import type { Office } from "../../ports/office.ts";
import { makeProfile } from "./profile.ts";
import { officeProgram } from "./program.ts";

/** Of one start, for all its documents: a workbook of 50,000 rows takes half a minute. */
const DEADLINE_MS = 120_000;
/** It made its profile complete, and wants to be started again (EXITHELPER_NORMAL_RESTART of its desktop/source/app). */
const START_AGAIN = 81;
const FLAGS = ["--headless", "--norestore", "--nolockcheck", "--nodefault", "--nologo"];

/** LibreOffice, if it is there with all its parts. `folder`: where it may write. */
export function openOffice(folder: string): Office | undefined {
  const program = officeProgram();
  return program === undefined ? undefined : new LibreOffice(program, folder);
}

/**
 * One process a conversion, with a profile that goes with it: nothing of a document is left for the next, and it ends when it is
 * killed. A process that is kept would have to be asked in UNO, by a client that no package for Node has; what a second
 * `soffice --convert-to` hands over to it ends it all the same.
 */
class LibreOffice implements Office {
  readonly #program: string;
  readonly #folder: string;

  constructor(program: string, folder: string) {
    this.#program = program;
    this.#folder = folder;
  }

  async convert(file: string, to: "pdf" | "docx" | "pptx" | "xlsx", signal: AbortSignal): Promise<string> {
    const [made] = await this.#run([file], to, signal);
    if (made === undefined) throw new EngineError("DOCUMENT_CORRUPT", "LibreOffice cannot open the document: it is damaged, or encrypted.");
    return made;
  }

  pdfs(files: readonly string[], signal: AbortSignal): Promise<readonly (string | undefined)[]> {
    return this.#run(files, "pdf", signal);
  }

  /** What each became, beside it; undefined for what was not opened. Throws TIME_LIMIT, and the signal's reason. */
  async #run(files: readonly string[], to: string, signal: AbortSignal): Promise<(string | undefined)[]> {
    const own = path.join(this.#folder, `office-${randomUUID()}`);
    try {
      const [profile, out] = [path.join(own, "profile"), path.join(own, "out")];
      await mkdir(out, { recursive: true });
      await makeProfile(profile);
      const args = [...FLAGS, `-env:UserInstallation=${pathToFileURL(profile)}`, "--convert-to", to, "--outdir", out, ...files];
      const environment = { ...process.env, HOME: own, TMPDIR: own };
      const deadline = AbortSignal.timeout(DEADLINE_MS);
      const stop = AbortSignal.any([signal, deadline]);
      let code = await exitOf(this.#program, args, environment, stop);
      if (code === START_AGAIN) code = await exitOf(this.#program, args, environment, stop);
      signal.throwIfAborted();
      if (deadline.aborted) throw new EngineError("TIME_LIMIT", `LibreOffice took longer than ${DEADLINE_MS / 1000} s for the document.`);
      return await Promise.all(files.map((file) => collected(file, out, to)));
    } finally {
      await rm(own, { recursive: true, force: true });
    }
  }
}

/** Moved beside its source. An empty file is one that it gave up. */
async function collected(file: string, out: string, to: string): Promise<string | undefined> {
  const { dir, name } = path.parse(file);
  const made = path.join(out, `${name}.${to}`);
  const found = await stat(made).catch(() => undefined);
  if (!found?.isFile() || found.size === 0) return undefined;
  const moved = path.join(dir, `${name}.${to}`);
  await rename(made, moved);
  return moved;
}

/** Resolves when it has ended, by whatever it was. */
function exitOf(program: string, args: readonly string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const child = spawn(program, args, { env, stdio: "ignore", signal, killSignal: "SIGKILL" });
  // Killed by the signal, it is an error first, and ends then.
  child.on("error", () => child.pid === undefined && resolve(undefined));
  child.on("exit", (code) => resolve(code ?? undefined));
  return promise;
}
