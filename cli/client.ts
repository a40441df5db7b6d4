import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, openAsBlob } from "node:fs";
import { mkdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Client as ConnectClient, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-node";
import { ErrorSchema } from "../gen/dragoman/v1/error_pb.ts";
import type { Artefact, Job } from "../gen/dragoman/v1/job_pb.ts";
import { JobService } from "../gen/dragoman/v1/job_service_pb.ts";
import { UploadService } from "../gen/dragoman/v1/upload_service_pb.ts";
import { DragomanError } from "../platform/errors.ts";

const UPLOAD_DEADLINE_MS = 3600_000;

export interface TranslateOptions {
  readonly from?: string;
  readonly to: string;
}

/** A client of a Dragoman server, by the same contract as everyone's. Throws DragomanError. */
export class Client {
  readonly jobs: ConnectClient<typeof JobService>;
  readonly #uploads: ConnectClient<typeof UploadService>;
  readonly #server: string;

  constructor(server: string, apiKey: string) {
    this.#server = server;
    const transport = createConnectTransport({
      baseUrl: server,
      httpVersion: "1.1",
      interceptors: [
        (next) => async (request) => {
          request.header.set("authorization", `Bearer ${apiKey}`);
          return next(request);
        },
      ],
    });
    this.jobs = createClient(JobService, transport);
    this.#uploads = createClient(UploadService, transport);
  }

  /** Sends the file and creates its job. */
  async create(file: string, { from = "", to }: TranslateOptions): Promise<Job> {
    const { size } = await stat(file);
    const upload = await this.#uploads.createUpload({
      fileName: path.basename(file),
      sizeBytes: BigInt(size),
      contentMd5: await md5(file),
    });
    const response = await fetch(new URL(upload.url, this.#server), {
      method: "PUT",
      headers: upload.headers,
      body: await openAsBlob(file),
      signal: AbortSignal.timeout(UPLOAD_DEADLINE_MS),
    });
    if (!response.ok) throw DragomanError.of("STORAGE_FAILED", `The upload was answered with ${response.status}.`);
    return this.jobs.createJob({ uploadId: upload.id, options: { sourceLanguage: from, targetLanguage: to } });
  }

  /** Every file of the job's result, saved to `folder`. */
  async download(job: Job, folder: string): Promise<string[]> {
    await mkdir(folder, { recursive: true });
    const saved: string[] = [];
    for (const artefact of job.artefacts) saved.push(await this.#save(job.id, artefact, folder));
    return saved;
  }

  async #save(id: string, { format, page, fileName }: Artefact, folder: string): Promise<string> {
    const file = path.join(folder, path.basename(fileName));
    const chunks = this.jobs.getResult({ id, format, page });
    const bytes = async function* () {
      for await (const { data } of chunks) yield data;
    };
    await pipeline(Readable.from(bytes(), { objectMode: false }), createWriteStream(file));
    return file;
  }
}

async function md5(file: string): Promise<string> {
  const hash = createHash("md5");
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest("base64");
}

/** The key from DRAGOMAN_API_KEY, or the one `dragoman serve` made in this folder. */
export async function findApiKey(env: NodeJS.ProcessEnv): Promise<string> {
  if (env["DRAGOMAN_API_KEY"]) return env["DRAGOMAN_API_KEY"];
  const file = path.join(env["DRAGOMAN_DATA"] ?? "data", "api-key");
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (cause) {
    throw DragomanError.of("UNAUTHENTICATED", "There is no API key: neither DRAGOMAN_API_KEY nor the local server's.", { cause });
  }
}

/** The server's own error out of Connect's. */
export function fromConnectError(thrown: unknown): unknown {
  if (!(thrown instanceof ConnectError)) return thrown;
  const [detail] = thrown.findDetails(ErrorSchema);
  if (detail) return DragomanError.fromDetail(detail);
  return DragomanError.of("UNAVAILABLE", "The server cannot be reached.", {
    cause: thrown,
    hint: "Start one with `npm run dragoman -- serve`, or name it with --server.",
  });
}
