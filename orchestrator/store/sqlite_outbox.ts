import { timestampMs } from "@bufbuild/protobuf/wkt";
import { decodeContent } from "../../platform/messaging/codec.ts";
import type { Message, MessageContent } from "../../platform/messaging/messaging.ts";
import type { Row, SqliteDatabase } from "./sqlite_database.ts";
import type { Store } from "./store.ts";

const RELAY_BATCH = 100;

/** Messages that were committed and are not published yet. */
export function outbox(db: SqliteDatabase): Pick<Store, "relay" | "outboxState"> {
  const sql = (text: string) => db.sql(text);
  return {
    async relay(publish) {
      for (;;) {
        const rows = sql("SELECT * FROM outbox ORDER BY sequence LIMIT ?").all(RELAY_BATCH);
        if (rows.length === 0) return;
        await publish(rows.map(toMessage));
        sql("DELETE FROM outbox WHERE sequence <= ?").run(Number(rows.at(-1)?.["sequence"]));
      }
    },
    async outboxState() {
      const depth = Number(sql("SELECT COUNT(*) AS n FROM outbox").get()?.["n"]);
      // Each commit's first message is its event, and that says when it was.
      const oldest = sql("SELECT * FROM outbox WHERE kind = 'event' ORDER BY sequence LIMIT 1").get();
      const { content } = oldest ? toMessage(oldest) : {};
      const time = content?.kind === "event" ? content.message.job?.updateTime : undefined;
      return { depth, oldestAt: time ? timestampMs(time) : null };
    },
  };
}

function toMessage(row: Row): Message {
  const kind = row["kind"] as MessageContent["kind"];
  return { id: String(row["message_id"]), content: decodeContent(kind, row["message"] as Uint8Array) };
}
