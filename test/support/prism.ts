import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { end } from "../servers/process.ts";

const START_DEADLINE_MS = 90_000;

/** A proxy before `upstream` that tells, in the header `sl-violations`, where an answer is not as the OpenAPI document has it. */
export async function startPrism(document: string, upstream: string): Promise<{ readonly url: string } & AsyncDisposable> {
  const args = ["node_modules/.bin/prism", "proxy", document, upstream, "--port", "0", "--host", "127.0.0.1"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"], env: { ...process.env, NO_COLOR: "1" } });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const timer = setTimeout(() => reject(new Error("prism did not start")), START_DEADLINE_MS);
  createInterface({ input: child.stdout }).on("line", (line) => {
    const [, url] = /listening on (http:\S+)/.exec(line) ?? [];
    if (url) resolve(url);
  });
  child.once("exit", (code) => reject(new Error(`prism ended with ${code}`)));
  try {
    return { url: await promise, [Symbol.asyncDispose]: () => end(child, "SIGTERM") };
  } catch (error) {
    await end(child, "SIGKILL");
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
