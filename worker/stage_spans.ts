import { create } from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { type LongestSpan, LongestSpanSchema, Stage } from "../gen/dragoman/v1/job_pb.ts";
import type { Granted } from "../gen/dragoman/v1/worker_service_pb.ts";
import { asDragomanError } from "../platform/errors.ts";
import { stageName } from "../platform/names.ts";
import { type Attributes, failSpan, formatTraceparent, recordSpan, type Span, startSpan } from "../platform/trace.ts";
import { type Piece, Stopwatch, type Timed } from "./engine/stopwatch.ts";

/**
 * The spans of one attempt: its stages, and within each what took its time. A stage's pieces become spans only after
 * the stage's own, so that a worker that dies leaves no span without its parent.
 */
export class StageSpans {
  readonly #grant: Granted;
  readonly #attributes: Attributes;
  readonly #stopwatch = new Stopwatch();
  readonly #longest = new Map<Stage, LongestSpan>();
  #stage: Stage = Stage.UNSPECIFIED;
  #span: Span | undefined;
  #pieces: Piece[] = [];

  constructor(grant: Granted) {
    this.#grant = grant;
    this.#attributes = { "job.id": grant.jobId, tenant: grant.tenantId, attempt: grant.attempt };
  }

  /** Times a piece of the stage that is done in this process. */
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

  /** Pieces of the stage, timed elsewhere. */
  add(pieces: readonly Piece[]): void {
    this.#pieces.push(...pieces);
  }

  /** Ends the stage, with what ended it if that was an error. */
  end(error?: unknown): void {
    const span = this.#span;
    if (!span) return;
    if (error !== undefined) failSpan(span, asDragomanError(error).code);
    span.end();
    this.#span = undefined;
    const pieces = [...this.#pieces, ...this.#stopwatch.take()];
    this.#pieces = [];
    const parent = formatTraceparent(span.spanContext());
    for (const { name, page, startMs, endMs, failed } of pieces) {
      const attributes = { ...this.#attributes, stage: stageName(this.#stage), ...(page > 0 && { page }) };
      recordSpan(name, { parent, startMs, endMs, attributes, ...(failed && { error: "FAILED" }) });
    }
    const [first, ...rest] = pieces;
    if (!first) return;
    const longest = rest.reduce((most, piece) => (piece.endMs - piece.startMs > most.endMs - most.startMs ? piece : most), first);
    const duration = durationFromMs(Math.round(longest.endMs - longest.startMs));
    this.#longest.set(this.#stage, create(LongestSpanSchema, { stage: this.#stage, name: longest.name, page: longest.page, duration }));
  }
}
