import { type FileType, fileTypeNamed } from "../../platform/file_types.ts";
import type { JobClass } from "../../platform/job_classes.ts";

const MEGABYTE = 1_000_000;

/** What the class of a job is told by, when it is made. */
export interface Classified {
  readonly fileName: string;
  readonly sizeBytes: number;
}

/**
 * The class of a document: what is larger than `largeMb` megabytes (0 for no limit) is `large`, whatever it is. A PDF may be all pictures
 * too, but that only its engine sees.
 */
export function classOf({ fileName, sizeBytes }: Classified, largeMb: number): JobClass {
  if (largeMb > 0 && sizeBytes > largeMb * MEGABYTE) return "large";
  return classOfType(fileTypeNamed(fileName));
}

/** That of documents of a type that are not large. */
export function classOfType(type: FileType | undefined): JobClass {
  if (type?.id === "image") return "pictures";
  return type?.office ? "office" : "default";
}
