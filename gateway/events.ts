import type { IncomingMessage, ServerResponse } from "node:http";
import { toJson } from "@bufbuild/protobuf";
import { type Job, JobSchema } from "../gen/dragoman/v1/job_pb.ts";
import type { JobChange } from "../gen/dragoman/v1/job_service_pb.ts";
import { write } from "./files.ts";

const ALIVE_MS = 15_000;

/** One server-sent event. Without data it only tells the client which id it has seen (HTML, 9.2.6). */
interface ServerSentEvent {
  readonly id: string;
  readonly name?: string;
  readonly data?: string;
}

/** Server-sent events (HTML, 9.2), until the last. The headers go at once, however long nothing changes. */
export async function writeEvents(
  request: IncomingMessage,
  response: ServerResponse,
  events: AsyncIterable<ServerSentEvent>,
): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  if (request.method === "HEAD") return void response.end();
  response.write(": watching\n\n");
  // Keeps the connection open through proxies that end silent ones.
  const alive = setInterval(() => response.write(": alive\n\n"), ALIVE_MS);
  try {
    for await (const { id, name, data } of events)
      await write(response, `id: ${id}\n${data === undefined ? "" : `event: ${name}\ndata: ${data}\n`}\n`);
  } finally {
    clearInterval(alive);
  }
  response.end();
}

/** The same stream once its first message is there, so that an error before it is still an answer. Throws that. */
export async function begun<T>(stream: AsyncIterable<T>): Promise<AsyncIterable<T>> {
  const messages = stream[Symbol.asyncIterator]();
  const first = await messages.next();
  async function* all(): AsyncGenerator<T> {
    try {
      for (let next = first; !next.done; next = await messages.next()) yield next.value;
    } finally {
      await messages.return?.();
    }
  }
  return all();
}

/** A job's versions, until its last. */
export async function* jobEvents(jobs: AsyncIterable<Job>): AsyncGenerator<ServerSentEvent> {
  for await (const job of jobs) yield { id: String(job.version), name: "job", data: jobJson(job) };
}

/** The changes of a tenant's jobs; the id is the cursor. */
export async function* changeEvents(changes: AsyncIterable<JobChange>): AsyncGenerator<ServerSentEvent> {
  for await (const { cursor: id, job, deletedJobId } of changes) {
    if (job) yield { id, name: "job", data: jobJson(job) };
    else if (deletedJobId) yield { id, name: "deleted", data: JSON.stringify({ id: deletedJobId }) };
    else yield { id };
  }
}

function jobJson(job: Job): string {
  return JSON.stringify(toJson(JobSchema, job, { alwaysEmitImplicit: true }));
}
