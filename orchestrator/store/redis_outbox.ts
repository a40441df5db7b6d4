import { randomUUID } from "node:crypto";
import { decodeContent } from "../../platform/messaging/codec.ts";
import type { MessageContent, OutboxMessage } from "../../platform/messaging/messaging.ts";
import { SHARDS } from "../jobs/id.ts";
import { asked, prefix, type RedisClient, type StreamEntry } from "./redis_client.ts";
import type { Outbox } from "./store.ts";

/**
 * How long a dead orchestrator holds up a shard's messages. One that is only slow may lose the lease while it
 * publishes; then both publish the same messages in the same order, and their ids drop the second of each.
 */
const RELAY_LEASE_MS = 2_000;
const RELAY_BATCH = 200;
/** Shards that nobody here wrote to are looked at this often: their messages may be a dead orchestrator's. */
const RELAY_ALL_EVERY_MS = 1_000;

/** The outbox of each shard, a stream. */
export class RedisOutbox implements Outbox {
  readonly #redis: RedisClient;
  readonly #relayOwner = randomUUID();
  /** Shards whose outboxes were written to here since they were last relayed. */
  readonly #owing = new Set<string>();
  #relayAllAt = 0;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** A commit here left messages in this shard. */
  owes(shard: string): void {
    this.#owing.add(shard);
  }

  async relay(publish: (messages: readonly OutboxMessage[]) => Promise<void>): Promise<void> {
    const all = performance.now() >= this.#relayAllAt;
    if (all) this.#relayAllAt = performance.now() + RELAY_ALL_EVERY_MS;
    const shards = all ? SHARDS : [...this.#owing];
    const outcomes = await Promise.allSettled(shards.map((shard) => this.#relayShard(shard, publish)));
    const failed = outcomes.find((outcome) => outcome.status === "rejected");
    if (failed) throw failed.reason;
  }

  async #relayShard(shard: string, publish: (messages: readonly OutboxMessage[]) => Promise<void>): Promise<void> {
    this.#owing.delete(shard);
    try {
      let published: Buffer[] = [];
      for (;;) {
        const lease = this.#redis.relayOutboxBuffer(prefix(shard), this.#relayOwner, RELAY_LEASE_MS, RELAY_BATCH, ...published);
        const entries = await asked(lease);
        if (entries.length === 0) return;
        await publish(entries.map(toMessage));
        published = entries.map(([id]) => id);
      }
    } catch (error) {
      this.#owing.add(shard);
      // Another may have better luck at once; if this fails too, the lease runs out.
      await this.#redis.releaseRelay(prefix(shard), this.#relayOwner).catch(() => undefined);
      throw error;
    }
  }
}

function toMessage([, fields]: StreamEntry): OutboxMessage {
  const [, id, , kind, , content] = fields;
  if (!id || !kind || !content) throw new Error("an outbox entry lacks a field");
  return { id: id.toString(), content: decodeContent(kind.toString() as MessageContent["kind"], content) };
}
