import type { ChildProcess } from "node:child_process";
import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { FileClient } from "../../cli/client.ts";
import type { DriverUrls } from "../../cli/drivers.ts";
import { JobService } from "../../gen/dragoman/v1/job_service_pb.ts";
import { issueKey } from "../../orchestrator/access/keys.ts";
import { openRedisStore } from "../../orchestrator/store/redis.ts";
import type { Store } from "../../orchestrator/store/store.ts";
import { type GrpcClient, grpcClient } from "../../platform/grpc/client.ts";
import { openLog } from "../../platform/log.ts";
import { type NatsServer, startNats } from "../servers/nats.ts";
import { end, freePort, START_DEADLINE_MS, spawnTied } from "../servers/process.ts";
import { type RedisServer, startRedis } from "../servers/redis.ts";
import { type S3Server, startS3 } from "../servers/s3.ts";
import { openRelay, type Relay } from "./relay.ts";
import { eventually } from "./service.ts";

/** One component in a process of its own, which can be killed and started again as it was. */
export interface Component {
  readonly pid: number;
  /** What it has logged since the cluster began. */
  logged(): Promise<string>;
  /** Only of an orchestrator: straight to it, past the gateway. */
  readonly jobs: GrpcClient<typeof JobService>;
  stop(signal: NodeJS.Signals): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  start(): Promise<void>;
}

export interface WorkerComponent extends Component {
  /** What it goes through to each orchestrator. */
  readonly relays: readonly Relay[];
}

export interface Cluster extends AsyncDisposable {
  readonly redis: RedisServer;
  readonly nats: NatsServer;
  readonly s3: S3Server;
  /** What the workers' and gateways' bytes go through to the S3 server. */
  readonly s3Relay: Relay;
  readonly orchestrators: readonly Component[];
  readonly workers: readonly WorkerComponent[];
  readonly gateway: Component;
  readonly url: string;
  /** The gateway's, for gRPC. */
  readonly grpcAddress: string;
  /** The first orchestrator's. */
  readonly orchestratorAddress: string;
  readonly client: FileClient;
  /** For calls straight to an orchestrator. */
  readonly authorization: string;
  /** The truth, to check invariants against. */
  readonly store: Store;
  readonly folder: string;
}

/** Real servers, and every component as a process of its own. */
export async function startCluster({
  orchestrators = 2,
  workers = 2,
  artefacts = "s3" as "s3" | "files",
  env = {} as Record<string, string>,
  /** The program of orchestrators, if it is not `dragoman orchestrator`. */
  orchestrator = undefined as string | undefined,
} = {}): Promise<Cluster> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), "dragoman-cluster-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const [redis, nats, s3] = await Promise.all([startRedis(), startNats(), startS3()]);
  for (const server of [redis, nats, s3]) stack.use(server);
  const s3Relay = stack.use(await openRelay(s3.port));
  const store = stack.use(await openRedisStore(redis.url, openLog("test", "silent")));
  const drivers: DriverUrls = {
    store: redis.url,
    messaging: nats.url,
    artefacts:
      artefacts === "s3"
        ? `${s3.url(s3Relay.port)}&public=${encodeURIComponent(`http://127.0.0.1:${s3.port}`)}`
        : `file:${folder}/artefacts`,
  };
  const ports = await Promise.all(Array.from({ length: orchestrators }, freePort));
  const shared = {
    DRAGOMAN_STORE: drivers.store,
    DRAGOMAN_MESSAGING: drivers.messaging,
    DRAGOMAN_ARTEFACTS: drivers.artefacts,
    DRAGOMAN_UPLOAD_SECRET: "a secret for tests that is long enough",
    DRAGOMAN_ORCHESTRATOR: ports.map((port) => `127.0.0.1:${port}`).join(","),
    DRAGOMAN_WORKER_KEY: await issueKey(store, { tenantId: "operator", role: "worker" }),
    DRAGOMAN_GRACE_SECONDS: "0",
    ...env,
  };
  const start = async (name: string, own: Record<string, string> = {}, port = 0, program?: string) =>
    stack.use(await startComponent(name, { ...shared, DRAGOMAN_DATA: path.join(folder, `${name}-data`), ...own }, port, program));
  const running = await Promise.all(ports.map((port) => start("orchestrator", { DRAGOMAN_PORT: String(port) }, port, orchestrator)));
  const startWorker = async (_: unknown, index: number): Promise<WorkerComponent> => {
    const relays = await Promise.all(ports.map(async (port) => stack.use(await openRelay(port))));
    const own = {
      DRAGOMAN_DATA: path.join(folder, `worker-${index}`),
      DRAGOMAN_ORCHESTRATOR: relays.map(({ address }) => address).join(","),
    };
    return Object.defineProperties({ relays } as unknown as WorkerComponent, Object.getOwnPropertyDescriptors(await start("worker", own)));
  };
  const [httpPort, grpcPort] = [await freePort(), await freePort()];
  const [gateway, ...working] = await Promise.all([
    start("gateway", { DRAGOMAN_HTTP_PORT: String(httpPort), DRAGOMAN_GRPC_PORT: String(grpcPort) }),
    ...Array.from({ length: workers }, startWorker),
  ]);
  const url = `http://127.0.0.1:${httpPort}`;
  const apiKey = await issueKey(store, { tenantId: "t", role: "client" });
  const authorization = `Bearer ${apiKey}`;
  if (workers > 0)
    for (const { jobs } of running) await eventually(async () => (await jobs.listLanguagePairs({}, { authorization })).pairs.length > 0);
  const owned = stack.move();
  return {
    ...{ redis, nats, s3, s3Relay, store, folder, url, authorization, orchestrators: running, workers: working, gateway },
    grpcAddress: `127.0.0.1:${grpcPort}`,
    orchestratorAddress: `127.0.0.1:${ports[0]}`,
    client: new FileClient(url, apiKey),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function startComponent(
  name: string,
  env: Record<string, string>,
  port: number,
  program?: string,
): Promise<Component & AsyncDisposable> {
  const log = `${env["DRAGOMAN_DATA"]}-${port}.log`;
  const args = program ? [program] : ["cli/dragoman.ts", name];
  let child = await launch(name, args, { env, log });
  const jobs = grpcClient(JobService, `127.0.0.1:${port}`);
  return {
    jobs,
    get pid() {
      return child.pid ?? 0;
    },
    logged: () => readFile(log, "utf8"),
    stop: (signal) => end(child, signal),
    signal: (signal) => void child.kill(signal),
    async start() {
      child = await launch(name, args, { env, log });
    },
    async [Symbol.asyncDispose]() {
      jobs[Symbol.dispose]();
      child.kill("SIGCONT");
      await end(child, "SIGTERM");
    },
  };
}

interface Surroundings {
  readonly env: Record<string, string>;
  readonly log: string;
}

async function launch(name: string, args: readonly string[], { env, log }: Surroundings): Promise<ChildProcess> {
  await using file = await open(log, "a");
  const child = spawnTied([process.execPath, "--disable-warning=ExperimentalWarning", ...args], {
    stdio: ["ignore", "pipe", process.env["TEST_LOGS"] ? "inherit" : file.fd],
    env: { ...process.env, ...env },
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(new Error(`${name} did not start`)), START_DEADLINE_MS);
  createInterface({ input: child.stdout as NonNullable<typeof child.stdout> }).once("line", () => resolve());
  child.once("exit", (code) => reject(new Error(`${name} ended with ${code}`)));
  try {
    await promise;
    return child;
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
