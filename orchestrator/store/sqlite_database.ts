import { chmodSync, closeSync, openSync, statSync } from "node:fs";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { isDiskFull } from "../../platform/disk.ts";
import { DragomanError } from "../../platform/errors.ts";
import { migrate } from "./sqlite_migrations.ts";

/** Primary result codes. */
const SQLITE_FULL = 13;

export type Row = Record<string, unknown>;

/** By the names that a statement gives its parameters. */
type Values = Record<string, SQLInputValue>;

interface Statement {
  run(values: Values): { readonly changes: number };
  get(values?: Values): Row | undefined;
  all(values?: Values): Row[];
}

/** One file, of this process alone, in a folder that is there. Each method throws UNAVAILABLE, and STORAGE_FULL where the disk is. */
export class SqliteDatabase implements Disposable {
  readonly #db: DatabaseSync;
  #erases = false;
  readonly #prepared = new Map<string, Statement>();

  /** WAL with `synchronous=FULL`: what was committed survives the machine. */
  constructor(file: string) {
    try {
      if (file !== ":memory:") makePrivate(file);
      this.#db = new DatabaseSync(file);
      // What is deleted is overwritten, not only given up for other rows.
      this.#db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; PRAGMA secure_delete = ON;");
      migrate(this.#db);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : "";
      throw storeError(
        cause,
        `The store ${file} cannot be opened: ${why}.`,
        "Make it and its folder writable for this user, or set DRAGOMAN_DATA.",
      );
    }
  }

  sql(text: string): Statement {
    const known = this.#prepared.get(text);
    if (known) return known;
    const statement = translated(() => this.#db.prepare(text));
    const guarded: Statement = {
      run: (values) => ({ changes: Number(translated(() => statement.run(values)).changes) }),
      get: (values = {}) => translated(() => statement.get(values)),
      all: (values = {}) => translated(() => statement.all(values)),
    };
    this.#prepared.set(text, guarded);
    return guarded;
  }

  /** `work` as one step; undone where it gives false or throws. */
  transact(work: () => boolean): boolean {
    translated(() => this.#db.exec("BEGIN IMMEDIATE"));
    try {
      const done = work();
      translated(() => this.#db.exec(done ? "COMMIT" : "ROLLBACK"));
      return done;
    } catch (error) {
      if (this.#db.isTransaction) translated(() => this.#db.exec("ROLLBACK"));
      throw error;
    }
  }

  /** What was deleted is to be in no file any more once `erase` was called. Always true. */
  erases(): true {
    this.#erases = true;
    return true;
  }

  /** Empties the log of what was written, which still has what was deleted since. */
  erase(): void {
    if (!this.#erases) return;
    this.#erases = false;
    translated(() => this.#db.exec("PRAGMA wal_checkpoint(TRUNCATE)"));
  }

  [Symbol.dispose](): void {
    if (this.#db.isOpen) this.#db.close();
  }
}

function translated<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storeError(error);
  }
}

function storeError(cause: unknown, message = "The store failed.", hint?: string): DragomanError {
  const { errcode } = cause as { errcode?: number };
  if (isDiskFull(cause) || (errcode !== undefined && (errcode & 0xff) === SQLITE_FULL))
    return DragomanError.of("STORAGE_FULL", "There is no room left for the store.", { cause, retryAfterMs: 10_000 });
  return DragomanError.of("UNAVAILABLE", message, { cause, retryAfterMs: 1_000, ...(hint && { hint }) });
}

/** Nobody else may read what tenants send. SQLite gives the files that it makes beside this one the same rights. */
function makePrivate(file: string): void {
  closeSync(openSync(file, "a", 0o600));
  for (const each of [file, `${file}-wal`, `${file}-shm`]) {
    const owner = statSync(each, { throwIfNoEntry: false })?.uid;
    if (owner !== undefined && owner === process.getuid?.()) chmodSync(each, 0o600);
  }
}
