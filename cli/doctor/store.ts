import { existsSync } from "node:fs";
import { access, constants } from "node:fs/promises";
import path from "node:path";
import { Redis } from "ioredis";
import { connected, storeError } from "../../orchestrator/store/redis_client.ts";
import { MIN_VERSION, readServerState } from "../../orchestrator/store/redis_server.ts";
import { clockSkew, type Diagnosis, failure, ok, warning } from "./diagnosis.ts";

const TIMEOUT_MS = 5_000;

/** The store of DRAGOMAN_STORE. */
export async function checkStore(url: string): Promise<Diagnosis[]> {
  if (url.startsWith("sqlite:")) return [await checkFile(url.slice("sqlite:".length))];
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: TIMEOUT_MS, commandTimeout: TIMEOUT_MS, retryStrategy: () => null });
  redis.on("error", () => undefined);
  try {
    await connected(redis);
    const { version, evictionPolicy, appendOnly, appendfsync } = await readServerState(redis);
    const before = Date.now();
    const [seconds, microseconds] = await redis.time();
    return [
      Number.parseInt(version, 10) < MIN_VERSION
        ? failure("Redis version", version, `Use ${MIN_VERSION}.0 or newer.`)
        : ok("Redis version", version),
      evictionPolicy === "noeviction"
        ? ok("Redis maxmemory-policy", evictionPolicy)
        : failure("Redis maxmemory-policy", evictionPolicy, "Set maxmemory-policy noeviction: Redis may else throw jobs away."),
      appendOnly
        ? ok("Redis appendonly", "yes")
        : warning("Redis appendonly", "no", "Set appendonly yes: accepted jobs are else lost with the server."),
      appendfsync === "always"
        ? ok("Redis appendfsync", appendfsync)
        : warning("Redis appendfsync", appendfsync, "Set appendfsync always: jobs accepted in its last second are else lost with it."),
      clockSkew("Redis clock", Number(seconds) * 1000 + Number(microseconds) / 1000, before, Date.now()),
    ];
  } catch (error) {
    const { code, detail } = storeError(error);
    if (code === "CREDENTIALS_REFUSED") return [failure("Redis", detail.message, detail.hint)];
    return [failure("Redis", "cannot be reached", "Start it, or look at host, port and password in DRAGOMAN_STORE.")];
  } finally {
    redis.disconnect();
  }
}

async function checkFile(file: string): Promise<Diagnosis> {
  const folder = path.dirname(path.resolve(file));
  if (!existsSync(folder)) return ok("SQLite", `${folder} is not there yet: \`dragoman serve\` makes it`);
  try {
    await access(folder, constants.W_OK);
    return ok("SQLite", "its folder can be written to");
  } catch {
    return failure("SQLite", `${folder} cannot be written to`, "Give this user the right, or set DRAGOMAN_DATA.");
  }
}
