import { create, type Message, type MessageInitShape } from "@bufbuild/protobuf";
import {
  ChangeGlossaryRequestSchema,
  CreateGlossaryRequestSchema,
  DeleteGlossaryRequestSchema,
  GetGlossaryRequestSchema,
  type Glossary,
  GlossaryService,
  ListGlossariesRequestSchema,
  type ListGlossariesResponse,
  ListTermsRequestSchema,
  type ListTermsResponse,
} from "../../gen/dragoman/v1/glossary_service_pb.ts";
import type { Job, ResultFormat, Term } from "../../gen/dragoman/v1/job_pb.ts";
import {
  CancelJobRequestSchema,
  CreateJobRequestSchema,
  DeleteJobRequestSchema,
  GetJobRequestSchema,
  GetResultRequestSchema,
  GetUsageRequestSchema,
  JobService,
  ListLanguagePairsRequestSchema,
  type ListLanguagePairsResponse,
  type ResultChunk,
  type Usage,
  WatchJobRequestSchema,
} from "../../gen/dragoman/v1/job_service_pb.ts";
import { DragomanError } from "../../platform/errors.ts";
import { isFinal } from "../../platform/final.ts";
import type { CallOptions } from "../../platform/grpc/client.ts";
import { type StoredUpload, storeUpload, type UploadParts } from "../uploads.ts";

const { method } = JobService;
const { method: glossaries } = GlossaryService;

/** Our own API, called with a caller's key. Every method throws DragomanError. */
export class OwnApi {
  readonly #parts: UploadParts;
  readonly #options: CallOptions;

  constructor(parts: UploadParts, options: CallOptions) {
    this.#parts = parts;
    this.#options = options;
  }

  get authorization(): string {
    return this.#options.authorization ?? "";
  }

  /** The same caller, whose calls end when `signal` aborts, and not when its request does. */
  until(signal: AbortSignal): OwnApi {
    const { onHeader: _, ...options } = this.#options;
    return new OwnApi(this.#parts, { ...options, signal });
  }

  async languages(): Promise<ListLanguagePairsResponse> {
    return (await this.#call(method.listLanguagePairs, create(ListLanguagePairsRequestSchema))) as ListLanguagePairsResponse;
  }

  async usage(): Promise<Usage> {
    return (await this.#call(method.getUsage, create(GetUsageRequestSchema))) as Usage;
  }

  storeUpload(bytes: AsyncIterable<Uint8Array>, fileName: string): Promise<StoredUpload> {
    return storeUpload(bytes, { fileName }, this.#parts, this.#options);
  }

  async createJob(request: MessageInitShape<typeof CreateJobRequestSchema>): Promise<Job> {
    return (await this.#call(method.createJob, create(CreateJobRequestSchema, request))) as Job;
  }

  /** `waitSeconds`: until it has changed from `afterVersion`. */
  async getJob(id: string, waitSeconds = 0, afterVersion = 0n): Promise<Job> {
    return (await this.#call(method.getJob, create(GetJobRequestSchema, { id, waitSeconds, afterVersion }))) as Job;
  }

  /** The job once it is final. */
  async ended(id: string): Promise<Job> {
    const jobs = this.#parts.proxy(method.watchJob, create(WatchJobRequestSchema, { id }), this.#options) as AsyncIterable<Job>;
    for await (const job of jobs) if (isFinal(job.state)) return job;
    throw DragomanError.of("UNAVAILABLE", "The job is not watched any more.");
  }

  result(asked: MessageInitShape<typeof GetResultRequestSchema>): AsyncIterable<ResultChunk> {
    return this.#parts.proxy(method.getResult, create(GetResultRequestSchema, asked), this.#options) as AsyncIterable<ResultChunk>;
  }

  /** A file of the result that is held in memory. Throws RESULT_TOO_LARGE. */
  async resultText(id: string, format: ResultFormat, maxBytes: number): Promise<string> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const { data } of this.result({ id, format })) {
      size += data.length;
      if (size > maxBytes) throw DragomanError.of("RESULT_TOO_LARGE", `The translation has more than ${maxBytes} bytes.`);
      chunks.push(data);
    }
    return Buffer.concat(chunks).toString();
  }

  async createGlossary(request: MessageInitShape<typeof CreateGlossaryRequestSchema>): Promise<Glossary> {
    return (await this.#call(glossaries.createGlossary, create(CreateGlossaryRequestSchema, request))) as Glossary;
  }

  async glossary(id: string): Promise<Glossary> {
    return (await this.#call(glossaries.getGlossary, create(GetGlossaryRequestSchema, { id }))) as Glossary;
  }

  async glossaries(): Promise<readonly Glossary[]> {
    return ((await this.#call(glossaries.listGlossaries, create(ListGlossariesRequestSchema))) as ListGlossariesResponse).glossaries;
  }

  /** All of one version, page by page. */
  async *terms(id: string, version: number): AsyncGenerator<Term> {
    let pageToken = "";
    do {
      const request = create(ListTermsRequestSchema, { id, version, pageSize: 1000, pageToken });
      const page = (await this.#call(glossaries.listTerms, request)) as ListTermsResponse;
      yield* page.terms;
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
  }

  async changeGlossary(request: MessageInitShape<typeof ChangeGlossaryRequestSchema>): Promise<Glossary> {
    return (await this.#call(glossaries.changeGlossary, create(ChangeGlossaryRequestSchema, request))) as Glossary;
  }

  async deleteGlossary(id: string): Promise<void> {
    await this.#call(glossaries.deleteGlossary, create(DeleteGlossaryRequestSchema, { id }));
  }

  async cancelJob(id: string, reason: string): Promise<Job> {
    return (await this.#call(method.cancelJob, create(CancelJobRequestSchema, { id, reason }))) as Job;
  }

  async deleteJob(id: string): Promise<void> {
    await this.#call(method.deleteJob, create(DeleteJobRequestSchema, { id }));
  }

  #call(called: Parameters<UploadParts["proxy"]>[0], request: Message): Promise<Message> {
    return this.#parts.proxy(called, request, this.#options) as Promise<Message>;
  }
}
