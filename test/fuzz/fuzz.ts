import { mkdir, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { handMade, mutated, spread } from "./corpus.ts";
import { type Ended, fuzz, hungOf, summaryOf, untypedOf } from "./harness.ts";

/** Mutated documents of a whole run. */
const MUTATIONS = 550;
/** Where documents are put that ended badly. */
const FOLDER = "out/fuzz";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "1" },
    /** So many of all, evenly spread. */
    only: { type: "string" },
    /** Those whose name matches this regular expression. */
    match: { type: "string", default: "" },
    slots: { type: "string", default: "2" },
    verbose: { type: "boolean", default: false },
  },
});
const seed = Number(values.seed);
const all = [...handMade, ...(await mutated(seed, MUTATIONS))].filter(({ name }) => new RegExp(values.match).test(name));
const inputs = spread(all, values.only === undefined ? all.length : Number(values.only));
console.log(`seed ${seed}`);

async function tell({ input, end, typed, message, ms }: Ended): Promise<void> {
  if (typed && !values.verbose) return;
  console.log(`${typed ? "" : "!! "}${input.name}: ${end} in ${(ms / 1000).toFixed(1)} s ${message}`);
  if (!typed) await writeFile(`${FOLDER}/${input.name.replace(/[^\w.-]+/g, "_").slice(0, 100)}`, await input.content());
}

await mkdir(FOLDER, { recursive: true });
const telling: Promise<void>[] = [];
const report = await fuzz(inputs, { slots: Number(values.slots), onEnd: (ended) => telling.push(tell(ended)) });
await Promise.all(telling);
for (const leak of report.leaks) console.log(`!! left: ${leak}`);
console.log(summaryOf(report));
if (hungOf(report).length + untypedOf(report).length + report.leaks.length > 0) process.exitCode = 1;
