import { createHash, randomBytes } from "node:crypto";
import { create, toBinary } from "@bufbuild/protobuf";
import { ErrorCategory } from "../../gen/dragoman/v1/error_pb.ts";
import { type Job, JobOptionsSchema, type Ledger, LedgerSchema, ResultFormat } from "../../gen/dragoman/v1/job_pb.ts";
import type { CorrectJobRequest, ImportXliffRequest } from "../../gen/dragoman/v1/job_service_pb.ts";
import { CorrectionsAs, type RevisionMade, RevisionMadeSchema, RevisionWorkSchema } from "../../gen/dragoman/v1/worker_service_pb.ts";
import type { ArtefactStore } from "../../platform/artefacts/artefacts.ts";
import { KEPT_NAME } from "../../platform/artefacts/output_name.ts";
import { once } from "../../platform/async/once.ts";
import { asDragomanError, DragomanError } from "../../platform/errors.ts";
import { fileTypeNamed } from "../../platform/file_types.ts";
import type { Messaging } from "../../platform/messaging/messaging.ts";
import { MAX_REPORT_BYTES } from "../../platform/report.ts";
import { uploadDigest } from "../../platform/uploads.ts";
import { outputPrefix, revisionPrefix, uploadKey } from "../jobs/artefact_keys.ts";
import type { JobRecord } from "../jobs/job.ts";
import { runDeadlineMs } from "../jobs/policy.ts";
import { type JobWriter, requireVersion } from "../scheduling/job_writer.ts";
import type { Store } from "../store/store.ts";
import { checkPassword } from "./creation.ts";
import { boundedLedger } from "./reports.ts";
import { requireResult } from "./results.ts";
import { requireAll } from "./validation.ts";

const MAX_CORRECTIONS = 5_000;
const MAX_LETTERS = 20_000;
const MAX_ID = 100;
/** Each leaves an entry in the timeline, and a job must stay one message. */
const MAX_REVISIONS = 1_000;
const MAX_XLIFF_BYTES = 64 * 1024 ** 2;
/** Where others correct the same job at the same time. */
const MAX_TRIES = 5;

/**
 * Errors after which what was written is surely no result. Of a store that is away nobody knows whether it took the commit: what
 * would be removed might be the result.
 */
const REFUSALS: ReadonlySet<ErrorCategory> = new Set([
  ErrorCategory.INVALID_INPUT,
  ErrorCategory.UNSUPPORTED,
  ErrorCategory.LIMIT_EXCEEDED,
]);
/** Remarks on the engines that translated. */
const OF_ENGINES: ReadonlySet<string> = new Set(["OPTION_IGNORED", "ENGINE_REPLACED"]);

export interface RevisionParts {
  readonly store: Pick<Store, "get" | "upload">;
  readonly jobs: Pick<JobWriter, "apply">;
  readonly artefacts: ArtefactStore;
  readonly messaging: Pick<Messaging, "askRevision">;
}

/** What a job's result is to be corrected by. */
interface Corrections {
  /** Of what they say: the same again is the same call. */
  readonly sha256: string;
  readonly as: CorrectionsAs;
  /** The key at which a worker finds them; those that lie nowhere yet are put under `prefix`. */
  readonly key: (prefix: string) => Promise<string>;
  readonly expectedVersion: bigint;
  readonly password: string;
}

/** Writes results of jobs again with corrections: by a worker, one revision of a job after another. */
export class Revisions {
  readonly #parts: RevisionParts;
  /** By the job's id: what is being written here. It goes on when nobody waits any more. */
  readonly #running = new Map<string, { readonly sha256: string; readonly done: Promise<Job> }>();

  constructor(parts: RevisionParts) {
    this.#parts = parts;
  }

