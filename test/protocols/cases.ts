import type { JsonObject } from "@bufbuild/protobuf";
import { expect } from "chai";
import { type Artefact, type Job, ResultFormat } from "../../gen/dragoman/v1/job_pb.ts";
import { FILE_TYPES } from "../../platform/file_types.ts";
import type { Method } from "./runners.ts";

/** One call, and what it comes to on every protocol. */
export interface Case {
  readonly name: string;
  readonly method: Method;
  readonly request: () => JsonObject | Promise<JsonObject>;
  readonly key?: string;
  /** An error's code, or what holds of the answers. */
  readonly expected: string | ((answers: JsonObject[]) => void);
}

/** What the calls are about: a job that is done, one that waits, and documents that were sent. */
interface Subjects {
  readonly done: () => Job;
  readonly waiting: () => Job;
  readonly uploadId: () => Promise<string>;
}

const UNKNOWN = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
export const options = { sourceLanguage: "en", targetLanguage: "es" };
export const later = { ...options, notBefore: new Date(Date.now() + 3600_000).toISOString() };

const state = (wanted: string) => (answers: JsonObject[]) => expect(answers.at(-1)?.["state"]).to.equal(`JOB_STATE_${wanted}`);
const bytesOf = (answers: JsonObject[]) => Buffer.concat(answers.map(({ data }) => Buffer.from(String(data ?? ""), "base64")));

