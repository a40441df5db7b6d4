import { randomBytes } from "node:crypto";
import {
  type Attributes,
  context,
  type HrTime,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { asDragomanError } from "./errors.ts";

export { type Attributes, type Span, SpanKind };

/** A span's W3C trace context, as headers, messages and records carry it. Empty for none. */
export type Traceparent = string;

const tracer = trace.getTracer("dragoman");
const FORMAT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

export interface SpanOptions {
  readonly kind?: SpanKind;
  /** Without one, the active span is the parent. */
  readonly parent?: Traceparent;
  readonly links?: readonly Traceparent[];
  readonly attributes?: Attributes;
}

/** Does `work` in a span, which is then active; what it throws is the span's error, by its code. The traceparent is the span's. */
export async function inSpan<T>(
  name: string,
  options: SpanOptions,
  work: (span: Span, traceparent: Traceparent) => Promise<T>,
): Promise<T> {
  const span = startSpan(name, options);
  try {
    return await withSpan(span, () => work(span, formatTraceparent(span.spanContext())));
  } catch (error) {
    failSpan(span, asDragomanError(error).code);
    throw error;
  } finally {
    span.end();
  }
}

/** A span that its caller ends. */
export function startSpan(name: string, options: SpanOptions): Span {
  const span = start(name, options);
  // Without tracing there is no id, and a job has one all the same: whoever traces later goes on with it.
  return isSpanContextValid(span.spanContext()) ? span : trace.wrapSpanContext(unsampled());
}

/** A span of the past, in milliseconds since the epoch; `spanId` if it must be the one that its children were told. */
export function recordSpan(
  name: string,
  options: SpanOptions & { readonly startMs: number; readonly endMs: number; readonly spanId?: string; readonly error?: string },
): void {
  const { startMs, endMs, spanId, error } = options;
  presetSpanId = spanId;
  const span = start(name, options, hrTime(startMs));
  presetSpanId = undefined;
  if (error) failSpan(span, error);
  span.end(hrTime(Math.max(startMs, endMs)));
}

function start(name: string, { kind = SpanKind.INTERNAL, parent, links = [], attributes = {} }: SpanOptions, startTime?: HrTime): Span {
  const given = parseTraceparent(parent);
  if (given && parentsDecide && given.traceFlags === 0) return trace.wrapSpanContext(given);
  const within = given ? trace.setSpanContext(ROOT_CONTEXT, given) : parent === undefined ? context.active() : ROOT_CONTEXT;
  const linked = links.map(parseTraceparent).filter((link) => link !== undefined);
  return tracer.startSpan(
    name,
    { kind, attributes, links: linked.map((link) => ({ context: link })), ...(startTime && { startTime }) },
    within,
  );
}

let parentsDecide = false;

/** To be called where the sampler keeps no span of a trace that is not kept: the SDK is then not asked for those. */
export function letParentsDecide(): void {
  parentsDecide = true;
}

/** Makes `span` active while `work` runs. */
export function withSpan<T>(span: Span, work: () => T): T {
  return context.with(trace.setSpan(context.active(), span), work);
}

export function failSpan(span: Span, code: string): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: code });
  span.setAttribute("error.type", code);
}

let presetSpanId: string | undefined;

/** The id that the span being started must have, if any. */
export function takePresetSpanId(): string | undefined {
  const id = presetSpanId;
  presetSpanId = undefined;
  return id;
}

/** Of the active span; empty if there is none. */
export function activeTraceparent(): Traceparent {
  const active = trace.getSpanContext(context.active());
  return active && isSpanContextValid(active) ? formatTraceparent(active) : "";
}

export function traceIdOf(traceparent: Traceparent | undefined): string {
  return parseTraceparent(traceparent)?.traceId ?? "";
}

export function parseTraceparent(traceparent: Traceparent | undefined): SpanContext | undefined {
  const [, traceId, spanId, flags] = FORMAT.exec(traceparent ?? "") ?? [];
  if (!traceId || !spanId || !flags) return undefined;
  const parsed: SpanContext = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
  return isSpanContextValid(parsed) ? parsed : undefined;
}

export function formatTraceparent({ traceId, spanId, traceFlags }: SpanContext): Traceparent {
  return `00-${traceId}-${spanId}-${(traceFlags & 1).toString(16).padStart(2, "0")}`;
}

/** The same trace, with another span. */
export function withSpanId(traceparent: Traceparent, spanId: string): Traceparent {
  const parsed = parseTraceparent(traceparent);
  return parsed ? formatTraceparent({ ...parsed, spanId }) : "";
}

/** As seconds and nanoseconds: the SDK takes a plain number from before the process's start for a reading of the monotonic clock. */
function hrTime(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}

function unsampled(): SpanContext {
  return { traceId: randomBytes(16).toString("hex"), spanId: randomBytes(8).toString("hex"), traceFlags: 0 };
}
