import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { type LongestSpan, LongestSpanSchema, Stage } from "../gen/dragoman/v1/job_pb.ts";
import type { Granted } from "../gen/dragoman/v1/worker_service_pb.ts";
import { asDragomanError } from "../platform/errors.ts";
import { stageName } from "../platform/names.ts";
import { type Attributes, failSpan, formatTraceparent, recordSpan, type Span, startSpan } from "../platform/trace.ts";
import { Stopwatch, type Timed, type TimedSpan } from "./engine/stopwatch.ts";

/**
 * The spans of one attempt: its stages, and within each what took its time. What was timed within a stage is recorded only after
 * the stage's own, so that a worker that dies leaves no span without its parent.
 */
export class StageSpans {
  readonly #grant: Granted;
  readonly #attributes: Attributes;
  readonly #stopwatch = new Stopwatch();
  readonly #longest = new Map<Stage, LongestSpan>();
  #stage: Stage = Stage.UNSPECIFIED;
  #span: Span | undefined;
  #timed: TimedSpan[] = [];

  constructor(grant: Granted) {
    this.#grant = grant;
    this.#attributes = { "job.id": grant.jobId, tenant: grant.tenantId, attempt: grant.attempt };
  }

  /** Times what is done of the stage in this process. */
  get time(): Timed {
    return this.#stopwatch.time;
  }

  /** What took longest in each stage that has ended. */
  get longest(): LongestSpan[] {
    return [...this.#longest.values()];
  }

  enter(stage: Stage): void {
    if (stage === this.#stage) return;
    this.end();
    this.#stage = stage;
    const name = stageName(stage);
    this.#span = startSpan(name, { parent: this.#grant.traceparent, attributes: { ...this.#attributes, stage: name } });
  }

  /** Of the stage, timed elsewhere. */
  add(timed: readonly TimedSpan[]): void {
    this.#timed.push(...timed);
  }

  /** Ends the stage, with what ended it if that was an error. */
  end(error?: unknown): void {
    const span = this.#span;
    if (!span) return;
    if (error !== undefined) failSpan(span, asDragomanError(error).code);
    span.end();
    this.#span = undefined;
    const timed = [...this.#timed, ...this.#stopwatch.take()];
    this.#timed = [];
    const parent = formatTraceparent(span.spanContext());
    for (const { name, page, startMs, endMs, failed } of timed) {
      const attributes = { ...this.#attributes, stage: stageName(this.#stage), ...(page > 0 && { page }) };
      recordSpan(name, { parent, startMs, endMs, attributes, ...(failed && { error: "FAILED" }) });
    }
    const [first, ...rest] = timed;
    if (!first) return;
    const longest = rest.reduce((most, each) => (each.endMs - each.startMs > most.endMs - most.startMs ? each : most), first);
    const duration = durationFromMs(Math.round(longest.endMs - longest.startMs));
    this.#longest.set(this.#stage, create(LongestSpanSchema, { stage: this.#stage, name: longest.name, page: longest.page, duration }));
  }
}
