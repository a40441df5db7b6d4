import type { GlossaryCommit, GlossaryStore, StoredGlossary } from "./glossary_store.ts";
import type { Row, SqliteDatabase } from "./sqlite_database.ts";
import { statements } from "./sqlite_statements.ts";

const SQL = statements("glossaries.sql", ["glossary", "glossaries", "saveGlossary", "saveTerms", "forgetTerms", "terms", "removeGlossary"]);

/** The glossaries of tenants. */
export function glossaryQueries(db: SqliteDatabase): GlossaryStore {
  return {
    async glossary(tenant, id) {
      const row = db.sql(SQL.glossary).get({ tenant, id });
      return row && toGlossary(row);
    },
    glossaries: async (tenant) => db.sql(SQL.glossaries).all({ tenant }).map(toGlossary),
    async saveGlossary(commit) {
      let outcome: "saved" | "changed" | "full" = "changed";
      db.transact(() => {
        outcome = save(db, commit);
        return outcome === "saved";
      });
      return outcome;
    },
    async glossaryTerms(tenant, id, version) {
      const terms = db.sql(SQL.terms).get({ tenant, id, version })?.["terms"];
      return terms instanceof Uint8Array ? terms : undefined;
    },
    async removeGlossary(tenant, id) {
      const removed = db.transact(() => {
        const { changes } = db.sql(SQL.removeGlossary).run({ tenant, id });
        if (changes > 0) db.sql(SQL.forgetTerms).run({ id, oldest: Number.MAX_SAFE_INTEGER });
        return changes > 0;
      });
      return removed && db.erases();
    },
  };
}

function save(db: SqliteDatabase, { glossary, terms, most }: GlossaryCommit): "saved" | "changed" | "full" {
  const { id, tenantId: tenant, versions } = glossary;
  const [newest, oldest] = [versions[0]?.version ?? 0, versions.at(-1)?.version ?? 0];
  const there = Number(db.sql(SQL.glossary).get({ tenant, id })?.["version"] ?? 0);
  if (there !== newest - 1) return "changed";
  if (there === 0 && db.sql(SQL.glossaries).all({ tenant }).length >= most) return "full";
  db.sql(SQL.saveGlossary).run({ id, tenant, version: newest, content: JSON.stringify(glossary) });
  db.sql(SQL.saveTerms).run({ id, version: newest, terms });
  db.sql(SQL.forgetTerms).run({ id, oldest });
  return "saved";
}

function toGlossary(row: Row): StoredGlossary {
  return JSON.parse(String(row["content"])) as StoredGlossary;
}
