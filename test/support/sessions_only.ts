import type { WorkerService } from "../../gen/dragoman/v1/worker_service_pb.ts";
import type { Handlers } from "../../platform/grpc/server.ts";

type Served = Handlers<typeof WorkerService>;

/** Serves workers' sessions by a test's own handler, and none of their other calls. */
export function sessionsOnly(session: Served["session"]): Served {
  return { session } as Served;
}
