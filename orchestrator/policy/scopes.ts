/**
 * What a key lets its holder do. `admin` administers the key's own tenant (its keys, settings, webhooks, audit log); `operator` the
 * whole deployment, all tenants; `worker` serves.
 */
export type Scope = "jobs:read" | "jobs:write" | "admin" | "operator" | "worker";

/** What a key is made for. */
export type Role = "client" | "operator" | "worker";

/** What keys may do that name no scopes of their own. */
const OF_ROLE: Readonly<Record<Role, readonly Scope[]>> = {
  client: ["jobs:read", "jobs:write", "admin"],
  operator: ["operator", "jobs:read", "jobs:write", "admin"],
  worker: ["worker"],
};

export const SCOPES = ["jobs:read", "jobs:write", "admin", "operator", "worker"] as const satisfies readonly Scope[];

export function isScope(name: string): name is Scope {
  return (SCOPES as readonly string[]).includes(name);
}

export function isRole(name: string): name is Role {
  return Object.hasOwn(OF_ROLE, name);
}

export function scopesOf({ role, scopes }: { readonly role: Role; readonly scopes?: readonly Scope[] }): readonly Scope[] {
  return scopes ?? OF_ROLE[role];
}
