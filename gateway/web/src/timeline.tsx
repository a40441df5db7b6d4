import { timestampMs } from "@bufbuild/protobuf/wkt";
import { isFinal } from "../../../client/dragoman.ts";
import { type Job, JobState } from "../../../gen/dragoman/v1/job_pb.ts";
import { duration, fill, useWords, type Words } from "./words.ts";

const WIDTH = 1000;
const LANE = 34;
const GAP = 10;
/** Wide enough to be seen and pointed at, however short it was. */
const MIN_WIDTH = 3;
const MIN_LABEL = 62;

interface Piece {
  readonly lane: number;
  readonly tone: string;
  readonly label: string;
  readonly from: number;
  readonly until: number;
}

/** The job's life as a picture: a lane for each attempt, a piece for each wait and stage, as wide as it took. */
export function Timeline({ job }: { readonly job: Job }) {
  const words = useWords();
  const pieces = piecesOf(job, words);
  const start = pieces[0]?.from ?? 0;
  const end = Math.max(start + 1, ...pieces.map(({ until }) => until));
  const lanes = Math.max(1, ...pieces.map(({ lane }) => lane));
  const at = (time: number) => ((time - start) / (end - start)) * WIDTH;
  const total = fill(words.took, { time: duration(end - start) });
  const told = pieces.map(({ label, from, until }) => `${label} ${duration(until - from)}`).join(", ");
  return (
    <section class="card" aria-labelledby="timeline-title">
      <div class="head">
        <h2 id="timeline-title">{words.timeline}</h2>
        <span class="small">{total}</span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is wider than the screen must be reached by keyboard to be scrolled. */}
      <section class="scroll" tabIndex={0} aria-label={words.timeline}>
        <svg class="timeline" viewBox={`0 0 ${WIDTH} ${lanes * (LANE + GAP) + 22}`} role="img" aria-label={told}>
          {pieces.map(({ lane, tone, label, from, until }, index) => {
            const width = Math.max(MIN_WIDTH, at(until) - at(from) - 1);
            const y = (lane - 1) * (LANE + GAP);
            return (
              <g key={index}>
                <title>{`${label}: ${duration(until - from)}`}</title>
                <rect x={at(from)} y={y} width={width} height={LANE} rx={3} class={tone} />
                {width > MIN_LABEL && (
                  <text x={at(from) + 8} y={y + 21} class="piece-label">
                    {label}
                  </text>
                )}
              </g>
            );
          })}
          {[0, 0.25, 0.5, 0.75, 1].map((share) => (
            <text
              key={share}
              class="tick"
              x={share * WIDTH}
              y={lanes * (LANE + GAP) + 14}
              text-anchor={share === 0 ? "start" : share === 1 ? "end" : "middle"}
            >
              {duration((end - start) * share)}
            </text>
          ))}
        </svg>
      </section>
      <ul class="legend">
        {legend(pieces).map(({ tone, label, took }) => (
          <li key={label}>
            <span class={`swatch ${tone}`} aria-hidden="true" />
            {label} <span class="small">{duration(took)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function piecesOf(job: Job, words: Words): Piece[] {
  const entries = job.timeline;
  return entries.flatMap((entry, index) => {
    const next = entries[index + 1];
    if (!entry.time || (!next && isFinal(job))) return [];
    const from = timestampMs(entry.time);
    const until = next?.time ? timestampMs(next.time) : Math.max(from, job.updateTime ? timestampMs(job.updateTime) : from);
    const running = entry.state === JobState.RUNNING;
    const label = running ? words.stages[entry.stage] : entry.state === JobState.QUEUED ? words.waiting : words.states[entry.state];
    const tone = running ? `stage-${entry.stage}` : "wait";
    // A wait stands before the attempt that it leads to.
    const lane = running || entry.state === JobState.CANCELLING ? entry.attempt : entry.attempt + 1;
    return [{ lane: Math.max(1, Math.min(lane, job.attempt || 1)), tone, label: label ?? "", from, until }];
  });
}

function legend(pieces: readonly Piece[]) {
  const sums = new Map<string, { tone: string; label: string; took: number }>();
  for (const { tone, label, from, until } of pieces) {
    const sum = sums.get(label) ?? { tone, label, took: 0 };
    sums.set(label, { ...sum, took: sum.took + until - from });
  }
  return [...sums.values()];
}
