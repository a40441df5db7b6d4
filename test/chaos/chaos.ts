import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Cluster, WorkerComponent } from "../support/cluster.ts";
import { smallScan } from "../support/documents.ts";
import { History } from "./history.ts";

const TEXT = "The library is open from Monday to Saturday.";

/** A cluster with an onlooker. */
export interface Chaos extends AsyncDisposable {
  readonly cluster: Cluster;
  readonly history: History;
  /** The id of a new job, made through the gateway; a small scan if nothing else is given. */
  create(content?: Uint8Array | string): Promise<string>;
  /** The worker that holds the job now. */
  workerOf(id: string): Promise<WorkerComponent>;
}

/** Owns the cluster from now on. */
export async function openChaos(cluster: Cluster): Promise<Chaos> {
  const folder = await mkdtemp(path.join(tmpdir(), "dragoman-chaos-"));
  const history = await History.open(cluster.nats.url);
  const scan = smallScan(TEXT);
  let count = 0;
  return {
    cluster,
    history,
    async create(content = scan) {
      const file = path.join(folder, `${++count}.${typeof content === "string" ? "txt" : "scan"}`);
      await writeFile(file, content);
      return (await cluster.client.createFrom(file, { from: "en", to: "es" })).id;
    },
    async workerOf(id) {
      const workerId = (await cluster.store.get(id))?.workerId ?? "";
      const worker = cluster.workers.find(({ pid }) => workerId.includes(`-${pid}-`));
      if (!worker) throw new Error(`no worker holds the job: ${workerId}`);
      return worker;
    },
    async [Symbol.asyncDispose]() {
      await history[Symbol.asyncDispose]();
      await cluster[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
