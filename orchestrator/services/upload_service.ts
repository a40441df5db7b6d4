import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { UploadSchema, type UploadService } from "../../gen/dragoman/v1/upload_service_pb.ts";
import { DragomanError } from "../../platform/errors.ts";
import type { Handlers } from "../../platform/grpc/server.ts";
import { signUpload } from "../../platform/uploads.ts";
import { authenticate } from "../access/keys.ts";
import { newId } from "../jobs/id.ts";
import { uploadKey } from "../jobs/place.ts";
import type { Store } from "../store/store.ts";

const MAX_UPLOAD_BYTES = 2 * 1024 ** 3;
const UPLOAD_TTL_MS = 3600_000;
const URL_TTL_MS = 300_000;

/** Reserves places for files. */
export function uploadService(store: Store, uploadSecret: string): Handlers<typeof UploadService> {
  return {
    async createUpload(request, context) {
      const { tenantId } = await authenticate(store, context.authorization, "client");
      if (request.sizeBytes < 0n || request.fileName.length > 255) {
        throw DragomanError.of("INVALID_REQUEST", "file_name has at most 255 characters, and size_bytes is not negative.", {
          violations: [{ field: request.sizeBytes < 0n ? "size_bytes" : "file_name", description: "is out of its bounds" }],
        });
      }
      if (request.sizeBytes > BigInt(MAX_UPLOAD_BYTES))
        throw DragomanError.of("FILE_TOO_LARGE", `The file is larger than the limit of ${MAX_UPLOAD_BYTES} bytes.`);
      const id = newId(tenantId);
      const now = store.clock.now();
      await store.saveUpload({ id, tenantId, fileName: request.fileName, expireAt: now + UPLOAD_TTL_MS });
      const maxBytes = request.sizeBytes > 0n ? Number(request.sizeBytes) : MAX_UPLOAD_BYTES;
      const expireAt = now + URL_TTL_MS;
      const url = signUpload({ key: uploadKey(tenantId, id), maxBytes, expireAt }, uploadSecret);
      return create(UploadSchema, { id, url, expireTime: timestampFromMs(expireAt), maxSizeBytes: BigInt(maxBytes) });
    },
  };
}
