import { type Measures, measure } from "./measure.ts";
import { isInstalled, measurePeer, type PeerMeasures } from "./peers.ts";
import { type Outcome, read } from "./read.ts";
import { readingOfTruth } from "./reading.ts";
import { type Family, type Sample, STRUCTURES, type Truth } from "./truth.ts";
import { compareBags, wordsOf } from "./words.ts";

/** What must hold of a reading. Recall and order on scans must besides be at least what native Tesseract reaches on the same file. */
interface Bars {
  readonly recall: number;
  readonly order: number;
  readonly structure: number;
  /** Words that are not in the document, by those that are. */
  readonly invented: number;
}

const EXACT: Bars = { recall: 0.995, order: 0.99, structure: 0.95, invented: 0.005 };
const BARS: Readonly<Record<Family, Bars>> = {
  "text pdf": EXACT,
  text: EXACT,
  markdown: EXACT,
  mixed: { recall: 0.98, order: 0.99, structure: 0.95, invented: 0.03 },
  scan: { recall: 0.98, order: 0.98, structure: 0.95, invented: 0.05 },
};

/** A sample, how it was read, and which of the claims about it do not hold. */
export interface Judgement {
  readonly sample: Sample;
  readonly truth: Truth;
  readonly outcome: Outcome;
  /** Absent if the document was refused. */
  readonly measures?: Measures;
  readonly peers: { readonly pdftotext?: PeerMeasures; readonly tesseract?: PeerMeasures };
  readonly failed: readonly Claim[];
}

export type Claim = "recall" | "order" | "numbers" | "lost" | "invented" | "absent" | "remarks" | "refusal" | (typeof STRUCTURES)[number];

/** Reads the sample, has the other programs read it, and holds both against the truth. */
export async function judge(sample: Sample, { everyPeer = false } = {}): Promise<Judgement> {
  const { bytes, truth } = await sample.make();
  const outcome = await read(bytes, sample.fileName);
  const wanted = readingOfTruth(truth);
  const isSeen = sample.family === "scan" || sample.family === "mixed";
  const pdftotext = truth.refused ? undefined : await measurePeer("pdftotext", sample, bytes, wanted);
  const tesseract = truth.refused || !(isSeen || everyPeer) ? undefined : await measurePeer("tesseract", sample, bytes, wanted);
  const peers = { ...(pdftotext && { pdftotext }), ...(tesseract && { tesseract }) };
  const common = { sample, truth, outcome, peers };
  if (outcome.kind === "refused") return { ...common, failed: truth.refused?.includes(outcome.code) ? [] : ["refusal"] };
  if (truth.refused) return { ...common, failed: ["refusal"] };
  const measures = measureOutcome(sample, wanted, outcome);
  return { ...common, measures, failed: failedClaims(sample, truth, measures, outcome, isSeen ? tesseract : undefined) };
}

function measureOutcome(sample: Sample, wanted: ReturnType<typeof readingOfTruth>, outcome: Outcome & { kind: "read" }): Measures {
  const measures = measure(wanted, outcome.reading, { bullets: sample.family !== "scan", levels: sample.family === "markdown" });
  if (sample.family !== "text") return measures;
  // Plain text has no structure of its own but its lines.
  const { paragraphs } = measures.structure;
  return { ...measures, structure: paragraphs === undefined ? {} : { paragraphs } };
}

function failedClaims(
  { family }: Sample,
  truth: Truth,
  measures: Measures,
  { reading }: Outcome & { kind: "read" },
  tesseract: PeerMeasures | undefined,
): Claim[] {
  const bars = BARS[family];
  const claims: Readonly<Partial<Record<Claim, boolean>>> = {
    recall: measures.recall >= Math.max(bars.recall, family === "scan" ? (tesseract?.recall ?? 0) : 0),
    order: measures.order >= Math.max(bars.order, family === "scan" ? (tesseract?.order ?? 0) : 0),
    numbers: measures.numbers === 1,
    lost: measures.lost.length === 0,
    invented: measures.invented.length <= Math.max(bars.invented * reading.words.length, family === "scan" ? 2 : 0),
    absent: compareBags((truth.absent ?? []).flatMap(wordsOf), reading.words).both.length === 0,
    remarks: (truth.remarks ?? []).every((code) => reading.remarks.includes(code)),
    ...Object.fromEntries(
      STRUCTURES.map((name) => [name, truth.open?.includes(name) || (measures.structure[name] ?? 1) >= bars.structure]),
    ),
  };
  return (Object.keys(claims) as Claim[]).filter((claim) => !claims[claim]);
}

/** The programs that readings are held against and that are not here. */
export async function missingPeers(): Promise<string[]> {
  const programs = ["pdftotext", "pdftoppm", "tesseract"];
  const there = await Promise.all(programs.map(isInstalled));
  return programs.filter((_, index) => !there[index]);
}
