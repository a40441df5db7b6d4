import { toBinary } from "@bufbuild/protobuf";
import { JobSchema } from "../../gen/dragoman/v1/job_pb.ts";
import { isFinal } from "../../platform/final.ts";
import { encodeContent } from "../../platform/messaging/codec.ts";
import { jobPrefix, uploadIdOf } from "../jobs/artefact_keys.ts";
import type { JobRecord } from "../jobs/job.ts";
import type { Receipt } from "../jobs/receipt.ts";
import { turnOf } from "../policy/order.ts";
import { encodeEnvelope } from "./envelope.ts";
import { addAudit } from "./sqlite_audit.ts";
import { forgetChange, noteChange } from "./sqlite_changes.ts";
import type { SqliteDatabase } from "./sqlite_database.ts";
import { chargeJob, dischargeJob } from "./sqlite_meters.ts";
import { takeTurn } from "./sqlite_order.ts";
import { keepReceipt } from "./sqlite_receipts.ts";
import { statements } from "./sqlite_statements.ts";
import { addUsage } from "./sqlite_usage.ts";
import { type Commit, labelsOf, refusal } from "./store.ts";

const SQL = statements("commit.sql", [
  "takeRequest",
  "insertJob",
  "updateJob",
  "insertLabel",
  "countJobOfInput",
  "keepGarbage",
  "addGarbage",
  "owe",
  "keepUpload",
  "isThere",
  "deleteJob",
  "deleteRequests",
  "deleteLabel",
  "discountJobOfInput",
  "deleteUnusedInput",
  "deleteUpload",
  "eraseDeliveries",
]);

/** Within a transaction; false where another was quicker. Throws what is missing for a new job. */
export function writeJob(db: SqliteDatabase, commit: Commit): boolean {
  const { record, expectedVersion } = commit;
  const tenant = record.tenantId;
  if (!isFirst(db, commit) || !writeRow(db, record, expectedVersion)) return false;
  if (expectedVersion === 0n) addNew(db, commit);
  if (commit.charges) chargeJob(db, record, commit.charges);
  noteChange(db, record);
  if (commit.garbage) addGarbage(db, tenant, commit.garbage.prefix, commit.garbage.removeAt);
  if (commit.usage) addUsage(db, tenant, commit.usage);
  addAudit(db, commit.audit);
  takeTurn(db, record, commit.turn ?? turnOf(undefined, record));
  for (const { id, content } of commit.outbox) db.sql(SQL.owe).run({ id, kind: content.kind, message: encodeContent(content) });
  return true;
}

/** Removes a job that has ended, and counts its input no more; false where it has changed. Within a transaction. */
export function forgetJob(db: SqliteDatabase, record: JobRecord, now: number, receipt?: Receipt): boolean {
  const { job, tenantId: tenant, inputKey: key } = record;
  const { id } = job;
  dischargeJob(db, record);
  if (db.sql(SQL.deleteJob).run({ id, version: Number(job.version) }).changes === 0) return false;
  if (receipt) keepReceipt(db, receipt, now);
  else forgetChange(db, id);
  db.sql(SQL.deleteRequests).run({ id });
  for (const label of labelsOf(record)) db.sql(SQL.deleteLabel).run({ tenant, label, id });
  db.sql(SQL.eraseDeliveries).run({ id });
  addGarbage(db, tenant, jobPrefix(record), now);
  db.sql(SQL.discountJobOfInput).run({ key });
  if (db.sql(SQL.deleteUnusedInput).run({ key }).changes > 0) {
    db.sql(SQL.deleteUpload).run({ id: uploadIdOf(key) });
    addGarbage(db, tenant, key, now);
  }
  return true;
}

/** Removes what lies under `prefix` at `removeAt`, unless that is known already. */
export function addGarbage(db: SqliteDatabase, tenant: string, prefix: string, removeAt: number): void {
  db.sql(SQL.addGarbage).run({ tenant, prefix, removeAt });
}

/** Whether the request that makes this job made none before. */
function isFirst(db: SqliteDatabase, { record, request }: Commit): boolean {
  return !request || db.sql(SQL.takeRequest).run({ tenant: record.tenantId, id: record.job.id, ...request }).changes > 0;
}

function writeRow(db: SqliteDatabase, record: JobRecord, expectedVersion: bigint): boolean {
  const { job } = record;
  const row = {
    id: job.id,
    tenant: record.tenantId,
    state: job.state,
    version: Number(job.version),
    open: isFinal(job.state) ? 0 : 1,
    timerAt: record.timerAt,
    invited: record.invitedAt === null ? 0 : 1,
    priority: job.options?.priority ?? 0,
    job: toBinary(JobSchema, job),
    envelope: encodeEnvelope(record),
  };
  const written =
    expectedVersion === 0n ? db.sql(SQL.insertJob).run(row) : db.sql(SQL.updateJob).run({ ...row, expected: Number(expectedVersion) });
  return written.changes > 0;
}

function addNew(db: SqliteDatabase, commit: Commit): void {
  const { record } = commit;
  demand(db, commit);
  for (const label of labelsOf(record)) db.sql(SQL.insertLabel).run({ tenant: record.tenantId, label, id: record.job.id });
  db.sql(SQL.countJobOfInput).run({ key: record.inputKey });
  db.sql(SQL.keepGarbage).run({ prefix: record.inputKey });
}

/** What must be there for a new job. */
function demand(db: SqliteDatabase, { uploadId, retryOf }: Commit): void {
  if (uploadId && db.sql(SQL.keepUpload).run({ id: uploadId }).changes === 0) throw refusal("UPLOAD_NOT_FOUND");
  if (retryOf && !db.sql(SQL.isThere).get({ id: retryOf })) throw refusal("JOB_NOT_FOUND");
}
