import path from "node:path";
import { openGateway } from "../gateway/gateway.ts";
import { openOrchestrator } from "../orchestrator/orchestrator.ts";
import { openLog } from "../platform/log.ts";
import { watchEventLoop } from "../platform/watchdog.ts";
import { dependenciesOf, openWorker, tellHealth } from "./components.ts";
import { readCommon, readEdge, readJobPolicy, readSlots } from "./config.ts";
import { openArtefacts, openMessaging, openStore } from "./drivers.ts";
import { keptKey, keptSecret, withdrawOtherWorkerKeys } from "./local_secrets.ts";
import { ownFolder } from "./own_folder.ts";

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
  await ownFolder(dataDirectory);
  const uploadSecret = await keptSecret(path.join(dataDirectory, "upload-secret"));
  const log = openLog("orchestrator");

  await using stack = new AsyncDisposableStack();
  stack.use(watchEventLoop("service"));
  const store = stack.use(await openStore(drivers.store, log));
  const messaging = stack.use(await openMessaging(drivers.messaging, log));
  const artefacts = await openArtefacts(drivers.artefacts);
  const parts = { store, messaging, artefacts, log, uploadSecret, host: "127.0.0.1", port: 0, ...readJobPolicy(env) };
  const orchestrator = `127.0.0.1:${stack.use(await openOrchestrator(parts)).port}`;
  const apiKey = await keptKey(store, path.join(dataDirectory, "worker-key"), "worker");
  if (drivers.store.startsWith("sqlite:")) await withdrawOtherWorkerKeys(store, apiKey);
  stack.use(await openWorker(common, { ...readSlots(env), orchestrator, apiKey, graceMs: 0 }, messaging, artefacts));
  const keyFile = path.join(dataDirectory, "api-key");
  await keptKey(store, keyFile, "client");
  const gateway = stack.use(await openGateway({ ...edge, orchestrator, artefacts, uploadSecret, graceMs: 500, log: openLog("gateway") }));
  await tellHealth(stack, common, dependenciesOf(store, messaging, artefacts));
  const owned = stack.move();
  return { httpPort: gateway.httpPort, grpcPort: gateway.grpcPort, keyFile, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
