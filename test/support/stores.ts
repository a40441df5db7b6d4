import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Redis } from "ioredis";
import { openRedisStore } from "../../orchestrator/store/redis.ts";
import { openSqliteStore } from "../../orchestrator/store/sqlite.ts";
import type { Store } from "../../orchestrator/store/store.ts";
import { openLog } from "../../platform/log.ts";
import { type RedisServer, startRedis } from "../servers/redis.ts";

/** Where a store keeps what it has: `open` gives a fresh one, or the same again after it was closed. */
export interface StorePlace {
  open(): Promise<Store>;
  remove(): Promise<void>;
}

/** `suite` over every driver; `onRedis` has what only a Redis server shows. */
export function describeStores(
  suite: (driver: string, place: () => StorePlace) => void,
  onRedis: (url: () => string) => void = () => undefined,
): void {
  suite("SQLite", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "dragoman-store-"));
    return {
      open: async () => openSqliteStore(path.join(folder, "jobs.db")),
      remove: async () => rmSync(folder, { recursive: true }),
    };
  });

  describe("with a Redis server", () => {
    let server: RedisServer;
    before(async () => {
      server = await startRedis();
    });
    after(() => server[Symbol.asyncDispose]());
    onRedis(() => server.url);
    suite("Redis", () => ({
      open: () => openRedisStore(server.url, openLog("test", "silent")),
      async remove() {
        const redis = new Redis(server.url);
        await redis.flushall();
        redis.disconnect();
      },
    }));
  });
}

/** Gives each test a fresh store, which is removed after it; what this returns closes the store within a test, and opens the same again. */
export function beforeEachStore(place: () => StorePlace, give: (store: Store) => void): () => Promise<void> {
  let at: StorePlace;
  let store: Store;
  const open = async () => {
    store = await at.open();
    give(store);
  };
  beforeEach(async () => {
    at = place();
    await open();
  });
  afterEach(async () => {
    await store[Symbol.asyncDispose]();
    await at.remove();
  });
  return async () => {
    await store[Symbol.asyncDispose]();
    await open();
  };
}
