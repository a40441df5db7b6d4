import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { apertium } from "../../worker/translators/apertium/apertium.ts";
import { recordFaults } from "./faults.ts";
import { claimsOf, type Judged, judge } from "./judge.ts";
import { pictureOf } from "./pictures.ts";
import { IN_PLACE } from "./samples.ts";

/*
 * Translates PDFs in place and prints what holds of the results: `npm run in-place [-- FILE…]`. Without a file it is the corpus, or
 * with --only WORD those of it whose id has the word. --write FOLDER keeps sources and results, --pictures FOLDER pictures of both; --real asks Apertium in place of the
 * language that nobody speaks; --from and --to name the languages of files; --record writes the list of known faults anew.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string" },
    write: { type: "string" },
    pictures: { type: "string" },
    from: { type: "string", default: "en" },
    to: { type: "string", default: "es" },
    real: { type: "boolean" },
    record: { type: "boolean" },
  },
});
await using engine = values.real ? apertium() : undefined;

interface Named extends Judged {
  readonly id: string;
}

async function* documents(): AsyncGenerator<Named> {
  const translator = engine && { translator: engine };
  for (const file of positionals)
    yield {
      id: path.basename(file),
      bytes: await readFile(file),
      fileName: path.basename(file),
      from: values.from,
      to: values.to,
      ...translator,
    };
  if (positionals.length > 0) return;
  for (const { make, ...sample } of IN_PLACE)
    if (sample.id.includes(values.only ?? "")) yield { ...sample, bytes: await make(), ...translator };
}

const row = (id: string, ...cells: readonly (string | number)[]) =>
  console.log(`${id.padEnd(34)}${cells.map((cell) => String(cell).padStart(10)).join("")}`);
const total = { documents: 0, right: 0, edited: 0, covered: 0, reflowed: 0, refused: 0 };
row("document", "edited", "covered", "reflowed", "CPU s", "size");
for await (const document of documents()) {
  total.documents++;
  try {
    const { faults, set, pages, growth } = await judge(document);
    row(document.id, pages.edited, pages.covered, pages.reflowed, set.cpuSeconds.toFixed(2), `×${growth.toFixed(2)}`);
    for (const [claim, wrong] of faults) console.log(`    ${claim}: ${wrong}`);
    for (const kind of ["edited", "covered", "reflowed"] as const) total[kind] += pages[kind];
    if (faults.size === 0) total.right++;
    if (values.record && positionals.length === 0) await recordFaults(new Map([[document.id, claimsOf(faults)]]));
    if (values.pictures)
      await writeFile(path.join(values.pictures, `in-place-${document.id}.webp`), await pictureOf(document.bytes, set.bytes));
    if (values.write) {
      await mkdir(values.write, { recursive: true });
      await writeFile(path.join(values.write, `${document.id}.source.pdf`), document.bytes);
      await writeFile(path.join(values.write, `${document.id}.result.pdf`), set.bytes);
    }
  } catch (error) {
    total.refused++;
    console.log(`${document.id.padEnd(34)}${(error as { code?: string }).code ?? "failed"}: ${(error as Error).message}`);
  }
}
const { edited, covered, reflowed } = total;
console.log(
  `\n${total.documents} documents, ${total.right} without a fault, ${total.refused} refused; pages ${edited} edited, ${covered} covered, ${reflowed} reflowed`,
);
