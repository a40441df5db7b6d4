import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { UploadSchema, type UploadService } from "../../gen/dragoman/v1/upload_service_pb.ts";
import type { ArtefactStore } from "../../platform/artefacts/artefacts.ts";
import { DragomanError } from "../../platform/errors.ts";
import type { Handlers } from "../../platform/grpc/server.ts";
import { signUpload } from "../../platform/uploads.ts";
import { authenticate } from "../access/keys.ts";
import { newId } from "../jobs/id.ts";
import { uploadKey } from "../jobs/place.ts";
import type { Store } from "../store/store.ts";
import { check } from "./validation.ts";

const MAX_UPLOAD_BYTES = 2 * 1024 ** 3;
const UPLOAD_TTL_MS = 24 * 3600_000;
const URL_TTL_MS = 300_000;

/** Reserves places for files. */
export function uploadService(store: Store, artefacts: ArtefactStore, uploadSecret: string): Handlers<typeof UploadService> {
  return {
    async createUpload(request, context) {
      const { tenantId } = await authenticate(store, context.authorization, "client");
      check(
        [request.fileName.length <= 255, "file_name", "has at most 255 characters"],
        [request.sizeBytes >= 0n, "size_bytes", "is not negative"],
        [/^([A-Za-z0-9+/]{22}==)?$/.test(request.contentMd5), "content_md5", "is 16 bytes in base64, or empty"],
      );
      if (request.sizeBytes > BigInt(MAX_UPLOAD_BYTES))
        throw DragomanError.of("FILE_TOO_LARGE", `The file is larger than the limit of ${MAX_UPLOAD_BYTES} bytes.`);
      const id = newId(tenantId);
      const now = store.clock.now();
      await store.saveUpload({ id, tenantId, fileName: request.fileName, expireAt: now + UPLOAD_TTL_MS });
      const maxBytes = request.sizeBytes > 0n ? Number(request.sizeBytes) : MAX_UPLOAD_BYTES;
      const expireAt = now + URL_TTL_MS;
      const key = uploadKey(tenantId, id);
      // The store is told the bytes' length and checksum, or the gateway takes them and counts.
      const place =
        artefacts.direct && request.sizeBytes > 0n && request.contentMd5
          ? artefacts.direct.putUrl(key, { sizeBytes: maxBytes, md5: request.contentMd5 }, URL_TTL_MS)
          : { url: `/uploads/${signUpload({ key, maxBytes, expireAt, md5: request.contentMd5 }, uploadSecret)}` };
      const resumable = { key, maxBytes, expireAt: now + UPLOAD_TTL_MS, md5: request.contentMd5 };
      const resumableUrl = request.sizeBytes > 0n ? `/uploads/resumable/${signUpload(resumable, uploadSecret)}` : "";
      return create(UploadSchema, { id, ...place, resumableUrl, expireTime: timestampFromMs(expireAt), maxSizeBytes: BigInt(maxBytes) });
    },
  };
}
