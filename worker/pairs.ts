import type { WorkDescriptor } from "../gen/dragoman/v1/worker_service_pb.ts";

/** Languages that are translated between, as ISO 639-1 codes. */
export interface Pair {
  readonly source: string;
  readonly target: string;
}

/** Whether who translates between these can do the job. Of an older orchestrator's invitation that is not known before the claim. */
export function canDo(pairs: readonly Pair[], { sourceLanguage, targetLanguage }: WorkDescriptor): boolean {
  if (targetLanguage === "") return true;
  return pairs.some(({ source, target }) => target === targetLanguage && (sourceLanguage === "" || source === sourceLanguage));
}

export function samePairs(one: readonly Pair[], other: readonly Pair[]): boolean {
  const names = new Set(one.map(({ source, target }) => `${source}-${target}`));
  return one.length === other.length && other.every(({ source, target }) => names.has(`${source}-${target}`));
}