  /** The job with its corrected result. Throws as the contract's CorrectJob does. */
  async correct(record: JobRecord, { corrections, expectedVersion, password }: CorrectJobRequest): Promise<Job> {
    checkPassword(password, "password");
    const ids = corrections.map(({ segmentId }) => segmentId);
    requireAll(
      [corrections.length > 0 && corrections.length <= MAX_CORRECTIONS, "corrections", `has 1 to ${MAX_CORRECTIONS} items`],
      [ids.every((id) => id !== "" && id.length <= MAX_ID), "corrections.segment_id", "is that of a segment"],
      [new Set(ids).size === ids.length, "corrections.segment_id", "has each segment once"],
      [
        corrections.every(({ text }) => text.trim() !== "" && text.length <= MAX_LETTERS),
        "corrections.text",
        `is not empty, and has at most ${MAX_LETTERS} characters`,
      ],
    );
    const bytes = Buffer.from(JSON.stringify(corrections.map(({ segmentId: id, text }) => ({ id, text }))));
    const key = async (prefix: string) => {
      const at = `${prefix}/corrections.json`;
      await this.#parts.artefacts.put(at, once(bytes), { maxBytes: bytes.length });
      return at;
    };
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    return this.#revise(record.job.id, { sha256, as: CorrectionsAs.JSON, key, expectedVersion, password });
  }

  /** The same by an XLIFF file that was uploaded. Throws as ImportXliff does. */
  async importXliff({ job: { id }, tenantId }: JobRecord, { uploadId, expectedVersion, password }: ImportXliffRequest): Promise<Job> {
    const { store, artefacts } = this.#parts;
    checkPassword(password, "password");
    requireAll([uploadId !== "", "upload_id", "is required; CreateUpload gives it"]);
    const upload = await store.upload(uploadId);
    const at = uploadKey(tenantId, uploadId);
    const size = upload?.tenantId === tenantId ? await artefacts.size(at) : undefined;
    if (size === undefined) throw DragomanError.of("UPLOAD_NOT_FOUND", "There is no such upload, or its bytes were not sent.");
    if (size > MAX_XLIFF_BYTES) throw DragomanError.of("FILE_TOO_LARGE", `An XLIFF file has at most ${MAX_XLIFF_BYTES} bytes.`);
    // It stays for its day, for whoever did not hear the answer and calls again.
    const sha256 = (await uploadDigest(artefacts, at)) || uploadId;
    return this.#revise(id, { sha256, as: CorrectionsAs.XLIFF, key: async () => at, expectedVersion, password });
  }

