import { Command } from "commander";
import { addAdminCommands } from "../../cli/admin/admin.ts";

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
