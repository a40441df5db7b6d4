import { Priority } from "../../gen/dragoman/v1/job_pb.ts";
import type { Scope } from "../../orchestrator/policy/scopes.ts";
import type { ErrorCode } from "../../platform/errors.ts";

/** What another tenant has, or ids of the same form that nobody ever had. */
export interface Things {
  readonly tenantId: string;
  readonly jobId: string;
  readonly finishedJobId: string;
  readonly uploadId: string;
  readonly partsToken: string;
  readonly glossaryId: string;
  readonly keyId: string;
  readonly webhookId: string;
}

/** Who may make a call, said once more beside the code. */
export interface Row {
  readonly scope: Scope | "any";
  /** What of a token for the job that it names makes it as well. */
  readonly token?: "read" | "cancel";
  /** A request that names a thing. Without it the method only speaks of the caller's own, or is for who serves all tenants. */
  readonly names?: (things: Things) => object;
  /** The refusal where that is another tenant's. */
  readonly refusal?: ErrorCode;
  /** The refusal stands in the answer, of each thing by itself. */
  readonly inside?: true;
  /** Of what speaks of the caller's own: a request that tries to reach another tenant's. */
  readonly reaches?: (things: Things) => object;
}

const READ = { scope: "jobs:read" } as const;
const WRITE = { scope: "jobs:write" } as const;
const ADMIN = { scope: "admin" } as const;
const OPERATOR = { scope: "operator" } as const;
const WORKER = { scope: "worker" } as const;

const named = (row: Row, refusal: ErrorCode, names: (things: Things) => object): Row => ({ ...row, refusal, names });
const ofJob = (row: Row): Row => named(row, "JOB_NOT_FOUND", ({ jobId: id }) => ({ id }));
const ofFinishedJob = (row: Row): Row => named(row, "JOB_NOT_FOUND", ({ finishedJobId: id }) => ({ id }));
const ofEach = (row: Row): Row => ({
  ...named(row, "JOB_NOT_FOUND", ({ jobId, finishedJobId }) => ({ ids: [jobId, finishedJobId] })),
  inside: true,
});
const ofGlossary = (row: Row): Row => named(row, "GLOSSARY_NOT_FOUND", ({ glossaryId: id }) => ({ id }));
const ofKey = (row: Row): Row => named(row, "KEY_NOT_FOUND", ({ keyId: id }) => ({ id }));
const ofWebhook = (field: "id" | "webhookId" = "id"): Row => named(ADMIN, "WEBHOOK_NOT_FOUND", ({ webhookId }) => ({ [field]: webhookId }));
const ofParts = (row: Row): Row => named(row, "PERMISSION_DENIED", ({ partsToken }) => ({ partsToken }));

const ofTenant = ({ tenantId }: Things) => ({ tenantId });

/** Every method of every service, by its service and name. */
export const ROWS: Readonly<Record<string, Readonly<Record<string, Row>>>> = {
  JobService: {
    CreateJob: named(WRITE, "UPLOAD_NOT_FOUND", ({ uploadId }) => ({ uploadId, options: { targetLanguage: "es" } })),
    GetJob: ofJob({ ...READ, token: "read" }),
    ExplainJob: ofJob(READ),
    ListJobs: READ,
    UpdateJob: named(WRITE, "JOB_NOT_FOUND", ({ jobId: id }) => ({ id, priority: Priority.LOW })),
    CancelJob: ofJob({ ...WRITE, token: "cancel" }),
    CancelJobs: ofEach(WRITE),
    RetryJobs: ofEach(WRITE),
    RetryJob: ofFinishedJob(WRITE),
    CorrectJob: ofFinishedJob(WRITE),
    ImportXliff: ofFinishedJob(WRITE),
    DeleteJob: ofFinishedJob(WRITE),
    GetReceipt: ofFinishedJob(READ),
    WatchJob: ofJob({ ...READ, token: "read" }),
    WatchJobs: READ,
    GetResult: ofFinishedJob({ ...READ, token: "read" }),
    ListLanguagePairs: READ,
    ListFormats: READ,
    GetUsage: READ,
  },
  UploadService: { CreateUpload: WRITE, SignUploadParts: ofParts(WRITE), CompleteUpload: ofParts(WRITE) },
  MemoryService: {
    GetMemory: READ,
    ListMemoryUnits: READ,
    AddMemoryUnits: WRITE,
    ForgetMemory: { ...WRITE, reaches: ({ jobId: value }) => ({ what: { case: "jobId", value } }) },
  },
  GlossaryService: {
    CreateGlossary: WRITE,
    GetGlossary: ofGlossary(READ),
    ListGlossaries: READ,
    ListTerms: ofGlossary(READ),
    ChangeGlossary: named(WRITE, "GLOSSARY_NOT_FOUND", ({ glossaryId: id }) => ({ id, remove: ["canary"] })),
    AddUnknownWords: named(WRITE, "JOB_NOT_FOUND", ({ glossaryId: id, jobId }) => ({ id, jobId })),
    DeleteGlossary: ofGlossary(WRITE),
  },
  SettingsService: { GetSettings: READ, SetSettings: ADMIN },
  KeyService: {
    GetCaller: { scope: "any" },
    CreateKey: { ...ADMIN, reaches: ofTenant },
    ListKeys: { ...ADMIN, reaches: ofTenant },
    RotateKey: ofKey(ADMIN),
    RevokeKey: ofKey(ADMIN),
    CreateJobToken: ofJob(READ),
  },
  AdminService: {
    ListTenants: OPERATOR,
    GetTenant: OPERATOR,
    UpdateTenant: OPERATOR,
    PauseTenant: OPERATOR,
    ResumeTenant: OPERATOR,
    ListAudit: { ...ADMIN, reaches: ofTenant },
    ListUsage: OPERATOR,
    ListTenantJobs: OPERATOR,
    GetTenantJob: OPERATOR,
    OverrideJob: OPERATOR,
    CreateOperation: OPERATOR,
    GetOperation: OPERATOR,
    ListOperations: OPERATOR,
    CancelOperation: OPERATOR,
    ListWorkers: OPERATOR,
    DrainWorker: OPERATOR,
    ResumeWorker: OPERATOR,
    QuarantineWorker: OPERATOR,
    ForgetWorker: OPERATOR,
    GetIntake: OPERATOR,
    PauseIntake: OPERATOR,
    ResumeIntake: OPERATOR,
    PauseClass: OPERATOR,
    ResumeClass: OPERATOR,
  },
  WebhookService: {
    CreateWebhook: ADMIN,
    ListWebhooks: ADMIN,
    GetWebhook: ofWebhook(),
    UpdateWebhook: named(ADMIN, "WEBHOOK_NOT_FOUND", ({ webhookId: id }) => ({ id, description: "ours" })),
    DeleteWebhook: ofWebhook(),
    RotateWebhookSecret: ofWebhook(),
    EnableWebhook: ofWebhook(),
    TestWebhook: ofWebhook(),
    ListWebhookDeliveries: ofWebhook("webhookId"),
    ReplayWebhook: ofWebhook("webhookId"),
  },
  WorkerService: {
    Session: WORKER,
    RecallUnits: WORKER,
    KeepUnits: WORKER,
    GetGlossaryTerms: WORKER,
    TakeRate: WORKER,
    ReserveCharacters: WORKER,
  },
};
