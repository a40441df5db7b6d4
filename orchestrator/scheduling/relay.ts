import type { Messaging } from "../../platform/messaging/messaging.ts";
import type { OutboxEntry, Store } from "../store/store.ts";

const BATCH = 100;

/** Publishes what commits owe, in order, and removes what was taken. A crash between the two publishes twice, never not at all. */
export async function relayOutbox(store: Store, messaging: Messaging): Promise<void> {
  for (;;) {
    const entries = await store.outbox(BATCH);
    for (const entry of entries) await publish(messaging, entry);
    const last = entries.at(-1);
    if (last) await store.removeFromOutbox(last.sequence);
    if (entries.length < BATCH) return;
  }
}

async function publish(messaging: Messaging, { content, messageId }: OutboxEntry): Promise<void> {
  if (content.kind === "work") return messaging.publishWork(content.message, messageId);
  if (content.kind === "cancel") return messaging.publishCancel(content.message);
  return messaging.publishEvent(content.message);
}
