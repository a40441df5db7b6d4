import type { ErrorCode } from "../../platform/errors.ts";
import { bytes, header, problems } from "./responses.ts";
import type { Schema } from "./schemas.ts";

const GRANT = {
  name: "grant",
  in: "path",
  required: true,
  description: "As the address has it: it carries its own signature.",
  schema: { type: "string" },
};
const VERSION = { name: "Tus-Resumable", in: "header", required: true, schema: { type: "string", const: "1.0.0" } };
const OFFSET = header("How many bytes are stored.");
const TUS = { "Tus-Resumable": header("1.0.0") };

/** Of every call for a resumable upload: its address, its version of tus, and whether it is there. */
const KNOWN: readonly ErrorCode[] = ["PERMISSION_DENIED", "UPLOAD_NOT_FOUND", "PRECONDITION_FAILED", "STORAGE_FAILED", "INTERNAL"];
/** Of bytes that are not those that were promised, or find no place. */
const TAKEN: readonly ErrorCode[] = [
  "PERMISSION_DENIED",
  "UPLOAD_ALREADY_DONE",
  "UPLOAD_INCOMPLETE",
  "FILE_TOO_LARGE",
  "CHECKSUM_MISMATCH",
  "STORAGE_FAILED",
  "STORAGE_FULL",
  "INTERNAL",
];

/** Where the bytes of documents go: addresses that CreateUpload gives, which no method of the contract stands behind. */
export const UPLOAD_PATHS: Readonly<Record<string, Record<string, Schema>>> = {
  "/uploads/{grant}": {
    put: operation("putUpload", "Sends the bytes that an upload was created for", {
      description: "The address is the `url` of CreateUpload's answer. Resumable uploads go to `resumable_url` by tus 1.0.0.",
      parameters: [GRANT],
      requestBody: { required: true, content: { "application/octet-stream": { schema: bytes() } } },
      responses: {
        204: { description: "Stored." },
        ...problems([...TAKEN, "INVALID_REQUEST"]),
      },
    }),
  },
  "/uploads/resumable/{grant}": {
    head: operation("headResumableUpload", "Tells how much of a resumable upload is stored", {
      description: "tus 1.0.0. The address is the `resumable_url` of CreateUpload's answer, which has created the upload.",
      parameters: [GRANT, VERSION],
      responses: {
        200: {
          description: "The upload as it stands.",
          headers: { ...TUS, "Upload-Offset": OFFSET, "Upload-Length": header("How many bytes it will have.") },
        },
        ...withoutBody(problems([...KNOWN, "CHECKSUM_MISMATCH", "STORAGE_FULL"])),
      },
    }),
    patch: operation("patchResumableUpload", "Goes on with a resumable upload", {
      description: "tus 1.0.0: the bytes from `Upload-Offset` on. What came before a connection broke is kept.",
      parameters: [
        GRANT,
        VERSION,
        {
          name: "Upload-Offset",
          in: "header",
          required: true,
          description: "Where these bytes begin, as HEAD tells it.",
          schema: { type: "integer" },
        },
      ],
      requestBody: { required: true, content: { "application/offset+octet-stream": { schema: bytes() } } },
      responses: {
        204: { description: "Stored so far; whole where the offset is the length.", headers: { ...TUS, "Upload-Offset": OFFSET } },
        ...problems([...KNOWN, ...TAKEN, "CONFLICT", "UNSUPPORTED_MEDIA_TYPE", "INVALID_REQUEST", "UNAVAILABLE"]),
      },
    }),
    delete: operation("deleteResumableUpload", "Gives up a resumable upload", {
      description: "tus 1.0.0, termination.",
      parameters: [GRANT, VERSION],
      responses: {
        204: { description: "What was stored is removed.", headers: TUS },
        ...problems([...KNOWN, "UPLOAD_ALREADY_DONE", "STORAGE_FULL"]),
      },
    }),
    options: operation("optionsResumableUpload", "Tells what of tus the server speaks", {
      description: "tus 1.0.0: `Tus-Version` and `Tus-Extension`.",
      parameters: [GRANT],
      responses: {
        204: { description: "In the headers.", headers: { "Tus-Version": header("1.0.0"), "Tus-Extension": header("Its extensions.") } },
      },
    }),
  },
};

function operation(operationId: string, summary: string, rest: Schema): Schema {
  return { operationId, tags: ["UploadService"], summary, security: [], ...rest };
}

/** As HEAD is answered. */
function withoutBody(responses: Schema): Schema {
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [status, { ...(response as Schema), content: undefined }]),
  );
}
