import type { Receipt } from "../jobs/receipt.ts";

/** A receipt with what is so now. */
export interface KnownReceipt extends Receipt {
  /** Another job has the same document. */
  readonly documentKept: boolean;
  /** Files are still to be removed from the artefact store. */
  readonly removing: boolean;
}

/** What is kept of jobs that were forgotten, by their ids, until it expires. */
export interface ReceiptStore {
  receipt(jobId: string): Promise<KnownReceipt | undefined>;
}
