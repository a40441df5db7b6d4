import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  CallerSchema,
  type CreateJobTokenRequest,
  type JobToken,
  JobTokenSchema,
  KeyService,
} from "../../gen/dragoman/v1/key_service_pb.ts";
import { DragomanError } from "../../platform/errors.ts";
import type { Handlers } from "../../platform/grpc/server.ts";
import { type Gate, guarded, type Requires } from "../access/guard.ts";
import type { JobTokens } from "../access/job_tokens.ts";
import type { Principal } from "../access/keys.ts";
import { keyCalls } from "./key_administration.ts";
import { requireAll } from "./validation.ts";

const DAY_SECONDS = 86_400;
const TOKEN_SECONDS = { min: 60, max: 7 * DAY_SECONDS, usual: DAY_SECONDS } as const;

const REQUIRES: Requires<typeof KeyService> = {
  getCaller: "any",
  createKey: "admin",
  listKeys: "admin",
  rotateKey: "admin",
  revokeKey: "admin",
  createJobToken: "jobs:read",
};

interface KeyServiceParts extends Gate {
  readonly tokens: JobTokens;
}

/** Tells callers of their keys, and makes others and tokens with them. */
export function keyService(parts: KeyServiceParts): Handlers<typeof KeyService> {
  return guarded(KeyService, parts, REQUIRES, {
    async getCaller(_, { principal: { tenantId, keyId, scopes, expireAt, token } }) {
      return create(CallerSchema, {
        ...{ tenantId, keyId, scopes: [...scopes] },
        ...(expireAt !== undefined && { expireTime: timestampFromMs(expireAt) }),
        ...token,
      });
    },
    ...keyCalls(parts),
    createJobToken: async (request, { principal }) => createJobToken(parts, request, principal),
  });
}

async function createJobToken(
  { store, tokens }: KeyServiceParts,
  { id, ttlSeconds, mayCancel }: CreateJobTokenRequest,
  principal: Principal,
): Promise<JobToken> {
  const { min, max, usual } = TOKEN_SECONDS;
  requireAll([ttlSeconds === 0 || (ttlSeconds >= min && ttlSeconds <= max), "ttl_seconds", `is ${min} to ${max}, or 0 for ${usual}`]);
  if (mayCancel && !principal.scopes.includes("jobs:write"))
    throw DragomanError.of("PERMISSION_DENIED", "A key grants no more than it may itself: may_cancel needs the scope jobs:write.");
  const record = await store.get(id);
  if (record?.tenantId !== principal.tenantId) throw DragomanError.of("JOB_NOT_FOUND", "There is no such job.");
  const keyEnds = Math.floor((principal.expireAt ?? Number.POSITIVE_INFINITY) / 1000);
  const expireAtSeconds = Math.min(Math.floor(store.clock.now() / 1000) + (ttlSeconds || usual), keyEnds);
  return create(JobTokenSchema, {
    token: tokens.sign({ jobId: id, keyId: principal.keyId, expireAtSeconds, mayCancel }),
    jobId: id,
    expireTime: timestampFromMs(expireAtSeconds * 1000),
  });
}
