import type { Command } from "commander";
import { addAuditCommand } from "./audit.ts";
import { addAdminJobCommands } from "./jobs.ts";
import { addOperationCommands } from "./operations.ts";
import { addTenantCommands } from "./tenants.ts";

/** Adds `admin …`: what operators do, by a key of the role operator. */
export function addAdminCommands(program: Command): void {
  const admin = program
    .command("admin")
    .description("What operators do, over all tenants, by a server and a key of the role operator in DRAGOMAN_API_KEY.");
  addTenantCommands(admin);
  addAdminJobCommands(admin);
  addOperationCommands(admin);
  addAuditCommand(admin);
}
