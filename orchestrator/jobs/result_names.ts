import { create } from "@bufbuild/protobuf";
import { type Artefact, ArtefactSchema, type Job, ResultFormat } from "../../gen/dragoman/v1/job_pb.ts";
import { outputEnding } from "../../platform/artefacts/output_name.ts";
import { DOCUMENT_EXTENSIONS, fileTypeNamed } from "../../platform/file_types.ts";

/** File systems take 255 bytes for a name; the language and the ending come after this. */
const MAX_STEM_BYTES = 180;
/** Invisible signs, those that turn the direction of what follows, and halves of signs; joiners belong to words. */
const HIDDEN = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;
/** Their types by content: one is written as another where its own cannot be. */
const PICTURES = "image";
const FORBIDDEN = /[<>:"|?*]/g;
/** Names that Windows keeps for devices, whatever their ending. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/** The same files, named after their document and the language they are in ("letter.es.pdf"); no two are called the same. */
export function namedAfterDocument(artefacts: readonly Artefact[], job: Job): Artefact[] {
  const document = artefacts.find(({ format }) => format === ResultFormat.DOCUMENT);
  const taken = document && resultName(document, job);
  return artefacts.map((artefact) => {
    const fileName = resultName(artefact, job);
    // What Dragoman makes of a document of that type itself: JSON, XLIFF.
    const isTaken = fileName === taken && artefact.format !== ResultFormat.DOCUMENT && !artefact.sameAs;
    return create(ArtefactSchema, { ...artefact, fileName: isTaken ? fileName.replace(/\.[^.]+$/, ".model$&") : fileName });
  });
}

/** What a file of the job's result is called when it is saved; any file system takes it. */
export function resultName(artefact: Pick<Artefact, "format" | "page" | "fileName">, job: Job): string {
  const ending = ownEnding(artefact, job) ?? outputEnding(artefact);
  return ending === undefined ? artefact.fileName : `${stemOf(job.fileName)}.${job.options?.targetLanguage}.${ending}`;
}

/** A document keeps its own of the endings that its type has: ".htm", ".docm". Pictures may come back as others, and their writer says so. */
function ownEnding({ format, fileName }: Pick<Artefact, "format" | "fileName">, job: Job): string | undefined {
  const type = format === ResultFormat.DOCUMENT ? fileTypeNamed(job.fileName) : undefined;
  const is = (name: string) => (extension: string) => name.toLowerCase().endsWith(extension);
  if (!type || type.id === PICTURES || !type.extensions.some(is(fileName))) return undefined;
  return type.extensions.find(is(job.fileName))?.slice(1);
}

function stemOf(fileName: string): string {
  const [name = ""] = fileName.normalize("NFC").split(/[/\\]/).slice(-1);
  const plain = name.replace(HIDDEN, "").replace(FORBIDDEN, "_");
  const extension = DOCUMENT_EXTENSIONS.find((candidate) => plain.toLowerCase().endsWith(candidate)) ?? "";
  const stem = atMost(plain.slice(0, plain.length - extension.length).replace(/^[\s.]+/, ""), MAX_STEM_BYTES).replace(/[\s.]+$/, "");
  if (stem === "") return "translation";
  return DEVICE.test(stem) ? `_${stem}` : stem;
}

/** The beginning of `text` that has no more bytes, whole signs only. */
function atMost(text: string, bytes: number): string {
  let size = 0;
  let kept = "";
  for (const { segment } of new Intl.Segmenter("und").segment(text)) {
    size += Buffer.byteLength(segment);
    if (size > bytes) break;
    kept += segment;
  }
  return kept;
}
