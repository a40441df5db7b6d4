/**
 * Classes of work, by what a worker needs for it: `pictures` OCR, `office` LibreOffice, `large` time and memory. Each waits in a queue
 * of its own, so that a worker may take some of them only, and what is slow holds up nothing else.
 */
export const JOB_CLASSES = ["default", "pictures", "office", "large"] as const;

export type JobClass = (typeof JOB_CLASSES)[number];

const KNOWN: ReadonlySet<string> = new Set(JOB_CLASSES);

export function isJobClass(name: string): name is JobClass {
  return KNOWN.has(name);
}

/** That of an invitation: an older orchestrator has none but `default`, and says none. */
export function jobClassOf(name: string): JobClass {
  return isJobClass(name) ? name : "default";
}
