import type { MessageInitShape } from "@bufbuild/protobuf";
import { type Client, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { md5 } from "@noble/hashes/legacy.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { AdminService } from "../gen/dragoman/v1/admin_service_pb.ts";
import { GlossaryService } from "../gen/dragoman/v1/glossary_service_pb.ts";
import { type Artefact, type Job, type JobOptionsSchema, JobState, ResultFormat } from "../gen/dragoman/v1/job_pb.ts";
import {
  type CreateJobRequestSchema,
  type DeletionReceipt,
  type FileFormat,
  type GetUsageRequestSchema,
  type JobChange,
  type JobExplanation,
  type JobOutcome,
  JobService,
  type LanguagePair,
  type ListJobsRequestSchema,
  type ListJobsResponse,
  type TranslationEngine,
  type UpdateJobRequestSchema,
  type Usage,
} from "../gen/dragoman/v1/job_service_pb.ts";
import { KeyService } from "../gen/dragoman/v1/key_service_pb.ts";
import { MemoryService } from "../gen/dragoman/v1/memory_service_pb.ts";
import { SettingsService } from "../gen/dragoman/v1/settings_service_pb.ts";
import { type Upload, UploadService } from "../gen/dragoman/v1/upload_service_pb.ts";
import { WebhookService } from "../gen/dragoman/v1/webhook_service_pb.ts";
import { AdminClient } from "./admin.ts";
import { ClientError, errorOf, toClientError, unreadable } from "./error.ts";
import { MemoryClient } from "./memory.ts";
import { onlyWellFormed } from "./well_formed.ts";

const CALL_MS = 30_000;
const UPLOAD_MS = 3600_000;
/** Files of large documents take long to be written again. */
const CORRECT_MS = 3600_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
const CREATE_TRIES = 4;
const CREATE_AGAIN: ReadonlySet<string> = new Set(["OVERLOADED", "DEADLINE_EXCEEDED"]);

/** Sends a file's bytes to where an upload wants them. Throws ClientError, or what `signal` aborts with. */
export type SendFile = (
  file: Blob,
  upload: Upload,
  to: Destination,
  onSent: (bytes: number) => void,
  signal?: AbortSignal,
) => Promise<void>;

export interface Destination {
  readonly server: string;
  readonly uploads: Client<typeof UploadService>;
}

/** A file's digest, read piece by piece. */
export type Digest = (file: Blob, algorithm: "MD5" | "SHA-256") => Promise<Uint8Array>;

export interface DragomanOptions {
  /** The gateway's origin, as in https://dragoman.example. */
  readonly server: string;
  readonly apiKey: string;
  /** How files are sent: by one PUT if not given. */
  readonly send?: SendFile;
  /** Computed in JavaScript if not given. */
  readonly digest?: Digest;
}

export interface TranslateOptions {
  /** ISO 639-1. */
  readonly to: string;
  /** ISO 639-1; detected if not given. */
  readonly from?: string;
  /** The name that people see; a File brings its own. */
  readonly fileName?: string;
  readonly options?: MessageInitShape<typeof JobOptionsSchema>;
  /** The caller's own key for the call: with the same one a second call for the same bytes gives the same job. */
  readonly requestId?: string;
  /** One that was begun before, to go on with. */
  readonly upload?: Upload;
  readonly onUpload?: (upload: Upload) => void;
  readonly onSent?: (bytes: number, of: number) => void;
  /** Every change of the job, in order. */
  readonly onJob?: (job: Job) => void;
  /** Aborting cancels the job on the server. */
  readonly signal?: AbortSignal;
}

export interface CorrectOptions {
  /** Refused unless the job has this version. */
  readonly expectedVersion?: bigint;
  /** The document's, where it has one: it is never kept. */
  readonly password?: string;
  readonly signal?: AbortSignal;
}

export interface WatchOptions {
  readonly signal?: AbortSignal;
  /** The version the caller has; only later ones are given. */
  readonly afterVersion?: bigint;
  /** Told when the server goes away, and when it is back. */
  readonly onConnection?: (connected: boolean) => void;
}

type Lasting = { readonly [K in "signal" | "onConnection"]: WatchOptions[K] | undefined };

export interface RetryOptions {
  readonly requestId?: string;
  readonly password?: string;
  readonly options?: MessageInitShape<typeof JobOptionsSchema>;
}

export interface RetryAllOptions extends Omit<RetryOptions, "password"> {
  readonly signal?: AbortSignal;
}

export interface WatchAllOptions extends Pick<WatchOptions, "signal" | "onConnection"> {
  /** After which change to begin; from now on if not given. */
  readonly cursor?: string;
  /** Without a cursor: begins with every job that there is. */
  readonly fromStart?: boolean;
  /** Only jobs with all of these, as in "order=1042". */
  readonly labels?: string[];
  /** Only changes to one of these states. */
  readonly states?: JobState[];
}

/**
 * A client of a Dragoman server, for Node and the browser: `await dragoman.translate(file, { to: "es" })`.
 * Every method throws ClientError.
 */
export class Dragoman {
  /** The generated clients, for what has no method here; they throw Connect's errors. */
  readonly jobs: Client<typeof JobService>;
  readonly uploads: Client<typeof UploadService>;
  /** What was translated before. */
  readonly memory: MemoryClient;
  readonly glossaries: Client<typeof GlossaryService>;
  /** How jobs are translated that do not say it themselves. */
  readonly settings: Client<typeof SettingsService>;
  /** Keys of the tenant, and tokens for one job. */
  readonly keys: Client<typeof KeyService>;
  /** The tenant's endpoints of webhooks, and what was sent to them. */
  readonly webhooks: Client<typeof WebhookService>;
  /** What operators do. */
  readonly admin: AdminClient;
  readonly #server: string;
  readonly #send: SendFile;
  readonly #digest: Digest;

  constructor({ server, apiKey, send = putFile, digest = digestOf }: DragomanOptions) {
    this.#server = server;
    this.#send = send;
    this.#digest = digest;
    const transport = createConnectTransport({
      baseUrl: server,
      interceptors: [
        onlyWellFormed,
        (next) => (request) => {
          request.header.set("authorization", `Bearer ${apiKey}`);
          return next(request);
        },
      ],
    });
    this.jobs = createClient(JobService, transport);
    this.uploads = createClient(UploadService, transport);
    this.memory = new MemoryClient({ server, apiKey, client: createClient(MemoryService, transport) });
    this.glossaries = createClient(GlossaryService, transport);
    this.admin = new AdminClient(createClient(AdminService, transport));
    this.keys = createClient(KeyService, transport);
    this.settings = createClient(SettingsService, transport);
    this.webhooks = createClient(WebhookService, transport);
  }

  /** Sends a document, follows its job to the end, and gives it: with a result, or not, as its state says. */
  async translate(file: Blob, options: TranslateOptions): Promise<Job> {
    const { id } = await this.create(file, options);
    return this.resume(id, options);
  }

  /** Sends a document and creates its job. */
  async create(file: Blob, options: TranslateOptions): Promise<Job> {
    const { to, from = "", requestId = "", signal, onSent } = options;
    // Sent again, the document is another upload, and all the same the same request.
    const contentSha256 = requestId && hex(await this.#hash(file, "SHA-256"));
    const upload = options.upload ?? (await this.#reserve(file, options));
    options.onUpload?.(upload);
    const destination = { server: this.#server, uploads: this.uploads };
    await this.#send(file, upload, destination, (bytes) => onSent?.(bytes, file.size), signal);
    const request: MessageInitShape<typeof CreateJobRequestSchema> = {
      uploadId: upload.id,
      options: { ...options.options, sourceLanguage: from, targetLanguage: to },
      requestId,
      contentSha256,
    };
    return this.#createJob(request, signal);
  }

  /** Calls again what was too much at once or took too long. The latter may have made the job: the id that the error names makes no second one. */
  async #createJob(request: MessageInitShape<typeof CreateJobRequestSchema>, signal?: AbortSignal): Promise<Job> {
    let requestId = request.requestId ?? "";
    for (let tries = 1; ; tries++) {
      try {
        return await this.#call((unary) => this.jobs.createJob({ ...request, requestId }, unary), signal);
      } catch (error) {
        if (!(error instanceof ClientError && CREATE_AGAIN.has(error.code)) || tries === CREATE_TRIES) throw error;
        requestId ||= error.detail.requestId;
        // Only what was refused has certainly made none.
        if (!requestId && error.code !== "OVERLOADED") throw error;
        await pause(error.retryAfterMs ?? FIRST_PAUSE_MS, signal);
      }
    }
  }

  /** Follows a job to its end, one of an earlier session too. */
  async resume(id: string, { onJob, signal, onConnection }: Pick<TranslateOptions, "onJob" | "signal"> & WatchOptions = {}): Promise<Job> {
    let last: Job | undefined;
    try {
      for await (const job of this.watch(id, { ...(signal && { signal }), ...(onConnection && { onConnection }) })) {
        last = job;
        onJob?.(job);
      }
    } catch (error) {
      if (signal?.aborted) await this.cancel(id, "aborted by the client").catch(() => undefined);
      throw error;
    }
    return last ?? this.job(id, signal);
  }

  /**
   * The job as it is, then after every change, until it is final. Where the server goes away it waits, longer
   * each time, and goes on from the last version it saw, for ever: stop it by `signal`.
   */
  async *watch(id: string, { signal, afterVersion = 0n, onConnection }: WatchOptions = {}): AsyncGenerator<Job> {
    let seen = afterVersion;
    let last: Job | undefined;
    // Each stream begins with the job as it is, known or not: nothing else tells at once that the server is back.
    const stream = () => this.jobs.watchJob({ id }, signal ? { signal } : {});
    const isOver = async () => isFinal(last ?? (await this.job(id, signal)));
    for await (const job of this.#lasting(stream, isOver, { signal, onConnection })) {
      last = job;
      if (job.version <= seen) continue;
      seen = job.version;
      yield job;
    }
  }

  /**
   * Every change of all the jobs that the caller may see, for ever: what was changed while the server was away comes when it is back.
   * Where one stops, the last `cursor` begins again without a gap.
   */
  async *watchAll({ signal, onConnection, ...request }: WatchAllOptions = {}): AsyncGenerator<JobChange> {
    let cursor = request.cursor ?? "";
    const stream = () => this.jobs.watchJobs({ ...request, cursor }, signal ? { signal } : {});
    for await (const change of this.#lasting(stream, async () => false, { signal, onConnection })) {
      cursor = change.cursor;
      yield change;
    }
  }

  /** What a stream gives, and the next one where the server goes away or ends it, until `isOver`: each time it waits longer. */
  async *#lasting<T>(stream: () => AsyncIterable<T>, isOver: () => Promise<boolean>, { signal, onConnection }: Lasting): AsyncGenerator<T> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
      try {
        for await (const message of stream()) {
          pauseMs = FIRST_PAUSE_MS;
          onConnection?.(true);
          yield message;
        }
        // A stream may also end because its server does.
        if (await isOver()) return;
        await pause(pauseMs, signal);
      } catch (thrown) {
        const error = toClientError(thrown, signal, this.#server);
        if (!(error instanceof ClientError && error.retryable)) throw error;
        onConnection?.(false);
        await pause(error.retryAfterMs ?? pauseMs, signal);
      }
    }
  }

  job(id: string, signal?: AbortSignal): Promise<Job> {
    return this.#call((unary) => this.jobs.getJob({ id }, unary), signal);
  }

  /** What the job waits for, and where its time went. */
  explain(id: string, signal?: AbortSignal): Promise<JobExplanation> {
    return this.#call((unary) => this.jobs.explainJob({ id }, unary), signal);
  }

  list(request: MessageInitShape<typeof ListJobsRequestSchema> = {}, signal?: AbortSignal): Promise<ListJobsResponse> {
    return this.#call((unary) => this.jobs.listJobs(request, unary), signal);
  }

  cancel(id: string, reason = ""): Promise<Job> {
    return this.#call((unary) => this.jobs.cancelJob({ id, reason }, unary));
  }

  /** Forgets a job that ended, and removes its files. */
  async delete(id: string, { forgetMemory = false }: { readonly forgetMemory?: boolean } = {}): Promise<DeletionReceipt> {
    const { receipt } = await this.#call((unary) => this.jobs.deleteJob({ id, forgetMemory }, unary));
    return receipt ?? this.receipt(id);
  }

  /** What went with a job that was deleted, by the id that it had. */
  receipt(id: string): Promise<DeletionReceipt> {
    return this.#call((unary) => this.jobs.getReceipt({ id }, unary));
  }

  /** Begins anew with a job that ended, as a new job; `password`: the document's, which is never kept; `options`: what is to be otherwise. */
  retry(id: string, { requestId = "", password = "", options }: RetryOptions = {}): Promise<Job> {
    return this.#call((unary) => this.jobs.retryJob({ id, requestId, password, ...(options && { options }) }, unary));
  }

  /** Changes a job while it waits. */
  update(id: string, changes: Omit<MessageInitShape<typeof UpdateJobRequestSchema>, "id" | "$typeName">): Promise<Job> {
    return this.#call((unary) => this.jobs.updateJob({ ...changes, id } as MessageInitShape<typeof UpdateJobRequestSchema>, unary));
  }

  /** Cancels all jobs with these labels that are not final, a hundred with each call; gives what became of each as it is known. */
  async *cancelAll(labels: string[], { reason = "", signal }: { reason?: string; signal?: AbortSignal } = {}): AsyncGenerator<JobOutcome> {
    for (let pageToken = "", more = true; more; more = pageToken !== "") {
      const page = await this.#call((unary) => this.jobs.cancelJobs({ labels, reason, pageToken }, unary), signal);
      yield* page.outcomes;
      pageToken = page.nextPageToken;
    }
  }

  /** Retries all jobs with these labels that failed, were cancelled or expired, as `cancelAll` does; each once, however often it is called. */
  async *retryAll(labels: string[], { requestId = "", options, signal }: RetryAllOptions = {}): AsyncGenerator<JobOutcome> {
    for (let pageToken = "", more = true; more; more = pageToken !== "") {
      const request = { labels, requestId, pageToken, ...(options && { options }) };
      const page = await this.#call((unary) => this.jobs.retryJobs(request, unary), signal);
      yield* page.outcomes;
      pageToken = page.nextPageToken;
    }
  }

  /**
   * Has segments of a result say something else: each text, by its segment's id, with the numbers of its tags ("Press
   * <1>Start</1> and <2/>"). Resolves when the result's files were written again; called again, it gives the same job.
   */
  correct(id: string, texts: Readonly<Record<string, string>>, options: CorrectOptions = {}): Promise<Job> {
    const corrections = Object.entries(texts).map(([segmentId, text]) => ({ segmentId, text }));
    const { signal, ...about } = options;
    return this.#call((unary) => this.jobs.correctJob({ id, corrections, ...about }, { ...unary, timeoutMs: CORRECT_MS }), signal);
  }

  /** The same by the job's XLIFF, as a program for translators left it. */
  async correctByXliff(id: string, file: Blob, options: CorrectOptions = {}): Promise<Job> {
    const { signal, ...about } = options;
    const upload = await this.#reserve(file, { to: "", fileName: "translation.xlf", ...(signal && { signal }) });
    await this.#send(file, upload, { server: this.#server, uploads: this.uploads }, () => undefined, signal);
    const request = { id, uploadId: upload.id, ...about };
    return this.#call((unary) => this.jobs.importXliff(request, { ...unary, timeoutMs: CORRECT_MS }), signal);
  }

  /** The pairs that can be served now. */
  async languages(signal?: AbortSignal): Promise<LanguagePair[]> {
    return (await this.#call((unary) => this.jobs.listLanguagePairs({}, unary), signal)).pairs;
  }

  /** What translates, and between which languages. */
  async engines(signal?: AbortSignal): Promise<TranslationEngine[]> {
    return (await this.#call((unary) => this.jobs.listLanguagePairs({}, unary), signal)).engines;
  }

  /** The file types that documents come in, and what comes back. */
  async formats(signal?: AbortSignal): Promise<FileFormat[]> {
    return (await this.#call((unary) => this.jobs.listFormats({}, unary), signal)).formats;
  }

  /** What the tenant's jobs came to: in this month, or as `request` wants it told apart. */
  usage(request: MessageInitShape<typeof GetUsageRequestSchema> = {}, signal?: AbortSignal): Promise<Usage> {
    return this.#call((unary) => this.jobs.getUsage(request, unary), signal);
  }

  /** One file of a job's result, as its bytes come. */
  async *result(id: string, { format = ResultFormat.MARKDOWN, page = 0 }: Partial<Artefact> = {}, signal?: AbortSignal) {
    try {
      for await (const { data } of this.jobs.getResult({ id, format, page }, signal ? { signal } : {})) yield data;
    } catch (error) {
      throw toClientError(error, signal, this.#server);
    }
  }

  async #reserve(file: Blob, { fileName = file instanceof File ? file.name : "", signal }: TranslateOptions): Promise<Upload> {
    const contentMd5 = base64(await this.#hash(file, "MD5"));
    signal?.throwIfAborted();
    return this.#call((unary) => this.uploads.createUpload({ fileName, sizeBytes: BigInt(file.size), contentMd5 }, unary), signal);
  }

  async #hash(file: Blob, algorithm: "MD5" | "SHA-256"): Promise<Uint8Array> {
    try {
      return await this.#digest(file, algorithm);
    } catch (error) {
      throw unreadable(error);
    }
  }

  async #call<T>(make: (options: RequestOptions) => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await make({ timeoutMs: CALL_MS, ...(signal && { signal }) });
    } catch (error) {
      throw toClientError(error, signal, this.#server);
    }
  }
}

const FINAL: ReadonlySet<JobState> = new Set([
  JobState.SUCCEEDED,
  JobState.PARTIALLY_SUCCEEDED,
  JobState.FAILED,
  JobState.CANCELLED,
  JobState.EXPIRED,
]);

/** Whether the job has ended: nothing but a correction of its result changes it any more. A newer server's state that is not known here is not taken for the end. */
export function isFinal({ state }: Job): boolean {
  return FINAL.has(state);
}

interface RequestOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/** Sends a file by one PUT. */
export async function putFile(...[file, { url, headers }, { server }, onSent, signal]: Parameters<SendFile>): Promise<void> {
  const limit = AbortSignal.timeout(UPLOAD_MS);
  try {
    const signals = signal ? AbortSignal.any([signal, limit]) : limit;
    const response = await fetch(new URL(url, server), { method: "PUT", headers, body: file, signal: signals });
    if (!response.ok) throw await errorOf(response);
  } catch (error) {
    throw toClientError(error, signal, new URL(url, server).origin);
  }
  onSent(file.size);
}

/** In JavaScript: a browser's own takes no file piece by piece. */
export const digestOf: Digest = async (file, algorithm) => {
  const hash = (algorithm === "MD5" ? md5 : sha256).create();
  const reader = file.stream().getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) hash.update(read.value);
  return hash.digest();
};

export function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const end = () => resolve();
  signal?.addEventListener("abort", end, { once: true });
  await promise;
  clearTimeout(timer);
  signal?.removeEventListener("abort", end);
  signal?.throwIfAborted();
}
