import { Command } from "commander";
import { addAdminCommands } from "../../cli/admin/admin.ts";
import type { JobWriter } from "../../orchestrator/scheduling/job_writer.ts";
import type { Store } from "../../orchestrator/store/store.ts";
import { errorDetail } from "../../platform/errors.ts";

const HOUR = 3600_000;

/** `dragoman admin …` against the server at `url` with this key: what it printed. Throws what the command throws. */
export async function runAdmin(url: string, apiKey: string, ...args: string[]): Promise<string> {
  const program = new Command().exitOverride();
  addAdminCommands(program);
  const out: string[] = [];
  const { log: print } = console;
  const { write } = process.stdout;
  const before = process.env["DRAGOMAN_API_KEY"];
  console.log = (line: string) => void out.push(line);
  process.stdout.write = ((text: string) => Boolean(out.push(text))) as typeof write;
  process.env["DRAGOMAN_API_KEY"] = apiKey;
  try {
    await program.parseAsync(["node", "dragoman", "admin", ...args, "--server", url]);
  } finally {
    console.log = print;
    process.stdout.write = write;
    if (before === undefined) delete process.env["DRAGOMAN_API_KEY"];
    else process.env["DRAGOMAN_API_KEY"] = before;
  }
  return out.join("\n");
}

/** Has a worker that is none take a waiting job. */
export async function claim(jobs: JobWriter, id: string): Promise<void> {
  const { deliveryAttempt } = await jobs.apply(id, { kind: "invite" });
  await jobs.apply(id, { kind: "claim", workerId: "w", deliveryAttempt, invitationTraceparent: "" });
}

/** Has the document of a waiting job end the engine twice. */
export async function quarantine(jobs: JobWriter, { clock }: Pick<Store, "clock">, id: string): Promise<void> {
  await claim(jobs, id);
  await jobs.apply(id, { kind: "fail", attempt: 1, error: errorDetail("ENGINE_CRASHED", "") });
  await jobs.apply(id, { kind: "timer" }, { now: () => clock.now() + HOUR });
  await claim(jobs, id);
  await jobs.apply(id, { kind: "fail", attempt: 2, error: errorDetail("ENGINE_CRASHED", "") });
}
