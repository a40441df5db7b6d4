import type { AdminService } from "../../../gen/dragoman/v1/admin_service_pb.ts";
import type { Handlers } from "../../../platform/grpc/server.ts";
import type { Gate, GuardedContext } from "../../access/guard.ts";
import type { Principal } from "../../access/keys.ts";
import type { Tenants } from "../../access/tenants.ts";
import type { Actor } from "../../policy/audit.ts";
import type { DeletionParts } from "../../scheduling/deletion.ts";
import type { Fleet } from "../../scheduling/fleet.ts";
import type { KnownControls } from "../../scheduling/known_controls.ts";
import type { CreationParts } from "../creation.ts";

/** What the calls of operators work on. */
export interface AdminParts extends Gate {
  readonly tenants: Tenants;
  /** What jobs are made and changed by. */
  readonly creation: CreationParts & DeletionParts;
  /** There is an operation to be taken further. */
  readonly onOperation: () => void;
  readonly fleet: Pick<Fleet, "members">;
  readonly controls: Pick<KnownControls, "forget">;
  /** The controls are others. */
  readonly onControls: () => void;
}

/** Some of the service's calls, which one file answers. */
export type AdminCalls<K extends keyof Handlers<typeof AdminService>> = Pick<Handlers<typeof AdminService, GuardedContext>, K>;

/** Who does what such a call asks. */
export function actorOf({ keyId, tenantId }: Principal): Actor {
  return { keyId, tenantId };
}
