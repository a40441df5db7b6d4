import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import {
  CompleteUploadResponseSchema,
  type CreateUploadRequest,
  SignUploadPartsResponseSchema,
  UploadSchema,
  UploadService,
} from "../../gen/dragoman/v1/upload_service_pb.ts";
import type { ArtefactStore } from "../../platform/artefacts/artefacts.ts";
import { DragomanError } from "../../platform/errors.ts";
import type { Handlers } from "../../platform/grpc/server.ts";
import { signUpload, verifyUpload } from "../../platform/uploads.ts";
import { type Gate, type GuardedContext, guarded } from "../access/guard.ts";
import { uploadKey } from "../jobs/artefact_keys.ts";
import { newId } from "../jobs/id.ts";
import { POLICY } from "../jobs/policy.ts";
import type { JobLimits, JobOwner } from "../policy/charges.ts";
import { MAX_UPLOAD_BYTES, type Permissions, permissionsOf, requireFormat, requireSize } from "../policy/permissions.ts";
import type { Intake } from "./intake.ts";
import { requireAll } from "./validation.ts";

const URL_TTL_MS = 300_000;
/** What a break costs at most; 128 parts make the largest file. */
const PART_BYTES = 16 * 1024 ** 2;
const MAX_PARTS_AT_ONCE = 100;
/** They make a name look like another: controls, line and paragraph separators, and what turns the writing direction. */
const UNSHOWN = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
const MD5 = /^[A-Za-z0-9+/]{22}==$/;

interface UploadServiceParts extends Gate {
  readonly artefacts: ArtefactStore;
  readonly uploadSecret: string;
  /** How long an upload is kept that becomes no job, in milliseconds; at most a day. */
  readonly uploadAgeMs?: number;
  /** What a caller is held to. */
  readonly limitsOf: (owner: JobOwner) => Promise<JobLimits>;
  readonly intake: Intake;
}

/** Reserves places for files. */
export function uploadService(parts: UploadServiceParts): Handlers<typeof UploadService> {
  const { store, artefacts, uploadSecret, limitsOf, intake, uploadAgeMs = POLICY.uploadTtlMs } = parts;
  /** What a parts_token grants the caller. Throws PERMISSION_DENIED. */
  const granted = (token: string, { principal: { tenantId } }: GuardedContext) => {
    const { direct } = artefacts;
    const grant = verifyUpload(token, uploadSecret, store.clock.now());
    if (!direct || !grant?.multipart || !grant.key.startsWith(uploadKey(tenantId, "")))
      throw DragomanError.of("PERMISSION_DENIED", "The parts_token is not valid, or has expired.", { hint: "Call CreateUpload again." });
    return { direct, key: grant.key, sizeBytes: grant.maxBytes, ...grant.multipart };
  };

  const requires = { createUpload: "jobs:write", signUploadParts: "jobs:write", completeUpload: "jobs:write" } as const;
  return guarded(UploadService, parts, requires, {
    async createUpload(request, { principal }) {
      const { tenantId } = principal;
      const permissions = permissionsOf(await limitsOf(principal));
      validate(request, permissions);
      // Nobody is to send a document for nothing.
      await intake.require(tenantId);
      const most = Math.min(MAX_UPLOAD_BYTES, permissions.maxUploadBytes ?? MAX_UPLOAD_BYTES);
      const id = newId(tenantId);
      const key = uploadKey(tenantId, id);
      const now = store.clock.now();
      const kept = { expireAt: now + uploadAgeMs };
      await store.saveUpload({ id, tenantId, fileName: request.fileName, ...kept });
      const sizeBytes = Number(request.sizeBytes);
      const promised = sizeBytes > 0 && { exactBytes: sizeBytes };
      const grant = {
        key,
        maxBytes: sizeBytes || most,
        ...promised,
        expireAt: now + Math.min(URL_TTL_MS, uploadAgeMs),
        md5: request.contentMd5,
      };
      const resumable = { ...grant, ...kept };
      const { direct } = artefacts;
      // The store is told the bytes' length and checksum, or the gateway takes them and counts.
      const place =
        direct && sizeBytes > 0 && request.contentMd5
          ? direct.putUrl(key, { sizeBytes, md5: request.contentMd5 }, URL_TTL_MS)
          : { url: `/uploads/${signUpload(grant, uploadSecret)}` };
      const multipart = direct && sizeBytes > PART_BYTES ? { id: await direct.beginParts(key), partBytes: PART_BYTES } : undefined;
      return create(UploadSchema, {
        id,
        ...place,
        resumableUrl: sizeBytes > 0 ? `/uploads/resumable/${signUpload(resumable, uploadSecret)}` : "",
        ...(multipart && { partsToken: signUpload({ ...resumable, multipart }, uploadSecret), partSizeBytes: BigInt(PART_BYTES) }),
        expireTime: timestampFromMs(grant.expireAt),
        maxSizeBytes: BigInt(grant.maxBytes),
      });
    },
    async signUploadParts({ partsToken, parts }, context) {
      const { direct, key, id, partBytes, sizeBytes } = granted(partsToken, context);
      const count = Math.ceil(sizeBytes / partBytes);
      requireAll(
        [parts.length <= MAX_PARTS_AT_ONCE, "parts", `has at most ${MAX_PARTS_AT_ONCE} entries`],
        [parts.every(({ number }) => number >= 1 && number <= count), "parts.number", `is 1 to ${count}`],
        [parts.every(({ contentMd5 }) => MD5.test(contentMd5)), "parts.content_md5", "is 16 bytes in base64"],
      );
      const signed = parts.map(({ number, contentMd5: md5 }) => {
        const size = number < count ? partBytes : sizeBytes - (count - 1) * partBytes;
        return { number, ...direct.partUrl(key, id, { number, sizeBytes: size, md5 }, URL_TTL_MS) };
      });
      const stored = await direct.storedParts(key, id);
      return create(SignUploadPartsResponseSchema, { parts: signed, stored: stored.map(({ number }) => number) });
    },
    async completeUpload({ partsToken }, context) {
      const { direct, key, id, sizeBytes } = granted(partsToken, context);
      if ((await artefacts.size(key)) !== undefined) return create(CompleteUploadResponseSchema);
      const stored = (await direct.storedParts(key, id)).reduce((sum, part) => sum + part.sizeBytes, 0);
      if (stored !== sizeBytes) throw DragomanError.of("UPLOAD_INCOMPLETE", `There are ${stored} of ${sizeBytes} bytes.`);
      await direct.completeParts(key, id);
      return create(CompleteUploadResponseSchema);
    },
  });
}

/** What can be told before any byte is taken. Throws INVALID_REQUEST, FILE_TOO_LARGE, UNSUPPORTED_FILE_TYPE. */
function validate({ fileName, sizeBytes, contentMd5 }: CreateUploadRequest, permissions: Permissions): void {
  requireAll(
    [[...fileName].length <= 255, "file_name", "has at most 255 characters"],
    [!UNSHOWN.test(fileName), "file_name", "has no control characters, line breaks or marks of writing direction"],
    [sizeBytes >= 0n, "size_bytes", "is not negative"],
    [contentMd5 === "" || MD5.test(contentMd5), "content_md5", "is 16 bytes in base64, or empty"],
  );
  requireSize(permissions, Number(sizeBytes));
  requireFormat(permissions, fileName);
}
