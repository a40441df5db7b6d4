import { create } from "@bufbuild/protobuf";
import { Flow } from "../../gen/dragoman/v1/job_pb.ts";
import { type FileFormat, FileFormatSchema } from "../../gen/dragoman/v1/job_service_pb.ts";
import { FILE_TYPES, type FileType, resultTypeOf } from "../../platform/file_types.ts";
import type { Fleet } from "../scheduling/fleet.ts";

/** Every file type, with what the workers that are there now make of it. */
export function fileFormats(reads: Fleet["reads"]): FileFormat[] {
  return FILE_TYPES.map((type) => fileFormat(type, reads(type.id)));
}

function fileFormat(type: FileType, { served, office }: ReturnType<Fleet["reads"]>): FileFormat {
  const { id, name, mediaTypes, extensions, flow, selection = [], translated, kept } = type;
  const result = resultTypeOf(type);
  const needsOffice = type.office === "needed";
  return create(FileFormatSchema, {
    ...{ id, name, translated, kept, needsOffice },
    mediaTypes: [...mediaTypes],
    extensions: [...extensions],
    resultMediaType: result.mediaTypes[0] ?? "",
    resultExtension: result.extensions[0] ?? "",
    flow: flow === "paged" ? Flow.PAGED : Flow.CONTINUOUS,
    pictured: type.office ? office : flow === "paged",
    selection: [...selection],
    served: served && (office || !needsOffice),
  });
}
