import { timestampMs } from "@bufbuild/protobuf/wkt";
import { decodeContent } from "../../platform/messaging/codec.ts";
import type { MessageContent, OutboxMessage } from "../../platform/messaging/messaging.ts";
import type { Row, SqliteDatabase } from "./sqlite_database.ts";
import { statements } from "./sqlite_statements.ts";
import type { Store } from "./store.ts";

const RELAY_BATCH = 100;
const SQL = statements("outbox.sql", ["owed", "published", "countOwed", "oldestEvent"]);

/** Messages that were committed and are not published yet. */
export function outbox(db: SqliteDatabase): Pick<Store, "relay" | "outboxState"> {
  return {
    async relay(publish) {
      for (;;) {
        const rows = db.sql(SQL.owed).all({ limit: RELAY_BATCH });
        if (rows.length === 0) return;
        await publish(rows.map(toMessage));
        db.sql(SQL.published).run({ sequence: Number(rows.at(-1)?.["sequence"]) });
      }
    },
    async outboxState() {
      const depth = Number(db.sql(SQL.countOwed).get()?.["n"]);
      const oldest = db.sql(SQL.oldestEvent).get();
      const { content } = oldest ? toMessage(oldest) : {};
      const time = content?.kind === "event" ? content.message.job?.updateTime : undefined;
      return { depth, oldestAt: time ? timestampMs(time) : null };
    },
  };
}

function toMessage(row: Row): OutboxMessage {
  const kind = row["kind"] as MessageContent["kind"];
  return { id: String(row["message_id"]), content: decodeContent(kind, row["message"] as Uint8Array) };
}