export function casesOf({ done, waiting, uploadId }: Subjects): readonly Case[] {
  return [
    {
      name: "create, good",
      method: "createJob",
      request: async () => ({ uploadId: await uploadId(), options: later }),
      expected: state("SCHEDULED"),
    },
    {
      name: "create, with every field bad",
      method: "createJob",
      request: () => ({ options: { sourceLanguage: "english", targetLanguage: "", queueDeadlineSeconds: -1 } }),
      expected: "INVALID_REQUEST",
    },
    {
      name: "create, of a pair that nobody serves",
      method: "createJob",
      request: async () => ({ uploadId: await uploadId(), options: { targetLanguage: "xx" } }),
      expected: "UNSUPPORTED_LANGUAGE_PAIR",
    },
    { name: "create, of no upload", method: "createJob", request: () => ({ uploadId: UNKNOWN, options }), expected: "UPLOAD_NOT_FOUND" },
    { name: "create, without a right key", method: "createJob", request: () => ({ options }), key: "dgm_no", expected: "UNAUTHENTICATED" },
    { name: "get, good", method: "getJob", request: () => ({ id: done().id }), expected: state("SUCCEEDED") },
    { name: "get, unknown", method: "getJob", request: () => ({ id: UNKNOWN }), expected: "JOB_NOT_FOUND" },
    { name: "get, without a right key", method: "getJob", request: () => ({ id: done().id }), key: "x", expected: "UNAUTHENTICATED" },
    {
      name: "get, waiting for too long",
      method: "getJob",
      request: () => ({ id: done().id, waitSeconds: 61 }),
      expected: "INVALID_REQUEST",
    },
    {
      name: "list",
      method: "listJobs",
      request: () => ({ state: "JOB_STATE_SUCCEEDED", pageSize: 1 }),
      expected: ([answer]) => expect(((answer?.["jobs"] ?? []) as JsonObject[]).map(({ id }) => id)).to.deep.equal([done().id]),
    },
    {
      name: "list, by label",
      method: "listJobs",
      request: () => ({ label: "order=none" }),
      expected: ([answer]) => expect(answer?.["jobs"]).to.equal(undefined),
    },
    {
      name: "create, with a label that is none",
      method: "createJob",
      request: async () => ({ uploadId: await uploadId(), options: { ...options, labels: { "Not a name": "x" } } }),
      expected: "INVALID_REQUEST",
    },
    {
      name: "create, with too many keys chosen",
      method: "createJob",
      request: async () => {
        const keys = Array.from({ length: 101 }, (_, index) => `key${index}`);
        return { uploadId: await uploadId(), options: { ...options, selection: { keys, columns: [""] } } };
      },
      expected: "INVALID_REQUEST",
    },
    {
      name: "create, with a selection",
      method: "createJob",
      request: async () => ({ uploadId: await uploadId(), options: { ...later, selection: { comments: true, keys: ["menu.*"] } } }),
      expected: ([job]) =>
        expect((job?.["options"] as JsonObject | undefined)?.["selection"]).to.deep.equal({ comments: true, keys: ["menu.*"] }),
    },
    {
      name: "formats",
      method: "listFormats",
      request: () => ({}),
      expected: ([answer]) => {
        const formats = (answer?.["formats"] ?? []) as JsonObject[];
        expect(formats.map(({ id }) => id)).to.deep.equal(FILE_TYPES.map(({ id }) => id));
        expect(formats.find(({ id }) => id === "pdf")).to.deep.include({
          resultExtension: ".pdf",
          flow: "FLOW_PAGED",
          pictured: true,
          served: true,
        });
      },
    },
    { name: "formats, without a right key", method: "listFormats", request: () => ({}), key: "x", expected: "UNAUTHENTICATED" },
    {
      name: "usage, of this month",
      method: "getUsage",
      request: () => ({}),
      expected: ([answer]) => expect(String(answer?.["endTime"])).to.match(/^\d{4}-\d{2}-01T00:00:00Z$/),
    },
    {
      name: "usage, told apart",
      method: "getUsage",
      request: () => ({ groupBy: ["USAGE_GROUPING_DAY", "USAGE_GROUPING_KEY"] }),
      expected: ([answer]) => {
        const [first] = (answer?.["groups"] ?? []) as { day: string; keyId: string; sums: { jobsSucceeded: string } }[];
        expect(first?.day).to.match(/^\d{4}-\d\d-\d\d$/);
        expect(first?.keyId).to.match(/^[0-9a-f]{16}$/);
        expect(Number(first?.sums.jobsSucceeded)).to.be.at.least(1);
      },
    },
    { name: "usage, of no day", method: "getUsage", request: () => ({ from: "2026-02-29" }), expected: "INVALID_REQUEST" },
    {
      name: "list, by time",
      method: "listJobs",
      request: () => ({ createdBefore: "2020-01-01T00:00:00Z" }),
      expected: ([answer]) => expect(answer?.["jobs"]).to.equal(undefined),
    },
    { name: "watch, to the end", method: "watchJob", request: () => ({ id: done().id }), expected: state("SUCCEEDED") },
    {
      name: "watch, of what is known",
      method: "watchJob",
      request: () => ({ id: done().id, afterVersion: String(done().version) }),
      expected: (answers) => expect(answers).to.deep.equal([]),
    },
    { name: "watch, unknown", method: "watchJob", request: () => ({ id: UNKNOWN }), expected: "JOB_NOT_FOUND" },
    { name: "result, too early", method: "getResult", request: () => ({ id: waiting().id }), expected: "RESULT_NOT_READY" },
    {
      name: "result, of no such file",
      method: "getResult",
      request: () => ({ id: done().id, format: "RESULT_FORMAT_PREVIEW", page: 9 }),
      expected: "ARTEFACT_NOT_FOUND",
    },
    {
      name: "result, from past its end",
      method: "getResult",
      request: () => ({ id: done().id, offset: "999999" }),
      expected: "RANGE_NOT_SATISFIABLE",
    },
    {
      name: "result, a part of it",
      method: "getResult",
      request: () => ({ id: done().id, offset: "3", length: "7" }),
      expected: (answers) => expect(bytesOf(answers)).to.have.lengthOf(7),
    },
    {
      name: "result, its beginning",
      method: "getResult",
      request: () => ({ id: done().id, length: "5" }),
      expected: (answers) => expect(bytesOf(answers)).to.have.lengthOf(5),
    },
    {
      name: "result, to an end that is far away",
      method: "getResult",
      request: () => ({ id: done().id, offset: "4", length: "9000000000000000000" }),
      expected: (answers) => expect(bytesOf(answers)).to.have.lengthOf(Number(markdownOf(done())?.sizeBytes) - 4),
    },
    {
      name: "result, from far past its end",
      method: "getResult",
      request: () => ({ id: done().id, offset: "9000000000000000000" }),
      expected: "RANGE_NOT_SATISFIABLE",
    },
    {
      name: "result, from before its beginning",
      method: "getResult",
      request: () => ({ id: done().id, offset: "-1" }),
      expected: "INVALID_REQUEST",
    },
    {
      name: "result, a part of a bundle",
      method: "getResult",
      request: () => ({ id: done().id, format: "RESULT_FORMAT_BUNDLE", offset: "3" }),
      expected: "INVALID_REQUEST",
    },
    { name: "list, of fewer than none", method: "listJobs", request: () => ({ pageSize: -1 }), expected: "INVALID_REQUEST" },
    { name: "list, from a page of nobody's", method: "listJobs", request: () => ({ pageToken: UNKNOWN }), expected: "INVALID_REQUEST" },
    {
      name: "list, from before all time",
      method: "listJobs",
      request: () => ({ createdAfter: "1969-12-31T23:59:59Z" }),
      expected: "INVALID_REQUEST",
    },
    {
      name: "create, to a language in capitals",
      method: "createJob",
      request: async () => ({ uploadId: await uploadId(), options: { targetLanguage: "ES" } }),
      expected: "INVALID_REQUEST",
    },
    {
      name: "create, to a language that is not written so",
      method: "createJob",
      request: async () => ({ uploadId: await uploadId(), options: { targetLanguage: "es_es" } }),
      expected: "INVALID_REQUEST",
    },
    {
      name: "create, for a time before all time",
      method: "createJob",
      request: async () => ({ uploadId: await uploadId(), options: { ...options, notBefore: "1969-01-01T00:00:00Z" } }),
      expected: "INVALID_REQUEST",
    },
    {
      name: "cancel, for too long a reason",
      method: "cancelJob",
      request: () => ({ id: waiting().id, reason: "x".repeat(201) }),
      expected: "INVALID_REQUEST",
    },
    {
      name: "cancel, of another version",
      method: "cancelJob",
      request: () => ({ id: waiting().id, expectedVersion: "99" }),
      expected: "PRECONDITION_FAILED",
    },
    {
      name: "retry, of another version",
      method: "retryJob",
      request: () => ({ id: done().id, expectedVersion: "1" }),
      expected: "PRECONDITION_FAILED",
    },
    {
      name: "delete, of another version",
      method: "deleteJob",
      request: () => ({ id: done().id, expectedVersion: "1" }),
      expected: "PRECONDITION_FAILED",
    },
    {
      name: "get, with a key that is not ASCII",
      method: "getJob",
      request: () => ({ id: done().id }),
      key: "\u00e9",
      expected: "UNAUTHENTICATED",
    },
    { name: "cancel, too late", method: "cancelJob", request: () => ({ id: done().id }), expected: "JOB_ALREADY_FINISHED" },
    { name: "cancel, unknown", method: "cancelJob", request: () => ({ id: UNKNOWN }), expected: "JOB_NOT_FOUND" },
    { name: "retry, too early", method: "retryJob", request: () => ({ id: waiting().id }), expected: "JOB_NOT_FINISHED" },
    { name: "delete, too early", method: "deleteJob", request: () => ({ id: waiting().id }), expected: "JOB_NOT_FINISHED" },
    { name: "delete, unknown", method: "deleteJob", request: () => ({ id: UNKNOWN }), expected: "JOB_NOT_FOUND" },
    { name: "delete, without a right key", method: "deleteJob", request: () => ({ id: done().id }), key: "x", expected: "UNAUTHENTICATED" },
  ];
}

/** What is given where no format is asked for. */
export function markdownOf({ artefacts }: Job): Artefact | undefined {
  return artefacts.find(({ format }) => format === ResultFormat.MARKDOWN);
}
