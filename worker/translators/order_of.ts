import { Formality as FormalityOption, MemoryUse } from "../../gen/dragoman/v1/job_pb.ts";
import type { Granted } from "../../gen/dragoman/v1/worker_service_pb.ts";
import type { Formality, TranslationOrder } from "./order.ts";

const FORMALITIES: Readonly<Record<FormalityOption, Formality>> = {
  [FormalityOption.UNSPECIFIED]: "default",
  [FormalityOption.MORE]: "more",
  [FormalityOption.LESS]: "less",
  [FormalityOption.PREFER_MORE]: "prefer more",
  [FormalityOption.PREFER_LESS]: "prefer less",
};

/** What a job's options say of how it is to be translated. */
export function orderOf({
  tenantId,
  jobId,
  fileName,
  options,
  budgeted: isBudgeted = false,
}: Pick<Granted, "tenantId" | "jobId" | "fileName" | "options"> & { readonly budgeted?: boolean }): TranslationOrder {
  const { engine = "", fallbackEngines = [], memory = MemoryUse.UPDATE, maxCharacters = 0n } = options ?? {};
  const engines = [...new Set([engine, ...fallbackEngines])];
  return {
    ...{ tenantId, jobId, fileName, target: options?.targetLanguage ?? "" },
    engines: engines.length === 1 && engine === "" ? [] : engines,
    formality: FORMALITIES[options?.formality ?? FormalityOption.UNSPECIFIED] ?? "default",
    tone: options?.tone ?? "",
    domain: options?.domain ?? "",
    context: options?.context ?? "",
    instructions: options?.instructions ?? "",
    glossaries: options?.glossaries ?? [],
    terms: options?.terms ?? [],
    doNotTranslate: options?.doNotTranslate ?? [],
    memory: memory === MemoryUse.NONE ? "none" : memory === MemoryUse.READ ? "read" : "update",
    ...(maxCharacters > 0n && { maxCharacters: Number(maxCharacters) }),
    isBudgeted,
    isDryRun: options?.dryRun ?? false,
  };
}
