import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";

/** A span as it was received. Times in milliseconds since the epoch. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly service: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly links: readonly string[];
  readonly failed: boolean;
}

export interface OtlpReceiver extends AsyncDisposable {
  readonly url: string;
  readonly spans: readonly ReceivedSpan[];
  /** Everything received, as it came: to search it for what must not be there. */
  readonly raw: () => string;
}

interface OtlpValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly doubleValue?: number;
  readonly intValue?: { toString(): string };
}

interface OtlpSpan {
  readonly traceId: Uint8Array;
  readonly spanId: Uint8Array;
  readonly parentSpanId: Uint8Array | null;
  readonly name: string;
  readonly startTimeUnixNano: { toString(): string };
  readonly endTimeUnixNano: { toString(): string };
  readonly attributes: readonly { key: string; value: OtlpValue }[];
  readonly links: readonly { spanId: Uint8Array }[];
  readonly status?: { code?: number };
}

interface TraceRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly { key: string; value: OtlpValue }[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

const STATUS_ERROR = 2;
const hex = (bytes: Uint8Array | null) => Buffer.from(bytes ?? []).toString("hex");
const millis = (nanos: { toString(): string }) => Number(BigInt(nanos.toString()) / 1000n) / 1000;

/** A collector that takes spans over OTLP/HTTP, read with OpenTelemetry's own protobuf definitions. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  // The last version of the package that still holds the definitions.
  const { opentelemetry } = createRequire(import.meta.url)("otlp-definitions/build/src/generated/root");
  const { ExportTraceServiceRequest } = opentelemetry.proto.collector.trace.v1;
  const spans: ReceivedSpan[] = [];
  const bodies: Buffer[] = [];
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    bodies.push(body);
    if (request.url === "/v1/traces") {
      const { resourceSpans } = ExportTraceServiceRequest.decode(body) as TraceRequest;
      for (const { resource, scopeSpans } of resourceSpans) {
        const service = String(read(resource.attributes)["service.name"]);
        for (const span of scopeSpans.flatMap((scope) => scope.spans)) spans.push(toSpan(span, service));
      }
    }
    response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    raw: () => Buffer.concat(bodies).toString("latin1"),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function toSpan(span: OtlpSpan, service: string): ReceivedSpan {
  return {
    traceId: hex(span.traceId),
    spanId: hex(span.spanId),
    parentSpanId: hex(span.parentSpanId),
    name: span.name,
    service,
    startMs: millis(span.startTimeUnixNano),
    endMs: millis(span.endTimeUnixNano),
    attributes: read(span.attributes),
    links: span.links.map((link) => hex(link.spanId)),
    failed: span.status?.code === STATUS_ERROR,
  };
}

function read(attributes: readonly { key: string; value: OtlpValue }[]): Record<string, string | number | boolean> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.intValue ? Number(value.intValue.toString()) : ((value.stringValue || value.doubleValue || value.boolValue) ?? ""),
    ]),
  );
}
