import { readdirSync, readFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { JobState } from "../../gen/dragoman/v1/job_pb.ts";
import { migrate } from "./sqlite_migrations.ts";
import { sqlFile, statements } from "./sqlite_statements.ts";

const files = (folder: string, ending: string) =>
  readdirSync(new URL(folder, import.meta.url), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => ({ name, text: readFileSync(new URL(`${folder}/${name}`, import.meta.url), "utf8") }));

describe("the statements of SQLite", () => {
  const all = files("./sqlite", ".sql");

  it("are each understood by SQLite, on the tables there are", () => {
    const db = new DatabaseSync(":memory:");
    migrate(db);
    const named = all.filter(({ text }) => text.includes("-- name:"));
    for (const { name, text } of named) {
      const names = [...text.matchAll(/^-- name: (\w+)$/gm)].map(([, found = ""]) => found);
      for (const [which, statement] of Object.entries(statements(name, names)))
        expect(() => db.prepare(statement), `${name}: ${which}`).not.to.throw();
    }
    expect(named.length).to.be.at.least(11);
  });

  it("find jobs of all tenants by their state without looking at the others", () => {
    const db = new DatabaseSync(":memory:");
    migrate(db);
    const text = all.find(({ name }) => name === "jobs.sql")?.text ?? "";
    const statement = /^-- name: listAllInState$([^;]+;)/m.exec(text)?.[1];
    const plan = db.prepare(`EXPLAIN QUERY PLAN ${statement}`).all({ state: 1, before: "~", from: "", limit: 9 });
    expect(plan.map(({ detail }) => detail)).to.deep.equal(["SEARCH jobs USING INDEX jobs_of_all_by_state (state=? AND id>? AND id<?)"]);
  });

  it("name states by the numbers of the contract", () => {
    const found = all.flatMap(({ text }) => [...text.matchAll(/(\d+) \/\* (\w+) \*\//g)]);
    for (const [, number, name = ""] of found) expect(JobState[name as keyof typeof JobState], name).to.equal(Number(number));
    expect(found).not.to.be.empty;
    const bare = all
      .flatMap(({ text }) => text.match(/\bstate (=|IN) *\(?\d+(?! \/\*)[^:]/g) ?? [])
      .filter((each) => !each.startsWith("state = 0"));
    expect(bare).to.deep.equal([]);
  });

  it("say never by one number", () => {
    const never = all.flatMap(({ text }) => text.match(/\d{12,}/g) ?? []);
    expect(new Set(never)).to.deep.equal(new Set([String(Number.MAX_SAFE_INTEGER)]));
  });

  it("are those that the program asks for, or it does not start", () => {
    expect(() => statements("settings.sql", ["read"])).to.throw("settings.sql and what is asked of it differ: write");
    expect(() => statements("settings.sql", ["read", "write", "other"])).to.throw("other");
    expect(() => sqlFile("none.sql")).to.throw("ENOENT");
  });
});

describe("a script of Redis", () => {
  const scripts = files("./redis", ".lua");
  // Parts of scripts have their heads in these.
  const parts = new Set(scripts.flatMap(({ text }) => [...text.matchAll(/^-- include (\S+)$/gm)].map(([, part]) => `${part}.lua`)));
  for (const { name, text } of scripts.filter((file) => !parts.has(file.name)))
    it(`begins with what it takes, gives and refuses: ${name}`, () => {
      const [, flags, head = ""] = /^#!lua( flags=(?:no-writes|allow-oom))?\n((?:--.*\n)+)\n/.exec(text) ?? [];
      expect(head).to.match(/^-- [A-Z]/);
      for (const part of ["Keys", "Arguments", "Answer", "Errors"]) expect(head, part).to.contain(`-- ${part}`);
      const writes = /redis\.call\('(HSET|SET|DEL|ZADD|ZREM|HDEL|SADD|SREM|XADD|XDEL|HINCRBY)'|(add_audit|rest|forget_delivery)\(/.test(
        text,
      );
      expect(writes).to.equal(flags !== " flags=no-writes");
    });
});
