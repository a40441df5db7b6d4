import type { Dragoman } from "../../../client/dragoman.ts";
import { type Job, ResultFormat } from "../../../gen/dragoman/v1/job_pb.ts";
import { Problem } from "./problem.tsx";
import { useFile } from "./result_file.ts";
import { useWords } from "./words.ts";

/** What the JSON result has of a block, as far as it is read here. */
interface Block {
  readonly id: string;
  readonly segments?: readonly { readonly source: string; readonly target: string; readonly outcome: string }[];
  /** Of code and formulas. */
  readonly text?: string;
  readonly items?: readonly { readonly blocks: readonly Block[] }[];
  readonly rows?: readonly (readonly { readonly blocks: readonly Block[] }[])[];
  readonly blocks?: readonly Block[];
}

interface Row {
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly failed: boolean;
}

interface TextsProps {
  readonly job: Job;
  readonly dragoman: Dragoman;
  /** From 1. */
  readonly section: number;
}

/** Both languages of one section, paragraph by paragraph: what is side by side where there are no pages to look at. */
export function Texts({ job, dragoman, section }: TextsProps) {
  const words = useWords();
  const artefact = job.artefacts.find(({ format }) => format === ResultFormat.JSON);
  const { value, error } = useFile(job, dragoman, artefact, readPages);
  if (error !== undefined) return <Problem error={error} />;
  if (value === undefined) return <p role="status">{words.loading}</p>;
  const rows = [...rowsOf(value[section - 1]?.blocks ?? [])];
  return (
    <table class="texts">
      <thead>
        <tr>
          <th scope="col">{words.source}</th>
          <th scope="col">{words.translation}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ id, source, target, failed }) => (
          <tr key={id} class={failed ? "bad" : ""}>
            <td lang={job.ledger?.sourceLanguage ?? ""} dir="auto">
              {source}
            </td>
            <td lang={job.options?.targetLanguage ?? ""} dir="auto">
              {target}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

async function readPages(blob: Blob): Promise<readonly { readonly blocks: readonly Block[] }[]> {
  return (JSON.parse(await blob.text()) as { pages: readonly { readonly blocks: readonly Block[] }[] }).pages;
}

function* rowsOf(blocks: readonly Block[]): Generator<Row> {
  for (const { id, segments = [], text, items = [], rows = [], blocks: inner = [] } of blocks) {
    if (segments.length > 0) {
      const join = (of: "source" | "target") => segments.map((segment) => segment[of]).join(" ");
      yield { id, source: join("source"), target: join("target"), failed: segments.some(({ outcome }) => outcome === "failed") };
    } else if (text) yield { id, source: text, target: text, failed: false };
    for (const { blocks: within } of [...items, ...rows.flat()]) yield* rowsOf(within);
    yield* rowsOf(inner);
  }
}
