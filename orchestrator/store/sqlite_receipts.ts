import type { Instant } from "../../platform/clock.ts";
import type { Receipt } from "../jobs/receipt.ts";
import type { ReceiptStore } from "./receipt_store.ts";
import { forgetChange, noteDeletion } from "./sqlite_changes.ts";
import type { SqliteDatabase } from "./sqlite_database.ts";
import { statements } from "./sqlite_statements.ts";

const SQL = statements("receipts.sql", ["keepReceipt", "expiredReceipts", "forgetReceipt", "receipt", "isInput", "isGarbage"]);
/** Expired ones that each new one takes with it, so that they never grow. */
const EXPIRED_AT_ONCE = 4;

export function receiptQueries(db: SqliteDatabase): ReceiptStore {
  return {
    async receipt(id) {
      const row = db.sql(SQL.receipt).get({ id });
      if (!row) return undefined;
      const receipt = JSON.parse(String(row["content"])) as Receipt;
      const { inputKey, prefix, deletedAt } = receipt;
      const documentKept = db.sql(SQL.isInput).get({ inputKey }) !== undefined;
      return { ...receipt, documentKept, removing: db.sql(SQL.isGarbage).get({ prefix, inputKey, deletedAt }) !== undefined };
    },
  };
}

/** Within the transaction that forgets the job. */
export function keepReceipt(db: SqliteDatabase, receipt: Receipt, now: Instant): void {
  const { jobId: id, expireAt } = receipt;
  db.sql(SQL.keepReceipt).run({ id, expireAt, content: JSON.stringify(receipt) });
  noteDeletion(db, receipt);
  for (const row of db.sql(SQL.expiredReceipts).all({ now, limit: EXPIRED_AT_ONCE })) {
    db.sql(SQL.forgetReceipt).run({ id: String(row["id"]) });
    forgetChange(db, String(row["id"]));
  }
}
