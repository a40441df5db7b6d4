import type { Redis } from "ioredis";
import type { Clock } from "../../platform/clock.ts";
import type { Logger } from "../../platform/log.ts";

const CLOCK_EVERY_MS = 10_000;

/** Whether every write is on disk before it is answered; warns where not. Throws where the server is too old, or may evict what is stored. */
export async function checkServer(redis: Redis, log: Logger): Promise<boolean> {
  const info = await redis.info();
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1] ?? "";
  if (Number.parseInt(field("redis_version"), 10) < 7)
    throw new Error(`Redis ${field("redis_version")} is too old: Dragoman's scripts need 7.0 or newer.`);
  if (field("maxmemory_policy") !== "noeviction")
    throw new Error(`Redis may evict jobs: set maxmemory-policy to noeviction (it is ${field("maxmemory_policy")}).`);
  const config = await redis.config("GET", "appendfsync").catch(() => []);
  const appendfsync = Array.isArray(config) ? config[1] : undefined;
  if (field("aof_enabled") !== "1") log.warn("Redis keeps no append-only file: accepted jobs are lost with it. Set appendonly yes.");
  else if (appendfsync !== "always")
    log.warn({ appendfsync: appendfsync ?? "unknown" }, "Redis may lose its last writes when it dies. Set appendfsync always.");
  return field("aof_enabled") === "1" && appendfsync === "always";
}

/** The server's time, by the offset to this machine's that was last measured. */
export class ServerClock implements Clock {
  readonly #redis: Redis;
  readonly #log: Logger;
  readonly #timer: NodeJS.Timeout;
  #offsetMs = 0;

  constructor(redis: Redis, log: Logger) {
    this.#redis = redis;
    this.#log = log;
    this.#timer = setInterval(() => {
      this.adjust().catch((error: unknown) => this.#log.warn({ err: error }, "the server's time could not be read"));
    }, CLOCK_EVERY_MS).unref();
  }

  async adjust(): Promise<void> {
    const before = Date.now();
    const [seconds, microseconds] = await this.#redis.time();
    this.#offsetMs = Math.round(Number(seconds) * 1000 + Number(microseconds) / 1000 - (before + Date.now()) / 2);
  }

  now(): number {
    return Date.now() + this.#offsetMs;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
