import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { openGateway } from "../gateway/gateway.ts";
import { authenticate, issueKey } from "../orchestrator/access/keys.ts";
import { openOrchestrator } from "../orchestrator/orchestrator.ts";
import type { Store } from "../orchestrator/store/store.ts";
import { openLog } from "../platform/log.ts";
import { watchEventLoop } from "../platform/watchdog.ts";
import { dependenciesOf, openWorker, tellHealth } from "./components.ts";
import { readCommon, readConduct, readEdge, readSlots } from "./config.ts";
import { openArtefacts, openMessaging, openStore } from "./drivers.ts";

export interface Service extends AsyncDisposable {
  readonly httpPort: number;
  readonly grpcPort: number;
  /** Where the local user's API key is kept, mode 600. */
  readonly keyFile: string;
}

/** Every component in one process, on embedded drivers if the environment names no others; they talk gRPC to each other all the same. */
export async function serve(env: NodeJS.ProcessEnv): Promise<Service> {
  const common = readCommon(env);
  const { dataDirectory, drivers } = common;
  const edge = readEdge(env);
  const uploadSecret = randomBytes(32).toString("hex");
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 });
  const log = openLog("orchestrator");

  await using stack = new AsyncDisposableStack();
  stack.use(watchEventLoop("service"));
  const store = stack.use(await openStore(drivers.store, log));
  const messaging = stack.use(await openMessaging(drivers.messaging, log));
  const artefacts = await openArtefacts(drivers.artefacts);
  const parts = { store, messaging, artefacts, log, uploadSecret, host: "127.0.0.1", port: 0, ...readConduct(env) };
  const orchestrator = `127.0.0.1:${stack.use(await openOrchestrator(parts)).port}`;
  const apiKey = await issueKey(store, { tenantId: "local", role: "worker" });
  stack.use(await openWorker(common, { ...readSlots(env), orchestrator, apiKey, graceMs: 0 }, messaging, artefacts));
  const keyFile = await localKey(store, path.join(dataDirectory, "api-key"));
  const gateway = stack.use(await openGateway({ ...edge, orchestrator, artefacts, uploadSecret, graceMs: 500, log: openLog("gateway") }));
  await tellHealth(stack, common, dependenciesOf(store, messaging, artefacts));
  const owned = stack.move();
  return { httpPort: gateway.httpPort, grpcPort: gateway.grpcPort, keyFile, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Makes the local user's key where there is none that the store knows. */
async function localKey(store: Store, file: string): Promise<string> {
  try {
    await authenticate(store, (await readFile(file, "utf8")).trim(), "client");
  } catch {
    const key = await issueKey(store, { tenantId: "local", role: "client" });
    await rm(file, { force: true });
    await writeFile(file, `${key}\n`, { mode: 0o600, flag: "wx" });
  }
  return file;
}
