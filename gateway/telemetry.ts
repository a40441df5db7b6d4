import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { metrics } from "@opentelemetry/api";
import {
  type Attributes,
  failSpan,
  formatTraceparent,
  SpanKind,
  startSpan,
  type Traceparent,
  traceIdOf,
  withSpan,
} from "../platform/trace.ts";

/** The route a request is for, with names in place of ids; undefined if there is none. */
export type RouteOf = (request: IncomingMessage) => string | undefined;

/**
 * Answers each request in a span of its own that goes on the caller's trace, measures it, and tells the client the
 * trace's id in `x-trace-id`. The handler finds the span in the `traceparent` header. By the conventions for HTTP.
 */
export function observed(routeOf: RouteOf, handler: RequestListener): RequestListener {
  const duration = metrics.getMeter("dragoman").createHistogram("http.server.request.duration", {
    unit: "s",
    description: "How long requests took, those that watch a job included.",
    advice: { explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600] },
  });
  return (request, response) => {
    const started = performance.now();
    const method = request.method ?? "";
    const route = routeOf(request);
    const attributes: Attributes = { "http.request.method": method, ...(route && { "http.route": route }) };
    const parent = traceparentOf(request);
    const span = startSpan(route ? `${method} ${route}` : method, { kind: SpanKind.SERVER, attributes, parent });
    const traceparent = formatTraceparent(span.spanContext());
    request.headers["traceparent"] = traceparent;
    response.setHeader("x-trace-id", traceIdOf(traceparent));
    response.on("close", () => {
      const status = response.statusCode;
      span.setAttribute("http.response.status_code", status);
      if (status >= 500) failSpan(span, String(status));
      span.end();
      duration.record((performance.now() - started) / 1000, { ...attributes, "http.response.status_code": status });
    });
    withSpan(span, () => handler(request, response as ServerResponse<IncomingMessage> & { req: IncomingMessage }));
  };
}

/** As it came, or, in a handler that is observed, of the request's own span. */
export function traceparentOf(request: IncomingMessage): Traceparent {
  return String(request.headers["traceparent"] ?? "");
}
