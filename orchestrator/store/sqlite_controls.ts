import { type Controls, NO_CONTROLS } from "../policy/controls.ts";
import type { ControlsStore } from "./controls_store.ts";
import { addAudit } from "./sqlite_audit.ts";
import type { SqliteDatabase } from "./sqlite_database.ts";
import { statements } from "./sqlite_statements.ts";

const SQL = statements("controls.sql", ["read", "insert", "update"]);

/** What operators have set for the whole deployment, in a table of one row. */
export function controlsQueries(db: SqliteDatabase): ControlsStore {
  return {
    async controls() {
      const content = db.sql(SQL.read).get()?.["content"];
      return content ? (JSON.parse(String(content)) as Controls) : NO_CONTROLS;
    },
    async saveControls(controls, audit) {
      const [content, before] = [JSON.stringify(controls), controls.version - 1];
      const write = () => (before === 0 ? db.sql(SQL.insert).run({ content }) : db.sql(SQL.update).run({ content, before }));
      return db.transact(() => write().changes > 0 && addAudit(db, audit));
    },
  };
}
