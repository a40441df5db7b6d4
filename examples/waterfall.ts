import type { ReceivedSpan } from "../test/servers/otlp.ts";

/** A span in its place: under its parent, after what began before it. */
export interface Row {
  readonly span: ReceivedSpan;
  readonly depth: number;
}

/** The trace as a tree, depth first, each span's children in the order they began. */
export function rowsOf(spans: readonly ReceivedSpan[], parent = "", depth = 0): Row[] {
  return spans
    .filter(({ parentSpanId }) => parentSpanId === parent)
    .sort((one, other) => one.startMs - other.startMs)
    .flatMap((span) => [{ span, depth }, ...rowsOf(spans, span.spanId, depth + 1)]);
}

const TEXT_WIDTH = 60;

/** One line a span: its bar on the trace's time, its length, its name. */
export function asText(rows: readonly Row[]): string {
  const { startMs, lengthMs } = extent(rows);
  return rows
    .map(({ span, depth }) => {
      const from = Math.min(TEXT_WIDTH - 1, Math.round(((span.startMs - startMs) / lengthMs) * TEXT_WIDTH));
      const width = Math.max(1, Math.round(((span.endMs - span.startMs) / lengthMs) * TEXT_WIDTH));
      const bar = `${" ".repeat(from)}${(span.failed ? "x" : "=").repeat(Math.min(width, TEXT_WIDTH - from))}`.padEnd(TEXT_WIDTH);
      return `|${bar}| ${millis(span).padStart(9)}  ${"  ".repeat(depth)}${titleOf(span)}`;
    })
    .join("\n");
}

const ROW = 20;
const LABELS = 400;
const BARS = 560;
const COLOURS: Readonly<Record<string, string>> = {
  "dragoman-gateway": "#3b82c4",
  "dragoman-orchestrator": "#7a5fc0",
  "dragoman-worker": "#2f9e6e",
};

/** The same as a picture; what failed is red. */
export function asSvg(rows: readonly Row[], title: string): string {
  const { startMs, lengthMs } = extent(rows);
  const height = rows.length * ROW + 70;
  const x = (ms: number) => LABELS + ((ms - startMs) / lengthMs) * BARS;
  const lines = rows.map(({ span, depth }, index) => {
    const y = 50 + index * ROW;
    const width = Math.max(2, x(span.endMs) - x(span.startMs));
    const colour = span.failed ? "#d04a3c" : (COLOURS[span.service] ?? "#888");
    const after = x(span.startMs) + width + 90 < LABELS + BARS + 90;
    const [labelX, anchor] = after ? [x(span.startMs) + width + 5, "start"] : [x(span.startMs) - 5, "end"];
    return [
      `<text x="${10 + depth * 12}" y="${y + 13}">${escaped(titleOf(span))}</text>`,
      `<rect x="${x(span.startMs).toFixed(1)}" y="${y + 3}" width="${width.toFixed(1)}" height="${ROW - 7}" rx="2" fill="${colour}"/>`,
      `<text x="${labelX.toFixed(1)}" y="${y + 13}" text-anchor="${anchor}" class="time">${millis(span)}</text>`,
    ].join("");
  });
  const legend = Object.entries({ ...COLOURS, failed: "#d04a3c" }).map(
    ([name, colour], index) =>
      `<rect x="${LABELS + index * 165}" y="14" width="10" height="10" fill="${colour}"/><text x="${LABELS + 15 + index * 165}" y="23">${name}</text>`,
  );
  const style = "text{font:12px system-ui,sans-serif;fill:#222}.time{fill:#666;font-size:10px}.title{font-weight:600;font-size:14px}";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${LABELS + BARS + 100} ${height}"><style>${style}</style><rect width="100%" height="100%" fill="#fff"/><text x="10" y="24" class="title">${escaped(title)}</text>${legend.join("")}\n${lines.join("\n")}\n</svg>\n`;
}

function extent(rows: readonly Row[]): { startMs: number; lengthMs: number } {
  const startMs = Math.min(...rows.map(({ span }) => span.startMs));
  return { startMs, lengthMs: Math.max(...rows.map(({ span }) => span.endMs)) - startMs };
}

function titleOf({ name, attributes, failed }: ReceivedSpan): string {
  const attempt = name === "attempt" ? ` ${attributes["attempt"]} → ${attributes["outcome"]}` : "";
  const page = attributes["page"] ? ` ${attributes["page"]}` : "";
  return `${name.replace("dragoman.v1.", "")}${attempt}${page}${failed ? ` (${attributes["error.type"] ?? "failed"})` : ""}`;
}

function millis({ startMs, endMs }: ReceivedSpan): string {
  const length = endMs - startMs;
  return length >= 1000 ? `${(length / 1000).toFixed(2)} s` : `${length.toFixed(1)} ms`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
