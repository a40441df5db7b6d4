import { Stage } from "../gen/dragoman/v1/job_pb.ts";

/** A job's stages, as they come one after the other. */
const ORDER: readonly Stage[] = [
  Stage.UNSPECIFIED,
  Stage.DOWNLOADING,
  Stage.CONVERTING,
  Stage.OCR_PROCESSING,
  Stage.TRANSLATING,
  Stage.EXPORTING,
  Stage.UPLOADING,
];
const UNOPENED: ReadonlySet<Stage> = new Set([Stage.UNSPECIFIED, Stage.DOWNLOADING]);
const IN_ENGINE: ReadonlySet<Stage> = new Set([Stage.CONVERTING, Stage.OCR_PROCESSING, Stage.TRANSLATING, Stage.EXPORTING]);

/** Whether the document was opened: from then on the attempt counts, and its time runs. In a stage that is not known here it was. */
export function isOpened(stage: Stage): boolean {
  return !UNOPENED.has(stage);
}

/** Whether an engine works on the document. */
export function isInEngine(stage: Stage): boolean {
  return IN_ENGINE.has(stage);
}

/** Whether `stage` comes after `other`. One that is not known here comes after those that are. */
export function comesAfter(stage: Stage, other: Stage): boolean {
  return rank(stage) > rank(other);
}

function rank(stage: Stage): number {
  const index = ORDER.indexOf(stage);
  return index < 0 ? ORDER.length : index;
}
