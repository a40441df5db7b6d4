import { availableParallelism } from "node:os";

/** Limits of one document's processes. */
export interface Limits {
  readonly memoryBytes: number;
  readonly runMs: number;
  /** How long without any progress. */
  readonly silenceMs: number;
  /** How much processor time without any progress: so a busy machine fails no document that an idle one reads. */
  readonly stepCpuMs: number;
}

/** The largest file that a document's processes may write. */
const MAX_FILE_BYTES = 1024 ** 3;
/** An engine that reads pages is thirty threads; each counts. */
const MAX_PROCESSES = 512;
const MAX_OPEN_FILES = 1024;
/**
 * What is watched, twice a second, is the resident memory of all processes together; this is what one can never pass in
 * between. The kernel counts what V8 only sets aside as well: 2 GB, and half a GB for each reader of OCR.
 */
const SET_ASIDE_BYTES = 6 * 1024 ** 3;

/** The kernel's own limits, for what comes between two looks at the processes or gets past them. */
export function limitCommand({ memoryBytes, runMs }: Pick<Limits, "memoryBytes" | "runMs">): string[] {
  // Of a child that has taken a document's share no other is asked: so each has its whole share, and none takes more than two.
  const cpuSeconds = Math.ceil((2 * runMs * availableParallelism()) / 1000);
  return [
    "prlimit",
    "--core=0",
    `--cpu=${cpuSeconds}`,
    `--data=${memoryBytes + SET_ASIDE_BYTES}`,
    `--fsize=${MAX_FILE_BYTES}`,
    `--nofile=${MAX_OPEN_FILES}`,
    `--nproc=${MAX_PROCESSES}`,
    "--",
  ];
}

/** Of V8's young generation: with its own 32 a PDF of 500 pages took 105 MB more, and no less of the processor. */
const SEMI_SPACE_MIB = 16;
/**
 * How much V8's heap may grow, pictures' memory included, before all of it is looked through again. By itself V8 collects
 * the sooner the slower its program makes garbage, and one that waits for Tesseract is slow: twice a scanned page, for
 * 0.2 s of processor time. A PDF of 500 pages takes a tenth less memory with it, and as long.
 */
const HEAP_GROWING_PERCENT = 200;

/** For Node: without them V8's heap is full at a quarter of a small machine's memory, before the document has had what it may. */
export function heapLimits({ memoryBytes }: Pick<Limits, "memoryBytes">): string[] {
  return [
    `--max-old-space-size=${Math.floor(memoryBytes / 1024 ** 2)}`,
    `--max-semi-space-size=${SEMI_SPACE_MIB}`,
    `--heap-growing-percent=${HEAP_GROWING_PERCENT}`,
  ];
}
