import { create } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import {
  AddMemoryUnitsResponseSchema,
  type ForgetMemoryRequest,
  ForgetMemoryResponseSchema,
  ListMemoryUnitsResponseSchema,
  MemorySchema,
  MemoryService,
} from "../../gen/dragoman/v1/memory_service_pb.ts";
import { DragomanError } from "../../platform/errors.ts";
import type { Handlers } from "../../platform/grpc/server.ts";
import { type Gate, type GuardedContext, guarded } from "../access/guard.ts";
import type { TranslationMemory } from "../memory/memory.ts";
import { decodeUnit } from "../memory/unit.ts";
import type { Store } from "../store/store.ts";
import type { Forgettable } from "../store/unit_store.ts";
import { requireUnits } from "./unit_rules.ts";
import { isTime, requireAll } from "./validation.ts";

const DEFAULT_PAGE = 50;
const MAX_PAGE = 100;
/** Of a page, so that it stays one message. */
const MAX_PAGE_BYTES = 700_000;
/** Less than the caller waits. */
const FORGET_MS = 4_000;

export interface MemoryLimits {
  /** Most that one tenant's memory holds; 0 for memories that keep nothing. */
  readonly maxBytes: number;
  /** How long a translation is remembered; 0 for as long as there is room. */
  readonly keepDays: number;
}

/** Shows each tenant its memory of translations. */
export function memoryService(gate: Gate, memory: TranslationMemory, limits: MemoryLimits): Handlers<typeof MemoryService> {
  const { store } = gate;
  const tenantOf = ({ principal }: GuardedContext) => principal.tenantId;
  const requires = {
    getMemory: "jobs:read",
    listMemoryUnits: "jobs:read",
    addMemoryUnits: "jobs:write",
    forgetMemory: "jobs:write",
  } as const;
  return guarded(MemoryService, gate, requires, {
    async getMemory(_, context) {
      const { units, bytes } = await store.memorySize(tenantOf(context));
      const { maxBytes, keepDays } = limits;
      return create(MemorySchema, { units: BigInt(units), sizeBytes: BigInt(bytes), maxSizeBytes: BigInt(maxBytes), keepDays });
    },
    async listMemoryUnits({ pageSize, pageToken }, context) {
      const tenantId = tenantOf(context);
      requireAll(
        [pageSize >= 0 && pageSize <= MAX_PAGE, "page_size", `is 0 to ${MAX_PAGE}`],
        [/^\d{0,20}$/.test(pageToken), "page_token", "is a next_page_token, or empty"],
      );
      const { units, next } = await pageOf(store, tenantId, pageToken, pageSize || DEFAULT_PAGE);
      return create(ListMemoryUnitsResponseSchema, { units: units.flatMap((unit) => decodeUnit(unit) ?? []), nextPageToken: next });
    },
    async addMemoryUnits({ units }, context) {
      const tenantId = tenantOf(context);
      requireUnits(units, { translated: true });
      await memory.keep(
        tenantId,
        units.map((unit) => ({ ...unit, jobId: "" })),
      );
      return create(AddMemoryUnitsResponseSchema);
    },
    async forgetMemory(request, context) {
      const tenantId = tenantOf(context);
      const { units, more } = await memory.forget(tenantId, forgettable(request), FORGET_MS);
      return create(ForgetMemoryResponseSchema, { units: BigInt(units), more });
    },
  });
}

/** As many units from there on as one message holds, at most about `size`. */
async function pageOf(store: Store, tenantId: string, token: string, size: number): ReturnType<Store["listUnits"]> {
  const page = await store.listUnits(tenantId, token, size);
  const bytes = page.units.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0);
  return bytes <= MAX_PAGE_BYTES || size === 1 ? page : pageOf(store, tenantId, token, Math.floor(size / 2));
}

/** Throws INVALID_REQUEST where nothing is said. */
function forgettable({ what }: ForgetMemoryRequest): Forgettable {
  if (what.case === "jobId" && what.value !== "") return { jobId: what.value };
  if (what.case === "before" && isTime(what.value)) return { before: timestampMs(what.value) };
  if (what.case === "all" && what.value) return { before: Number.MAX_SAFE_INTEGER };
  throw DragomanError.of("INVALID_REQUEST", "Say what to forget: job_id, before, or all.");
}
