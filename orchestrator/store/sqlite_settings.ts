import type { SettingsStore } from "./settings_store.ts";
import type { SqliteDatabase } from "./sqlite_database.ts";
import { statements } from "./sqlite_statements.ts";

const SQL = statements("settings.sql", ["read", "write"]);

/** The settings of tenants, in a table of their own. */
export function settingsQueries(db: SqliteDatabase): SettingsStore {
  return {
    async settings(tenant) {
      const content = db.sql(SQL.read).get({ tenant })?.["content"];
      return content instanceof Uint8Array ? content : undefined;
    },
    async saveSettings(tenant, content) {
      db.sql(SQL.write).run({ tenant, content });
    },
  };
}
