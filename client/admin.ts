import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Client } from "@connectrpc/connect";
import type {
  AdminService,
  AuditEntry,
  ListAuditRequestSchema,
  ListTenantJobsRequestSchema,
  Operation,
  TenantJob,
} from "../gen/dragoman/v1/admin_service_pb.ts";
import type { Tenant } from "../gen/dragoman/v1/limits_pb.ts";

const CALL_MS = 30_000;
const LOOK_EVERY_MS = 500;

/** What operators do, over all tenants, by a key of theirs. What it gives throws Connect's errors. */
export class AdminClient {
  /** The generated client, for what has no method here. */
  readonly calls: Client<typeof AdminService>;

  constructor(calls: Client<typeof AdminService>) {
    this.calls = calls;
  }

  /** Every tenant of which something was set. */
  async *tenants(): AsyncGenerator<Tenant> {
    yield* everyOf(async (pageToken) => {
      const { tenants, nextPageToken } = await this.calls.listTenants({ pageToken }, { timeoutMs: CALL_MS });
      return { items: tenants, nextPageToken };
    });
  }

  /** Jobs of all tenants, the newest first. */
  async *jobs(filter: MessageInitShape<typeof ListTenantJobsRequestSchema> = {}): AsyncGenerator<TenantJob> {
    yield* everyOf(async (pageToken) => {
      const { jobs, nextPageToken } = await this.calls.listTenantJobs({ ...filter, pageToken } as typeof filter, { timeoutMs: CALL_MS });
      return { items: jobs, nextPageToken };
    });
  }

  /** What was done by whom, the newest first. */
  async *audit(query: MessageInitShape<typeof ListAuditRequestSchema> = {}): AsyncGenerator<AuditEntry> {
    yield* everyOf(async (pageToken) => {
      const { entries, nextPageToken } = await this.calls.listAudit({ ...query, pageToken } as typeof query, { timeoutMs: CALL_MS });
      return { items: entries, nextPageToken };
    });
  }

  /** An operation when it has ended; `onProgress` is told how far it is. */
  async settled(id: string, onProgress: (operation: Operation) => void = () => undefined, signal?: AbortSignal): Promise<Operation> {
    for (;;) {
      const operation = await this.calls.getOperation({ id }, { timeoutMs: CALL_MS, ...(signal && { signal }) });
      if (operation.endTime) return operation;
      onProgress(operation);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }
}

interface Page<T> {
  readonly items: readonly T[];
  readonly nextPageToken: string;
}

async function* everyOf<T>(page: (pageToken: string) => Promise<Page<T>>): AsyncGenerator<T> {
  let pageToken = "";
  do {
    const { items, nextPageToken } = await page(pageToken);
    yield* items;
    pageToken = nextPageToken;
  } while (pageToken !== "");
}
