import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { read } from "../platform/config/read.ts";
import { DragomanError } from "../platform/errors.ts";
import { sentence } from "./system_error.ts";

export interface PasswordOptions {
  /** Its first line is the password. */
  readonly passwordFile?: string;
  /** Asked for at the terminal. */
  readonly askPassword?: boolean;
}

/**
 * What a document opens with: from a file, the terminal or the environment, never from an argument, which anybody on the machine
 * can read. Empty for none. Throws INPUT_UNREADABLE.
 */
export async function readPassword({ passwordFile, askPassword }: PasswordOptions, env: NodeJS.ProcessEnv): Promise<string> {
  if (passwordFile !== undefined) return fromFile(passwordFile);
  if (!askPassword) return read(env, "DRAGOMAN_DOCUMENT_PASSWORD") ?? "";
  if (!process.stdin.isTTY)
    throw DragomanError.of("INPUT_UNREADABLE", "A password is asked for at a terminal, and there is none.", {
      hint: "Put it into a file and name that with --password-file.",
    });
  return prompted();
}

async function fromFile(file: string): Promise<string> {
  try {
    const [line = ""] = (await readFile(file, "utf8")).split(/\r?\n/);
    return line;
  } catch (cause) {
    throw DragomanError.of("INPUT_UNREADABLE", sentence(cause) ?? `${file} cannot be read.`, { cause });
  }
}

/** What is typed is not shown. */
async function prompted(): Promise<string> {
  process.stderr.write("Password of the document: ");
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return await terminal.question("");
  } finally {
    terminal.close();
    process.stderr.write("\n");
  }
}
