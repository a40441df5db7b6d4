import { readdir } from "node:fs/promises";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { Redis } from "ioredis";
import { outputKey, outputPrefix } from "../../orchestrator/jobs/artefact_keys.ts";
import type { JobRecord } from "../../orchestrator/jobs/job.ts";
import { KEPT_NAME } from "../../platform/artefacts/output_name.ts";
import { digestKey } from "../../platform/uploads.ts";
import type { S3Server } from "../servers/s3.ts";

/** How much of each kind there is in a database, as it lies there. */
export interface Rows {
  readonly jobs: number;
  readonly requests: number;
  readonly uploads: number;
  /** Jobs by their inputs, summed. */
  readonly inputs: number;
  readonly garbage: number;
  /** Entries of indexes whose job is not there. */
  readonly dangling: readonly string[];
}

/** What there is in a store that nobody will ask for any more: rows of jobs that are gone, and files of none. */
export function expectNothingOfNobody(rows: Rows, keys: readonly string[], records: readonly JobRecord[]): void {
  const inputs = new Set(records.map(({ inputKey }) => inputKey));
  expect(rows.jobs, "jobs").to.equal(records.length);
  expect(rows.requests, "request keys").to.be.at.most(records.length);
  expect(rows.uploads, "uploads").to.equal(inputs.size);
  expect(rows.inputs, "counted inputs").to.equal(records.length);
  expect(rows.garbage, "garbage").to.equal(0);
  expect(rows.dangling, "index entries").to.deep.equal([]);
  const owned = new Set([
    ...[...inputs].flatMap((key) => [key, digestKey(key)]),
    ...records.flatMap((record) => record.job.artefacts.map((artefact) => outputKey(record, artefact))),
    ...records.map((record) => `${outputPrefix(record)}/${KEPT_NAME}`),
  ]);
  expect(
    keys.filter((key) => !owned.has(key)),
    "files of nobody",
  ).to.deep.equal([]);
  expect(
    [...inputs].filter((key) => !keys.includes(key)),
    "inputs that are gone",
  ).to.deep.equal([]);
}

export function sqliteRows(file: string): Rows {
  using db = new DatabaseSync(file, { readOnly: true });
  const count = (sql: string) => Number(db.prepare(sql).get()?.["n"] ?? 0);
  const lost = (table: string, id: string) =>
    db
      .prepare(`SELECT ${id} AS id FROM ${table} WHERE ${id} NOT IN (SELECT id FROM jobs)`)
      .all()
      .map((row) => `${table} ${String(row["id"])}`);
  return {
    jobs: count("SELECT COUNT(*) AS n FROM jobs"),
    requests: count("SELECT COUNT(*) AS n FROM requests"),
    uploads: count("SELECT COUNT(*) AS n FROM uploads"),
    inputs: count("SELECT SUM(jobs) AS n FROM inputs"),
    garbage: count("SELECT COUNT(*) AS n FROM waste"),
    dangling: [...lost("labels", "id"), ...lost("requests", "job_id")],
  };
}

export async function redisRows(url: string): Promise<Rows> {
  const redis = new Redis(url);
  try {
    const keys = await redis.keys("dgm:{?}:*");
    const of = (family: string) => keys.filter((key) => key.slice("dgm:{0}:".length).startsWith(family));
    const jobs = new Set(of("job:").map((key) => key.slice("dgm:{0}:job:".length)));
    const dangling: string[] = [];
    for (const key of [...of("jobs:"), ...of("due"), ...of("waiting:")])
      for (const id of await redis.zrange(key, "0", "-1")) if (!jobs.has(id)) dangling.push(`${key} ${id}`);
    for (const key of of("invited")) for (const id of await redis.smembers(key)) if (!jobs.has(id)) dangling.push(`${key} ${id}`);
    for (const key of of("request:")) if (!jobs.has((await redis.hget(key, "job")) ?? "")) dangling.push(key);
    let inputs = 0;
    for (const key of of("inputs")) inputs += (await redis.hvals(key)).map(Number).reduce((sum, count) => sum + count, 0);
    let garbage = 0;
    for (const key of [...of("waste"), ...of("uploads")]) garbage += await redis.zcard(key);
    return { jobs: jobs.size, requests: of("request:").length, uploads: of("upload:").length, inputs, garbage, dangling };
  } finally {
    redis.disconnect();
  }
}

/** Of every file under the folder of an artefact store, those that are being written as well. */
export async function fileKeys(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}

/** Of every object in the bucket, and of every multipart upload that was begun and not ended. */
export async function bucketKeys({ client, bucket }: S3Server): Promise<string[]> {
  const keys: string[] = [];
  for await (const { name } of client.listObjectsV2(bucket, "", true)) if (name) keys.push(name);
  const answer = await fetch(await client.presignedUrl("GET", bucket, "", 60, { uploads: "" }));
  // Swift keeps the parts of large objects in a bucket of its own.
  return [...keys, ...[...(await answer.text()).matchAll(/<Key>(.*?)<\/Key>/g)].map(([, key = ""]) => `${key} (unfinished)`)];
}