  async #revise(id: string, corrections: Corrections): Promise<Job> {
    for (let running = this.#running.get(id); running; running = this.#running.get(id)) {
      if (running.sha256 === corrections.sha256) return running.done;
      await running.done.catch(() => undefined);
    }
    const done = this.#write(id, corrections).finally(() => this.#running.delete(id));
    this.#running.set(id, { sha256: corrections.sha256, done });
    return done;
  }

  async #write(id: string, corrections: Corrections): Promise<Job> {
    for (let tries = 1; ; tries++) {
      const record = await this.#parts.store.get(id);
      if (!record) throw DragomanError.of("JOB_NOT_FOUND", "There is no such job.");
      if (record.correctedBy === corrections.sha256) return record.job;
      requireVersion(record, corrections.expectedVersion);
      requireCorrectable(record, corrections);
      const revisionName = `${Math.max(1, record.job.revision) + 1}-${randomBytes(6).toString("hex")}`;
      const prefix = revisionPrefix(record, revisionName);
      try {
        const made = await this.#ask(record, corrections, prefix);
        if (made.corrected === 0) {
          await this.#parts.artefacts.remove(prefix);
          return record.job;
        }
        return await this.#commit(record, made, { revisionName, correctedBy: corrections.sha256 });
      } catch (thrown) {
        const { code, detail } = asDragomanError(thrown);
        // What cannot be removed, and what another failure left, goes with the job.
        if (REFUSALS.has(detail.category) || (await this.#isGone(id))) await this.#parts.artefacts.remove(prefix).catch(() => undefined);
        // Another was quicker: its corrections stay, and these come on top.
        if (code !== "PRECONDITION_FAILED" || corrections.expectedVersion !== 0n || tries === MAX_TRIES) throw thrown;
      }
    }
  }

  /** Whoever deleted the job removed what was there then. */
  #isGone(id: string): Promise<boolean> {
    return this.#parts.store.get(id).then(
      (record) => record === undefined,
      () => false,
    );
  }

  async #ask(record: JobRecord, { as: correctionsAs, key, password }: Corrections, outputPrefixOf: string): Promise<RevisionMade> {
    const { artefacts, messaging } = this.#parts;
    const { job, tenantId, inputKey, inputSha256 } = record;
    const keptKey = `${outputPrefix(record)}/${KEPT_NAME}`;
    if ((await artefacts.size(keptKey)) === undefined)
      throw DragomanError.of("NOT_CORRECTABLE", "The result was made before results could be corrected.");
    const work = create(RevisionWorkSchema, {
      ...{ jobId: job.id, tenantId, fileName: job.fileName, inputKey, inputSha256, keptKey, correctionsAs },
      options: create(JobOptionsSchema, { ...(job.options ?? create(JobOptionsSchema)), password }),
      correctionsKey: await key(outputPrefixOf),
      outputPrefix: outputPrefixOf,
      runDeadlineMs: BigInt(runDeadlineMs(job.options)),
      needsOffice: isOfficeMade(job),
    });
    const made = await messaging.askRevision(work);
    if (made.error) throw DragomanError.fromDetail(made.error);
    return made;
  }

  /** Under the version that was corrected: PRECONDITION_FAILED for any other. */
  async #commit(
    { job }: JobRecord,
    made: RevisionMade,
    names: { readonly revisionName: string; readonly correctedBy: string },
  ): Promise<Job> {
    const { ledger, artefacts, corrected } = made;
    if (!ledger) throw DragomanError.of("LEDGER_MISMATCH", "The worker sent no ledger.");
    const bounded = boundedLedger(withEngines(ledger, job.ledger));
    if (toBinary(RevisionMadeSchema, create(RevisionMadeSchema, { ...made, ledger: bounded })).length > MAX_REPORT_BYTES)
      throw DragomanError.of("RESULT_TOO_LARGE", `The result has ${artefacts.length} files, more than a job may list.`);
    const command = { kind: "correct", ...names, ledger: bounded, artefacts, corrected } as const;
    return (await this.#parts.jobs.apply(job.id, command, { expectedVersion: job.version })).job;
  }
}

/** Whether LibreOffice made some of the result, or may have had to convert its document. */
function isOfficeMade({ artefacts, fileName }: Job): boolean {
  return fileTypeNamed(fileName)?.office !== undefined || artefacts.some(({ format }) => format === ResultFormat.SOURCE_PDF);
}

/** A correction asks no engine: what is said of those that translated stays. */
function withEngines(ledger: Ledger, { engines = [], charactersBilled = 0n, entries = [] }: Partial<Ledger> = {}): Ledger {
  const remarks = entries.filter(({ code }) => OF_ENGINES.has(code));
  return create(LedgerSchema, { ...ledger, engines, charactersBilled, entries: [...remarks, ...ledger.entries] });
}

function requireCorrectable(record: JobRecord, { password }: Corrections): void {
  requireResult(record);
  const { passwordGiven, revision } = record.job;
  if (revision > MAX_REVISIONS) throw DragomanError.of("NOT_CORRECTABLE", `The result was corrected ${MAX_REVISIONS} times.`);
  if (passwordGiven && password === "")
    throw DragomanError.of("PASSWORD_NEEDED", "The document's password was forgotten when its job ended.", {
      hint: "Send the document's password with the corrections (`password`, `jobs correct --password-file`): it is not kept.",
    });
}
