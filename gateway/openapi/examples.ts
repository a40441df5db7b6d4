import { create, type JsonValue, toJson } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { Flow, JobOptionsSchema, JobSchema, JobState, ResultFormat, Stage, TimelineReason } from "../../gen/dragoman/v1/job_pb.ts";
import {
  CorrectJobRequestSchema,
  CreateJobRequestSchema,
  ListFormatsResponseSchema,
  ListJobsResponseSchema,
  ListLanguagePairsResponseSchema,
} from "../../gen/dragoman/v1/job_service_pb.ts";
import { CreateUploadRequestSchema, UploadSchema } from "../../gen/dragoman/v1/upload_service_pb.ts";

const CREATED = Date.UTC(2026, 0, 15, 9, 30);
const at = (seconds: number) => timestampFromMs(CREATED + seconds * 1000);

const job = create(JobSchema, {
  id: "01K9ZV7Q3M5T8E2XW4R6Y0H1B5",
  state: JobState.SUCCEEDED,
  version: 7n,
  options: create(JobOptionsSchema, { sourceLanguage: "en", targetLanguage: "es" }),
  fileName: "letter.pdf",
  sizeBytes: 183_204n,
  percent: 100,
  pagesDone: 2,
  pagesTotal: 2,
  attempt: 1,
  maxAttempts: 3,
  createTime: at(0),
  updateTime: at(9),
  endTime: at(9),
  ledger: {
    pagesIn: 2,
    pagesOut: 2,
    pagesOcr: 2,
    segmentsTotal: 41,
    segmentsTranslated: 38,
    segmentsKept: 3,
    sourceLanguage: "en",
    ocrConfidence: 94,
  },
  artefacts: [
    { format: ResultFormat.PDF, mediaType: "application/pdf", sizeBytes: 61_022n, sha256: "9f".repeat(32), fileName: "letter.es.pdf" },
  ],
  timeline: [
    { time: at(0), state: JobState.QUEUED, reason: "CREATED", reasonCode: TimelineReason.CREATED },
    {
      time: at(0.1),
      state: JobState.RUNNING,
      stage: Stage.DOWNLOADING,
      attempt: 1,
      workerId: "worker-a",
      reason: "CLAIMED",
      reasonCode: TimelineReason.CLAIMED,
    },
    { time: at(9), state: JobState.SUCCEEDED, attempt: 1, reason: "COMPLETED", reasonCode: TimelineReason.COMPLETED },
  ],
  traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
});

/** What the contract's messages look like, by their names. */
export const EXAMPLES: Readonly<Record<string, JsonValue>> = {
  Job: toJson(JobSchema, job, { alwaysEmitImplicit: true }),
  ListJobsResponse: toJson(ListJobsResponseSchema, create(ListJobsResponseSchema, { jobs: [{ ...job, timeline: [], artefacts: [] }] }), {
    alwaysEmitImplicit: true,
  }),
  CreateJobRequest: toJson(
    CreateJobRequestSchema,
    create(CreateJobRequestSchema, {
      uploadId: "01K9ZV7P0C3D6F8G1J4K7M9N25",
      options: { targetLanguage: "es" },
      requestId: "letter-2026-01-15",
    }),
  ),
  CorrectJobRequest: toJson(
    CorrectJobRequestSchema,
    create(CorrectJobRequestSchema, { corrections: [{ segmentId: "p1b2s1", text: "Pulse <1>Inicio</1> y <2/>." }] }),
  ),
  CreateUploadRequest: toJson(
    CreateUploadRequestSchema,
    create(CreateUploadRequestSchema, { fileName: "letter.pdf", sizeBytes: 183_204n }),
  ),
  Upload: toJson(
    UploadSchema,
    create(UploadSchema, {
      id: "01K9ZV7P0C3D6F8G1J4K7M9N25",
      url: "/uploads/SIGNED",
      resumableUrl: "/uploads/resumable/SIGNED",
      expireTime: at(300),
      maxSizeBytes: 183_204n,
    }),
    { alwaysEmitImplicit: true },
  ),
  ListFormatsResponse: toJson(
    ListFormatsResponseSchema,
    create(ListFormatsResponseSchema, {
      formats: [
        {
          ...{ id: "markdown", name: "Markdown", mediaTypes: ["text/markdown"], extensions: [".md", ".markdown"] },
          ...{ resultMediaType: "text/markdown", resultExtension: ".md", flow: Flow.CONTINUOUS, served: true },
          ...{ translated: "text, tables, notes", kept: "code, formulas, HTML, links" },
        },
      ],
    }),
    { alwaysEmitImplicit: true },
  ),
  ListLanguagePairsResponse: toJson(
    ListLanguagePairsResponseSchema,
    create(ListLanguagePairsResponseSchema, {
      pairs: [{ source: "en", target: "es" }],
      engines: [{ name: "apertium", own: true, languages: [{ sources: ["en"], targets: ["es"] }] }],
    }),
    { alwaysEmitImplicit: true },
  ),
};
