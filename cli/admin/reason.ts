import type { Command } from "commander";
import { type Connection, withConnection } from "../connection.ts";

export interface Reasoned extends Connection {
  readonly reason: string;
}

/** What every command takes that changes anything. */
export function withReason(command: Command): Command {
  return withConnection(command).requiredOption("--reason <text>", "why, for the audit log and whoever it concerns");
}
