import { create, fromBinary } from "@bufbuild/protobuf";
import { JobEventSchema, JobSchema } from "../../gen/dragoman/v1/job_pb.ts";
import { SettingsSchema } from "../../gen/dragoman/v1/settings_service_pb.ts";
import type { Instant } from "../../platform/clock.ts";
import type { OutboxMessage } from "../../platform/messaging/messaging.ts";
import type { JobRecord } from "../jobs/job.ts";
import { type Receipt, receiptOf } from "../jobs/receipt.ts";
import type { TranslationMemory } from "../memory/memory.ts";
import type { AuditEntry } from "../policy/audit.ts";
import type { Store } from "../store/store.ts";

const DAY_MS = 86_400_000;

interface Forgetting {
  /** Public id of the key that asks for it; empty where the job's time is over. */
  readonly by?: string;
  /** The memory of translations forgets what came from it as well, whatever its tenant has set. */
  readonly forgetMemory?: boolean;
  readonly now?: Instant;
  readonly audit?: readonly AuditEntry[];
}

/** What jobs are forgotten by. */
export interface DeletionParts {
  readonly deletion: Pick<Deletion, "forget">;
}

/** Forgets jobs that ended, with all that is known of them, and keeps a receipt of each. */
export class Deletion {
  readonly #store: Store;
  readonly #memory: Pick<TranslationMemory, "forget">;
  readonly #receiptDays: number;
  readonly #onForgotten: (receipt: Receipt) => void;

  /** `onForgotten`: there are files to be removed, and watchers of all jobs to be told. */
  constructor(store: Store, memory: Pick<TranslationMemory, "forget">, receiptDays: number, onForgotten: (receipt: Receipt) => void) {
    this.#store = store;
    this.#memory = memory;
    this.#receiptDays = receiptDays;
    this.#onForgotten = onForgotten;
  }

  /** The receipt; undefined where the job was changed meanwhile, or has not ended. Throws as the store does. */
  async forget(
    record: JobRecord,
    { by = "", forgetMemory, now = this.#store.clock.now(), audit }: Forgetting,
  ): Promise<Receipt | undefined> {
    const { tenantId, job } = record;
    // First, because without the job nobody would know where they came from.
    const forgets = forgetMemory || (await this.#forgetsMemory(tenantId));
    const { units } = forgets ? await this.#memory.forget(tenantId, { jobId: job.id }) : { units: 0 };
    const receipt = receiptOf(record, { now, by, unitsForgotten: units, keepMs: this.#receiptDays * DAY_MS });
    if (!(await this.#store.forget(record, now, audit, receipt))) return undefined;
    this.#onForgotten(receipt);
    return receipt;
  }

  async #forgetsMemory(tenantId: string): Promise<boolean> {
    const content = await this.#store.settings(tenantId);
    return content !== undefined && fromBinary(SettingsSchema, content).forgetMemoryWithJobs;
  }
}

/** Wakes whoever watches all jobs of the tenant; to who watches the job it says nothing. */
export function forgottenEvent({ tenantId, jobId }: Receipt): OutboxMessage {
  const message = create(JobEventSchema, { tenantId, job: create(JobSchema, { id: jobId }) });
  return { id: `${jobId}:event:forgotten`, content: { kind: "event", message } };
}
