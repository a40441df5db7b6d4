import { timestampMs } from "@bufbuild/protobuf/wkt";
import { type Job, JobState, type TimelineEntry } from "../gen/dragoman/v1/job_pb.ts";
import { isContinuous } from "../platform/file_types.ts";
import { stageName, stateName } from "../platform/names.ts";

/** One line about a job; the time left is guessed from what was done so far. */
export function progressLine(job: Job, now: number): string {
  const parts = [`${String(job.percent).padStart(3)} %`, job.state === JobState.RUNNING ? stageName(job.stage) : stateName(job.state)];
  if (job.pagesTotal > 0 && job.state === JobState.RUNNING) parts.push(`${job.pagesDone}/${job.pagesTotal} ${unitOf(job)}s`);
  if (job.attempt > 1) parts.push(`attempt ${job.attempt}`);
  const started = job.timeline.find((entry) => entry.attempt === job.attempt && entry.state === JobState.RUNNING)?.time;
  if (job.state === JobState.RUNNING && job.percent >= 10 && started) {
    const elapsedMs = now - timestampMs(started);
    parts.push(`about ${Math.ceil((elapsedMs * (100 - job.percent)) / job.percent / 1000)} s left`);
  }
  return parts.join("  ");
}

/** Shows progress: one line that moves on a terminal, a line per change of stage in a pipe. */
export function progressPrinter(out: NodeJS.WriteStream): (job: Job) => void {
  let shown = "";
  return (job) => {
    if (out.isTTY) {
      out.write(`\r\u001b[K${progressLine(job, Date.now())}`);
      return;
    }
    const key = `${job.state}:${job.stage}:${job.attempt}:${job.pagesDone}`;
    if (key !== shown) out.write(`${progressLine(job, Date.now())}\n`);
    shown = key;
  };
}

export function timelineText(job: Job): string {
  const start = job.createTime ? timestampMs(job.createTime) : 0;
  return job.timeline
    .map((entry) => {
      const { time, state, stage, attempt } = entry;
      const at = `${(((time ? timestampMs(time) : start) - start) / 1000).toFixed(2)} s`.padStart(9);
      const what = state === JobState.RUNNING ? `RUNNING ${stageName(stage)}` : stateName(state);
      return `${at}  ${what.padEnd(24)} ${attempt > 0 ? `attempt ${attempt}` : "         "}  ${reasonText(entry)}`;
    })
    .join("\n");
}

/** Why a job changed, with more where there is more to say. */
export function reasonText({ reason, detail }: TimelineEntry): string {
  return detail ? `${reason}: ${detail}` : reason;
}

/** What is counted: a document without pages has sections. */
function unitOf(job: Pick<Job, "ledger" | "fileName">): "page" | "section" {
  return isContinuous(job) ? "section" : "page";
}

export function ledgerText({ ledger, fileName }: Pick<Job, "ledger" | "fileName">): string {
  if (!ledger) return "no ledger";
  const unit = unitOf({ ledger, fileName });
  const language = `${ledger.sourceLanguage}${ledger.sourceLanguageDetected ? " (detected)" : ""}`;
  const lines = [
    `${`${unit}s`.padEnd(9)} ${ledger.pagesIn} in = ${ledger.pagesOut} out + ${ledger.pagesFailed} failed; ${ledger.pagesOcr} read by OCR${ledger.pagesOcr ? ` with confidence ${ledger.ocrConfidence} %` : ""}`,
    `segments  ${ledger.segmentsTotal} = ${ledger.segmentsTranslated} translated + ${ledger.segmentsKept} kept by rule + ${ledger.segmentsFailed} failed`,
    `words     ${ledger.wordsUnknown} unknown to the translator; source language ${language}`,
  ];
  if (ledger.segmentsFromMemory > 0) lines.push(`memory    ${ledger.segmentsFromMemory} of the translated segments were known from it`);
  if (ledger.segmentsTranslated > 0)
    lines.push(`checks    score ${ledger.score} of 100; ${ledger.segmentsDoubted} of the translated segments are doubted`);
  if (ledger.termsFound > 0) lines.push(`terms     ${ledger.termsFound} found; ${ledger.termsMissed} without their translation`);
  for (const { name, model, segments, charactersBilled } of ledger.engines)
    lines.push(`engine    ${name}${model ? ` (${model})` : ""}: ${segments} segments; ${charactersBilled} characters to pay for`);
  const entries = ledger.entries.map(({ page, code, message }) => `  ${page > 0 ? `${unit} ${page}` : "document"}  ${code}  ${message}`);
  return [...lines, ...entries].join("\n");
}

/** Where to look on: the trace's page, or its id. */
export function traceText({ traceUrl, traceId }: Job): string {
  return `trace     ${traceUrl || traceId}`;
}
