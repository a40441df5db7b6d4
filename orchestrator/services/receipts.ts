import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type DeletionReceipt, DeletionReceiptSchema } from "../../gen/dragoman/v1/job_service_pb.ts";
import { DragomanError } from "../../platform/errors.ts";
import type { Principal } from "../access/keys.ts";
import type { ReceiptStore } from "../store/receipt_store.ts";

/** What is kept of a job of the caller's that was deleted. Throws JOB_NOT_FOUND, also of a job that is there. */
export async function receiptFor(store: ReceiptStore, id: string, { tenantId }: Pick<Principal, "tenantId">): Promise<DeletionReceipt> {
  const receipt = await store.receipt(id);
  if (receipt?.tenantId !== tenantId) throw DragomanError.of("JOB_NOT_FOUND", "No job of this id was deleted.");
  const { jobId, by, files, fileBytes, documentBytes, documentKept, removing, unitsForgotten, createdAt, deletedAt, expireAt } = receipt;
  return create(DeletionReceiptSchema, {
    ...{ jobId, keyId: by, documentKept, removing, unitsForgotten },
    files: files + (documentKept ? 0 : 1),
    bytes: BigInt(fileBytes + (documentKept ? 0 : documentBytes)),
    createTime: timestampFromMs(createdAt),
    deleteTime: timestampFromMs(deletedAt),
    expireTime: timestampFromMs(expireAt),
  });
}
