import { openAsBlob } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { Dragoman } from "../client/dragoman.ts";

const [file = "letter.pdf", to = "es", from = ""] = process.argv.slice(2);
const apiKey = process.env["DRAGOMAN_API_KEY"] ?? (await readFile("data/api-key", "utf8")).trim();
const dragoman = new Dragoman({ server: process.env["DRAGOMAN_SERVER"] ?? "http://127.0.0.1:8080", apiKey });

const job = await dragoman.translate(await openAsBlob(file), {
  to,
  from,
  fileName: path.basename(file),
  onJob: ({ percent }) => console.log(`${percent} %`),
});
await mkdir("out", { recursive: true });
for (const artefact of job.artefacts) {
  const saved = path.join("out", path.basename(artefact.fileName));
  await writeFile(saved, dragoman.result(job.id, artefact));
  console.log(saved);
}
if (job.error) throw new Error(`${job.error.code}: ${job.error.message}`);
