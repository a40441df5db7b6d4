import { type JsonObject, toJson } from "@bufbuild/protobuf";
import type { Command } from "commander";
import { LimitsSchema, type Tenant, TenantSchema, TenantUseSchema } from "../../gen/dragoman/v1/limits_pb.ts";
import { toLimits } from "../../orchestrator/services/limits_message.ts";
import { type Connection, connect, withConnection } from "../connection.ts";
import { type LimitOptions, limitsFrom, withLimits } from "../limit_options.ts";
import { names } from "../options.ts";
import { type Reasoned, withReason } from "./reason.ts";

interface SetOptions extends Reasoned, LimitOptions {
  readonly clear?: readonly string[];
}

/** Adds `admin tenants list | show | set | pause | resume`. */
export function addTenantCommands(admin: Command): void {
  const tenants = admin.command("tenants").description("What tenants may have and do.");
  withConnection(tenants.command("list").description("Those of which something was set.")).action(async (options: Connection) => {
    const { admin: client } = await connect(options);
    const listed: Tenant[] = [];
    for await (const tenant of client.tenants()) listed.push(tenant);
    if (options.json) console.log(JSON.stringify(listed.map((tenant) => toJson(TenantSchema, tenant))));
    else for (const tenant of listed) console.log(tenantLine(tenant));
  });
  withConnection(tenants.command("show <tenant>").description("One tenant: its limits, and what it has now.")).action(
    async (id: string, options: Connection) => show(await (await connect(options)).admin.calls.getTenant({ id }), options),
  );
  withLimits(withReason(tenants.command("set <tenant>").description("Set limits of a tenant; what is not named stays.")), "tenant")
    .option("--clear <list>", "limits that are to be the deployment's again, as in max_open_jobs,weight", names)
    .action(async (id: string, { reason, clear = [], ...options }: SetOptions) => {
      const { calls } = (await connect(options)).admin;
      show(await calls.updateTenant({ id, reason, clear: [...clear], limits: toLimits(limitsFrom(options)) }), options);
    });
  withReason(tenants.command("pause <tenant>").description("Take no jobs of it, and give none of its jobs to workers.")).action(
    async (id: string, { reason, ...options }: Reasoned) =>
      show(await (await connect(options)).admin.calls.pauseTenant({ id, reason }), options),
  );
  withReason(tenants.command("resume <tenant>").description("Go on with a tenant that was paused.")).action(
    async (id: string, { reason, ...options }: Reasoned) =>
      show(await (await connect(options)).admin.calls.resumeTenant({ id, reason }), options),
  );
}

function show(tenant: Tenant, { json }: Pick<Connection, "json">): void {
  console.log(json ? JSON.stringify(toJson(TenantSchema, tenant)) : tenantText(tenant));
}

function tenantLine({ id, paused, pauseReason, limits }: Tenant): string {
  const set = limits ? Object.entries(toJson(LimitsSchema, limits) as JsonObject).map(([name, value]) => `${name}=${String(value)}`) : [];
  return [id.padEnd(16), ...(paused ? [`paused: ${pauseReason}`] : []), ...set].join("  ");
}

function tenantText(tenant: Tenant): string {
  const { effectiveLimits, use } = tenant;
  const lines = (title: string, of: JsonObject) =>
    Object.entries(of).map(([name, value]) => `${title}  ${name.padEnd(20)} ${String(value)}`);
  return [
    tenantLine(tenant),
    ...lines("limit", effectiveLimits ? (toJson(LimitsSchema, effectiveLimits) as JsonObject) : {}),
    ...lines("has  ", use ? (toJson(TenantUseSchema, use, { alwaysEmitImplicit: true }) as JsonObject) : {}),
  ].join("\n");
}
