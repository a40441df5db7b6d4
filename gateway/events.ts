import type { IncomingMessage, ServerResponse } from "node:http";
import { toJson } from "@bufbuild/protobuf";
import { type Job, JobSchema } from "../gen/dragoman/v1/job_pb.ts";
import { write } from "./files.ts";

const ALIVE_MS = 15_000;

/** A job's versions as server-sent events (HTML, 9.2), until its last. The headers go at once, however long nothing changes. */
export async function writeEvents(request: IncomingMessage, response: ServerResponse, jobs: AsyncIterable<Job>): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  if (request.method === "HEAD") return void response.end();
  response.write(": watching\n\n");
  // Keeps the connection open through proxies that end silent ones.
  const alive = setInterval(() => response.write(": alive\n\n"), ALIVE_MS);
  try {
    for await (const job of jobs) {
      const data = JSON.stringify(toJson(JobSchema, job, { alwaysEmitImplicit: true }));
      await write(response, `id: ${job.version}\nevent: job\ndata: ${data}\n\n`);
    }
  } finally {
    clearInterval(alive);
  }
  response.end();
}
