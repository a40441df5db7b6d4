import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { FileClient } from "../cli/client.ts";
import { ledgerText, progressPrinter, timelineText } from "../cli/render.ts";
import { serve } from "../cli/serve.ts";
import { JobState } from "../gen/dragoman/v1/job_pb.ts";
import { stateName } from "../platform/names.ts";
import { makeScan, scanPages } from "./make.ts";

process.env["DRAGOMAN_LOG_LEVEL"] ??= "silent";
const data = await mkdtemp(path.join(tmpdir(), "dragoman-demo-"));
try {
  await rm("out", { recursive: true, force: true });
  await mkdir("out");
  const scan = path.join("out", "scan.pdf");
  await writeFile(scan, await makeScan(await scanPages()));
  console.log(`An English document, scanned: ${scan}`);

  await using service = await serve({ DRAGOMAN_DATA: data, DRAGOMAN_HTTP_PORT: "0", DRAGOMAN_GRPC_PORT: "0" });
  console.log(`The embedded service: http://127.0.0.1:${service.httpPort}\n`);
  const client = new FileClient(`http://127.0.0.1:${service.httpPort}`, (await readFile(service.keyFile, "utf8")).trim());
  const started = performance.now();
  const { id } = await client.createFrom(scan, { to: "es" });
  const job = await client.resume(id, { onJob: progressPrinter(process.stdout) });
  console.log(
    `\n\n${stateName(job.state)} in ${((performance.now() - started) / 1000).toFixed(1)} s\n\n${timelineText(job)}\n\n${ledgerText(job)}\n`,
  );
  for (const file of await client.download(job, "out")) console.log(file);
  if (job.state !== JobState.SUCCEEDED && job.state !== JobState.PARTIALLY_SUCCEEDED) {
    console.error(`${job.error?.code}: ${job.error?.message}\n${job.error?.hint}`);
    process.exitCode = 1;
  }
} finally {
  await rm(data, { recursive: true, force: true });
}
