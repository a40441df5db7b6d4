import type { Command } from "commander";
import { addAuditCommand } from "./audit.ts";
import { addIntakeCommands } from "./intake.ts";
import { addAdminJobCommands } from "./jobs.ts";
import { addOperationCommands } from "./operations.ts";
import { addTenantCommands } from "./tenants.ts";
import { addAdminUsageCommand } from "./usage.ts";
import { addWorkerCommands } from "./workers.ts";

/** Adds `admin …`: what operators do, by a key of the role operator. */
export function addAdminCommands(program: Command): void {
  const admin = program
    .command("admin")
    .description("What operators do, over all tenants, by a server and a key of the role operator in DRAGOMAN_API_KEY.");
  addTenantCommands(admin);
  addAdminJobCommands(admin);
  addOperationCommands(admin);
  addWorkerCommands(admin);
  addIntakeCommands(admin);
  addAuditCommand(admin);
  addAdminUsageCommand(admin);
}
