import { readdir } from "node:fs/promises";
import { request } from "node:http";
import path from "node:path";
import { expect } from "chai";
import { Dragoman } from "../../client/dragoman.ts";
import { JobState } from "../../gen/dragoman/v1/job_pb.ts";
import { removeGarbage } from "../../orchestrator/scheduling/garbage.ts";
import { openSqliteStore } from "../../orchestrator/store/sqlite.ts";
import { openFileArtefacts } from "../../platform/artefacts/files.ts";
import { expectNothingOfNobody, fileKeys, sqliteRows } from "../support/leftovers.ts";
import { eventually, type RunningService, startService } from "../support/service.ts";
import { listOf } from "../support/stored_jobs.ts";

const TEXT = "The garden is open today for all the readers.";
const KILLS = 2;

/** Begins to send a file by one PUT, and never ends. */
async function sendWithoutEnd(address: string): Promise<void> {
  const sent = request(address, { method: "PUT", headers: { "content-length": 1_000_000 } });
  sent.on("error", () => undefined);
  await new Promise<void>((resolve) => sent.write(Buffer.alloc(100_000), () => resolve()));
}

describe("SIGKILL of the whole service", () => {
  it("loses no job, and leaves no row and no file that is nobody's", async () => {
    let service: RunningService = await startService();
    await using stack = new AsyncDisposableStack();
    stack.defer(() => service[Symbol.asyncDispose]());
    const root = path.join(service.data, "artefacts");
    const created: string[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const dragoman = new Dragoman({ server: service.url, apiKey: service.apiKey });
      for (const text of [TEXT, `${TEXT} ${kill}`]) created.push((await dragoman.create(new Blob([text]), { to: "es", from: "en" })).id);
      const { url } = await dragoman.uploads.createUpload({ fileName: "a.txt" });
      await sendWithoutEnd(service.url + url);
      await eventually(async () => (await readdir(path.join(root, ".incoming"))).length > kill);
      service = await service.killAndRestart();
    }
    const dragoman = new Dragoman({ server: service.url, apiKey: service.apiKey });
    const ended = await Promise.all(created.map((id) => dragoman.resume(id)));
    expect(ended.map(({ state }) => state)).to.deep.equal(created.map(() => JobState.SUCCEEDED));
    for (const id of created.slice(0, KILLS)) await dragoman.jobs.deleteJob({ id });
    await service.stop();

    const file = path.join(service.data, "jobs.db");
    await using store = openSqliteStore(file);
    const artefacts = await openFileArtefacts(root);
    await removeGarbage(store, artefacts, Number.MAX_SAFE_INTEGER);
    await artefacts.removeCutOff(Date.now() + 1000);
    const records = await listOf(store, { tenantId: "local" });
    expect(records).to.have.length(created.length - KILLS);
    expectNothingOfNobody(sqliteRows(file), await fileKeys(root), records);
  });
});
