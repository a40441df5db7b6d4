import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { setImmediate } from "node:timers/promises";
import { promisify } from "node:util";
import { create } from "@bufbuild/protobuf";
import { expect } from "chai";
import { JobOptionsSchema } from "../gen/dragoman/v1/job_pb.ts";
import { newJob } from "../orchestrator/jobs/change.ts";
import { newId } from "../orchestrator/jobs/id.ts";
import { JobMetrics } from "../orchestrator/metrics.ts";
import { dayOf } from "../orchestrator/policy/usage.ts";
import { JobWriter } from "../orchestrator/scheduling/job_writer.ts";
import { openRedisStore } from "../orchestrator/store/redis.ts";
import { openSqliteStore } from "../orchestrator/store/sqlite.ts";
import type { Store } from "../orchestrator/store/store.ts";
import { startRedis } from "./servers/redis.ts";
import { scratch } from "./support/documents.ts";
import { testLog } from "./support/orchestrator.ts";
import { listOf } from "./support/stored_jobs.ts";

const run = (script: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  promisify(execFile)(script, args, { env: { ...process.env, ...env }, timeout: 60_000 });

/** Makes a job and cancels it, so that it counts in its tenant's usage. */
async function endedJob(store: Store): Promise<string> {
  const jobs = new JobWriter({ store, log: testLog, metrics: new JobMetrics(false), retentionMs: 0 });
  const id = newId("t");
  const given = { inputKey: "k", fileName: "f", sizeBytes: 1, traceparent: "", traceUrl: "" };
  await jobs.create(
    newJob({ ...given, id, tenantId: "t", options: create(JobOptionsSchema, { targetLanguage: "es" }) }, store.clock.now()),
    {},
  );
  await jobs.apply(id, { kind: "cancel", reason: "" });
  return id;
}

/** How many jobs there are, and how many are said to have ended. */
async function counted(store: Store) {
  const listed = await listOf(store);
  const day = dayOf(store.clock.now());
  const days = await store.usage({ tenantId: "t", dimension: "total", from: "2020-01-01", to: day });
  return { jobs: listed.length, ended: days.reduce((sum, { sums }) => sum + sums.cancelled, 0), owed: (await store.outboxState()).depth };
}

describe("a backup", () => {
  it("of SQLite is of one moment, taken while jobs are made, with artefacts and secrets; a new service starts from it", async () => {
    await using files = await scratch();
    const data = path.join(files.path, "data");
    await mkdir(path.join(data, "artefacts"), { recursive: true });
    await writeFile(path.join(data, "artefacts", "letter"), "words");
    await writeFile(path.join(data, "upload-secret"), "secret", { mode: 0o600 });
    const to = path.join(files.path, "saved");
    const env = { DRAGOMAN_DATA: data, DRAGOMAN_STORE: "", DRAGOMAN_ARTEFACTS: "" };
    {
      await using store = openSqliteStore(path.join(data, "jobs.db"));
      for (let made = 0; made < 8; made++) await endedJob(store);
      let busy = true;
      const making = (async () => {
        // SQLite answers within the turn of the event loop, which the script's end waits for.
        for (; busy; await setImmediate()) await endedJob(store);
      })();
      await run("deploy/backup.sh", [to], env).finally(() => {
        busy = false;
        return making;
      });
    }
    await using store = openSqliteStore(path.join(to, "jobs.db"));
    const { jobs, ended, owed } = await counted(store);
    expect(jobs).to.be.at.least(8);
    // One that was made and not cancelled yet may be among them; each of the two commits owes an event.
    expect(jobs - ended).to.be.within(0, 1);
    expect(owed).to.equal(jobs + ended);
    await endedJob(store);
    expect(await readFile(path.join(to, "artefacts", "letter"), "utf8")).to.equal("words");
    expect((await stat(path.join(to, "upload-secret"))).mode & 0o77).to.equal(0);
  });

  it("takes the place of no other, and is none where it fails", async () => {
    await using files = await scratch();
    const failed = run("deploy/backup.sh", [files.path]).catch(({ code, stderr }) => `${code} ${stderr}`);
    expect(await failed).to.match(/^2 .*is there already/);
    const to = path.join(files.path, "saved");
    const env = { DRAGOMAN_DATA: files.path, DRAGOMAN_STORE: `sqlite:${files.path}/none.db`, DRAGOMAN_ARTEFACTS: "" };
    expect(await run("deploy/backup.sh", [to], env).catch(({ code }) => code)).not.to.equal(0);
    expect(await readdir(files.path)).not.to.include("saved");
    await openSqliteStore(path.join(files.path, "jobs.db"))[Symbol.asyncDispose]();
    const part = async (says: string) => {
      // What a full disk makes cp say, and a file that was removed while it was copied.
      await writeFile(path.join(files.path, "cp"), `#!/bin/sh\nmkdir -p "$3"\necho "cp: ${says}" >&2\nexit 1\n`, { mode: 0o755 });
      const PATH = `${files.path}:${process.env["PATH"]}`;
      const done = run("deploy/backup.sh", [to], { ...env, PATH, DRAGOMAN_STORE: "" });
      return done.then(
        () => 0,
        ({ code }) => code,
      );
    };
    expect(await part("error writing 'x': No space left on device")).to.equal(1);
    expect(await readdir(files.path)).not.to.include("saved");
    expect(await part("cannot stat 'x': No such file or directory")).to.equal(0);
  });

  it("of Redis becomes a server again that keeps every write", async () => {
    await using files = await scratch();
    const to = path.join(files.path, "saved");
    const folder = path.join(files.path, "redis");
    let before: object;
    {
      await using server = await startRedis();
      await using store = await openRedisStore(server.url, testLog);
      for (let made = 0; made < 8; made++) await endedJob(store);
      before = await counted(store);
      const env = { DRAGOMAN_DATA: files.path, DRAGOMAN_STORE: server.url, DRAGOMAN_ARTEFACTS: "s3+http://k:s@127.0.0.1:1/b" };
      await run("deploy/backup.sh", [to], env);
    }
    await run("deploy/restore_redis.sh", [path.join(to, "dump.rdb"), folder]);
    for (const again of [0, 1]) {
      await using server = await startRedis("--dir", folder);
      await using store = await openRedisStore(server.url, testLog);
      const { jobs, ended, owed } = await counted(store);
      expect({ jobs: jobs - again, ended: ended - again, owed: owed - 2 * again }).to.deep.equal(before);
      await endedJob(store);
    }
  });
});
