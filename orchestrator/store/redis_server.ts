import type { Redis } from "ioredis";
import type { Clock } from "../../platform/clock.ts";
import { DragomanError } from "../../platform/errors.ts";
import type { Logger } from "../../platform/log.ts";

const CLOCK_EVERY_MS = 10_000;
const MAX_WAY_MS = 500;
/** The first whose scripts may begin with `#!lua`, and so be refused whole when memory is out. */
export const MIN_VERSION = 7;

/** What a Redis server says of itself, as far as jobs depend on it. */
export interface RedisState {
  readonly version: string;
  readonly evictionPolicy: string;
  readonly appendOnly: boolean;
  /** "unknown" where the server does not let one ask. */
  readonly appendfsync: string;
}

export async function readServerState(redis: Redis): Promise<RedisState> {
  const info = await redis.info();
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1] ?? "";
  const config: unknown = await redis.config("GET", "appendfsync").catch(() => []);
  return {
    version: field("redis_version"),
    evictionPolicy: field("maxmemory_policy"),
    appendOnly: field("aof_enabled") === "1",
    appendfsync: Array.isArray(config) && typeof config[1] === "string" ? config[1] : "unknown",
  };
}

/** Whether every write is on disk before it is answered; warns where not. Throws STORE_UNFIT where the server is too old, or may evict what is stored. */
export async function checkServer(redis: Redis, log: Logger): Promise<boolean> {
  const { version, evictionPolicy, appendOnly, appendfsync } = await readServerState(redis);
  if (Number.parseInt(version, 10) < MIN_VERSION)
    throw DragomanError.of("STORE_UNFIT", `Redis ${version} is too old: Dragoman's scripts need ${MIN_VERSION}.0 or newer.`);
  if (evictionPolicy !== "noeviction")
    throw DragomanError.of("STORE_UNFIT", `Redis may evict jobs: its maxmemory-policy is ${evictionPolicy}.`, {
      hint: "Set maxmemory-policy to noeviction.",
    });
  if (!appendOnly) log.warn("Redis keeps no append-only file: accepted jobs are lost with it. Set appendonly yes.");
  else if (appendfsync !== "always") log.warn({ appendfsync }, "Redis may lose its last writes when it dies. Set appendfsync always.");
  return appendOnly && appendfsync === "always";
}

/** The server's time, by its offset to this process's monotonic clock that was last measured: this machine's own clock may be set. */
export class ServerClock implements Clock {
  readonly #redis: Pick<Redis, "time">;
  readonly #log: Logger;
  readonly #timer: NodeJS.Timeout;
  #offsetMs: number | undefined;

  constructor(redis: Pick<Redis, "time">, log: Logger) {
    this.#redis = redis;
    this.#log = log;
    this.#timer = setInterval(() => {
      this.adjust().catch((error: unknown) => this.#log.warn({ err: error }, "the server's time could not be read"));
    }, CLOCK_EVERY_MS).unref();
  }

  async adjust(): Promise<void> {
    const before = performance.now();
    const [seconds, microseconds] = await this.#redis.time();
    const after = performance.now();
    // An answer that was long on its way says little of when it was given; what was measured before still holds.
    if (this.#offsetMs !== undefined && after - before > MAX_WAY_MS) return;
    this.#offsetMs = Number(seconds) * 1000 + Number(microseconds) / 1000 - (before + after) / 2;
  }

  now(): number {
    return Math.round(performance.now() + (this.#offsetMs ?? performance.timeOrigin));
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
