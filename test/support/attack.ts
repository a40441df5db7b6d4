import { once } from "node:events";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import path from "node:path";
import { CHANNEL_FD, Channel } from "../../worker/engine/channel.ts";
import { type Confinement, handOver, type Started, start } from "../../worker/sandbox/confinement.ts";
import { heapLimits } from "../../worker/sandbox/limits.ts";
import { DOCUMENT, type Files } from "../../worker/sandbox/ways.ts";

/** Runs a function in a sandbox, from its source alone, and answers what it answers there. Rejects with its error's code. */
export type Attack = <A, R>(run: (argument: A) => R | Promise<R>, argument: A) => Promise<R>;

/** The folders of a document's processes, with a document in the one. */
export async function makeFiles(folder: string): Promise<Files> {
  const own = await mkdtemp(path.join(folder, "document-"));
  const files = { input: path.join(own, "input"), output: path.join(own, "output") };
  for (const each of Object.values(files)) await mkdir(each, { mode: 0o700 });
  await writeFile(path.join(files.input, DOCUMENT), "another's words", { mode: 0o600 });
  return files;
}

/** Attacks from within `confinement`, each on a document of its own that has little memory and time. */
export function attackIn(confinement: Confinement, folder: string): Attack {
  return async (run, argument) => {
    const files = await makeFiles(folder);
    const limits = { memoryBytes: 256 * 1024 ** 2, runMs: 500 };
    const launch = confinement.launch(files, limits);
    await handOver(files, launch);
    const answer = `(value) => ${saying("{ value }")}`;
    const refusal = `(error) => ${saying("{ code: error.code ?? String(error) }")}`;
    const call = `(async () => (${run})(${JSON.stringify(argument) ?? "undefined"}))().then(${answer}, ${refusal}).then(() => process.exit(0))`;
    const said = (await firstWords(start(launch, files, [...heapLimits(limits), "-e", call]))) as { value?: never; code?: string };
    if (said.code !== undefined) throw Object.assign(new Error(said.code), { code: said.code });
    return said.value as never;
  };
}

/** Says what `expression` is, in a process that has nothing of ours. */
export function saying(expression: string): string {
  return `process.getBuiltinModule("node:fs").writeSync(${CHANNEL_FD}, JSON.stringify(${expression}) + "\\n")`;
}

/** What a process says first. Rejects if it ends before. */
export function firstWords({ process: child, stream }: Started): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  let words = "";
  child.stderr?.on("data", (text) => {
    words += String(text);
  });
  new Channel(stream, { hear: resolve, end: () => undefined });
  once(child, "close").then(() => reject(new Error(`It ended: ${words}`)), reject);
  return promise;
}
