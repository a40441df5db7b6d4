import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { knownFaults, recordFaults } from "./faults.ts";
import { type Judgement, judge, missingPeers } from "./judge.ts";
import type { PeerMeasures } from "./peers.ts";
import { SAMPLES } from "./samples.ts";
import { STRUCTURES } from "./truth.ts";

/*
 * Reads every document of the corpus and prints how well, kind by kind, beside other programs on the same files.
 * `node test/reading/run.ts [--each] [--peers all] [--quick] [--family scan] [--write FOLDER] [--record] [WORD…]`: only samples whose id or kind
 * holds one of the words. `--record` writes the list of known faults anew.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    each: { type: "boolean" },
    quick: { type: "boolean" },
    family: { type: "string", multiple: true },
    peers: { type: "string" },
    write: { type: "string" },
    record: { type: "boolean" },
  },
});

const chosen = SAMPLES.filter(
  ({ id, kind, quick, family }) =>
    (!values.quick || quick) &&
    (values.family?.includes(family) ?? true) &&
    (positionals.length === 0 || positionals.some((word) => id.includes(word) || kind.includes(word))),
);
const missing = await missingPeers();
if (missing.length > 0) console.log(`Not installed, so not compared with: ${missing.join(", ")}.`);

const known = await knownFaults();
const byKind = new Map<string, Judgement[]>();
for (const sample of chosen) {
  const judgement = await judge(sample, { everyPeer: values.peers === "all" });
  byKind.set(sample.kind, [...(byKind.get(sample.kind) ?? []), judgement]);
  if (values.each && judgement.failed.length > 0) console.log(explain(judgement));
  if (values.write) await keep(values.write, judgement);
  if (values.record) await recordFaults([judgement]);
}
console.log(table([...byKind].map(([kind, judgements]) => rowOf(kind, judgements))));
const all = [...byKind.values()].flat();
const failed = all.filter((judgement) => judgement.failed.length > 0);
console.log(`\n${all.length} documents, ${all.length - failed.length} as they should be, ${failed.length} not.`);
for (const { sample, failed: claims } of all) {
  const before = known.get(sample.id) ?? [];
  const [fresh, mended] = [
    claims.filter((claim) => !before.includes(claim)),
    before.filter((claim) => !claims.some((one) => one === claim)),
  ];
  if (claims.length + mended.length === 0) continue;
  const news = [fresh.length > 0 ? `new: ${fresh.join(", ")}` : "", mended.length > 0 ? `mended: ${mended.join(", ")}` : ""]
    .filter(Boolean)
    .join("; ");
  console.log(`  ${sample.id}: ${claims.join(", ") || "right"}${news && ` (${news})`}`);
}

/** What is wrong with one reading, in a few lines. */
function explain({ sample, outcome, measures, failed }: Judgement): string {
  const lines = [`${sample.id} (${sample.kind}): ${failed.join(", ")}`];
  if (outcome.kind === "refused") lines.push(`  refused: ${outcome.code} ${outcome.message}`);
  if (measures) {
    const { recall, order, numbers, structure, lost, invented } = measures;
    lines.push(`  recall ${percent(recall)}, order ${percent(order)}, numbers ${percent(numbers)}, ${shownStructure(structure)}`);
    if (lost.length > 0) lines.push(`  lost: ${lost.slice(0, 20).join(" ")}`);
    if (invented.length > 0) lines.push(`  invented: ${invented.slice(0, 20).join(" ")}`);
  }
  return lines.join("\n");
}

function shownStructure(structure: NonNullable<Judgement["measures"]>["structure"]): string {
  return STRUCTURES.flatMap((name) => (structure[name] === undefined ? [] : [`${name} ${percent(structure[name])}`])).join(", ");
}

/** The document itself, what should have been read, and what was. */
async function keep(folder: string, { sample, truth, outcome }: Judgement): Promise<void> {
  const { bytes } = await sample.make();
  const of = path.join(folder, sample.id);
  await mkdir(of, { recursive: true });
  await writeFile(path.join(of, sample.fileName), bytes);
  await writeFile(path.join(of, "truth.json"), JSON.stringify(truth, undefined, 1));
  await writeFile(path.join(of, "read.json"), JSON.stringify(outcome.kind === "read" ? outcome.pages : outcome, undefined, 1));
}

function rowOf(kind: string, judgements: readonly Judgement[]): string[] {
  const measured = judgements.flatMap(({ measures }) => (measures ? [measures] : []));
  const mean = (numbers: readonly number[]) =>
    numbers.length === 0 ? "" : percent(numbers.reduce((sum, number) => sum + number, 0) / numbers.length);
  const peer = (name: "pdftotext" | "tesseract") => {
    const those = judgements.flatMap(({ peers }) => peers[name] ?? []);
    return (["recall", "order", "numbers"] as const satisfies readonly (keyof PeerMeasures)[]).map((key) =>
      mean(those.map((one) => one[key])),
    );
  };
  return [
    kind,
    `${judgements.filter(({ failed }) => failed.length === 0).length}/${judgements.length}`,
    ...(["recall", "order", "numbers"] as const).map((key) => mean(measured.map((one) => one[key]))),
    mean(
      judgements.flatMap(({ measures, truth }) =>
        STRUCTURES.flatMap((name) => (truth.open?.includes(name) ? [] : (measures?.structure[name] ?? []))),
      ),
    ),
    String(measured.reduce((sum, { lost }) => sum + lost.length, 0)),
    ...peer("pdftotext"),
    ...peer("tesseract"),
  ];
}

function percent(share: number): string {
  return (Math.floor(share * 1000) / 10).toFixed(1);
}

function table(rows: readonly (readonly string[])[]): string {
  const heads = [
    ["", "", "Dragoman", "", "", "", "", "pdftotext", "", "", "tesseract", "", ""],
    ["kind", "right", "recall", "order", "numbers", "structure", "lost", "recall", "order", "numbers", "recall", "order", "numbers"],
  ];
  const all = [...heads, ...rows];
  const widths = heads[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  return all
    .map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join("  "))
    .join("\n");
}
