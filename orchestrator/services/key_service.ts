import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { CallerSchema, KeyService } from "../../gen/dragoman/v1/key_service_pb.ts";
import type { Handlers } from "../../platform/grpc/server.ts";
import { type Gate, guarded, type Requires } from "../access/guard.ts";

const REQUIRES: Requires<typeof KeyService> = { getCaller: "any" };

/** Tells callers of their keys. */
export function keyService(gate: Gate): Handlers<typeof KeyService> {
  return guarded(KeyService, gate, REQUIRES, {
    async getCaller(_, { principal: { tenantId, keyId, scopes, expireAt } }) {
      return create(CallerSchema, {
        ...{ tenantId, keyId, scopes: [...scopes] },
        ...(expireAt !== undefined && { expireTime: timestampFromMs(expireAt) }),
      });
    },
  });
}
