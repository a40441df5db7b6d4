import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { type Gateway, openGateway } from "../gateway/gateway.ts";
import { authenticate, issueKey } from "../orchestrator/access/keys.ts";
import { openOrchestrator } from "../orchestrator/orchestrator.ts";
import { openSqliteStore } from "../orchestrator/store/sqlite.ts";
import type { Registry } from "../orchestrator/store/store.ts";
import { openFileArtefacts } from "../platform/artefacts/files.ts";
import { openLog } from "../platform/log.ts";
import { openMemoryMessaging } from "../platform/messaging/memory.ts";
import { apertium } from "../worker/engine/services/translation/apertium.ts";
import { DragomanWorker } from "../worker/worker.ts";
import type { ServeConfig } from "./config.ts";

const SILENCE_MS = 300_000;

export interface Service extends AsyncDisposable {
  readonly httpPort: number;
  readonly grpcPort: number;
  /** Where the local user's API key is kept, mode 600. */
  readonly keyFile: string;
}

/** Every component in one process on embedded drivers; they talk gRPC to each other all the same. */
export async function serve(config: ServeConfig): Promise<Service> {
  const data = (...names: string[]) => path.join(config.dataDirectory, ...names);
  await mkdir(config.dataDirectory, { recursive: true, mode: 0o700 });
  await rm(data("scratch"), { recursive: true, force: true });
  const uploadSecret = randomBytes(32).toString("hex");
  const { host } = config;

  await using stack = new AsyncDisposableStack();
  const store = stack.use(openSqliteStore(data("jobs.db")));
  const messaging = stack.use(openMemoryMessaging());
  const artefacts = await openFileArtefacts(data("artefacts"));
  const orchestrator = stack.use(
    await openOrchestrator({ store, messaging, artefacts, log: openLog("orchestrator"), uploadSecret, host, port: 0 }),
  );
  const address = `${host}:${orchestrator.port}`;
  const translator = stack.use(apertium());
  const worker = stack.use(
    new DragomanWorker({
      orchestrator: address,
      apiKey: await issueKey(store, { tenantId: "local", role: "worker" }),
      slots: config.slots,
      prefetch: 1,
      pairs: await translator.pairs(),
      messaging,
      artefacts,
      scratch: data("scratch"),
      limits: { memoryBytes: config.memoryBytes, runMs: 24 * 3600_000, silenceMs: SILENCE_MS },
      log: openLog("worker"),
    }),
  );
  await worker.start();
  const keyFile = await localKey(store, data("api-key"));
  const gateway: Gateway = stack.use(
    await openGateway({
      orchestrator: address,
      artefacts,
      uploadSecret,
      host,
      httpPort: config.httpPort,
      grpcPort: config.grpcPort,
      log: openLog("gateway"),
    }),
  );
  const owned = stack.move();
  return { httpPort: gateway.httpPort, grpcPort: gateway.grpcPort, keyFile, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Makes the local user's key where there is none that the store knows. */
async function localKey(registry: Registry, file: string): Promise<string> {
  try {
    await authenticate(registry, (await readFile(file, "utf8")).trim(), "client");
  } catch {
    const key = await issueKey(registry, { tenantId: "local", role: "client" });
    await rm(file, { force: true });
    await writeFile(file, `${key}\n`, { mode: 0o600, flag: "wx" });
  }
  return file;
}
