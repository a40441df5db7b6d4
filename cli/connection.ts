import { type Command, InvalidArgumentError } from "commander";
import { read } from "../platform/config/read.ts";
import { UsageError } from "../platform/usage_error.ts";
import { FileClient, findApiKey } from "./client.ts";
import { serverAddress } from "./options.ts";

/** What every command takes that talks to a server. */
export interface Connection {
  readonly server: string;
  readonly json?: boolean;
}

export function withConnection(command: Command): Command {
  return command
    .option("--server <url>", "the server; DRAGOMAN_SERVER names another default", serverAddress, read(process.env, "DRAGOMAN_SERVER"))
    .option("--json", "print JSON");
}

export async function connect({ server }: Connection): Promise<FileClient> {
  return new FileClient(checked(server), await findApiKey(process.env));
}

/** An option's own parser does not read its default. */
function checked(server: string): string {
  try {
    return serverAddress(server);
  } catch (error) {
    throw error instanceof InvalidArgumentError ? new UsageError(`DRAGOMAN_SERVER: ${error.message}`) : error;
  }
}
