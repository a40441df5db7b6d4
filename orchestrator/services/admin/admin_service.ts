import { AdminService } from "../../../gen/dragoman/v1/admin_service_pb.ts";
import type { Handlers } from "../../../platform/grpc/server.ts";
import { guarded, type Requires } from "../../access/guard.ts";
import type { AdminParts } from "./admin_parts.ts";
import { auditCalls } from "./audit.ts";
import { intakeCalls } from "./intake.ts";
import { jobCalls } from "./jobs.ts";
import { operationCalls } from "./operations.ts";
import { tenantCalls } from "./tenants.ts";
import { usageCalls } from "./usage.ts";
import { workerCalls } from "./workers.ts";

const REQUIRES: Requires<typeof AdminService> = {
  listTenants: "operator",
  getTenant: "operator",
  updateTenant: "operator",
  pauseTenant: "operator",
  resumeTenant: "operator",
  listTenantJobs: "operator",
  getTenantJob: "operator",
  overrideJob: "operator",
  createOperation: "operator",
  getOperation: "operator",
  listOperations: "operator",
  cancelOperation: "operator",
  listWorkers: "operator",
  drainWorker: "operator",
  quarantineWorker: "operator",
  resumeWorker: "operator",
  forgetWorker: "operator",
  getIntake: "operator",
  pauseIntake: "operator",
  resumeIntake: "operator",
  pauseClass: "operator",
  resumeClass: "operator",
  listAudit: "admin",
  listUsage: "operator",
};

/** Answers operators. Each file beside this one answers some of the calls. */
export function adminService(parts: AdminParts): Handlers<typeof AdminService> {
  return guarded(AdminService, parts, REQUIRES, {
    ...tenantCalls(parts),
    ...jobCalls(parts),
    ...operationCalls(parts),
    ...workerCalls(parts),
    ...intakeCalls(parts),
    ...auditCalls(parts),
    ...usageCalls(parts),
  });
}
