import path from "node:path";
import { type ChildParts, EngineChild } from "./child.ts";
import { CompileCache } from "./compile_cache.ts";

/** What a child remembers and what it leaks stay bounded. */
const MAX_DOCUMENTS = 50;
/** So long after its last document a child holds nothing of a tenant's any more. */
const TENANT_IDLE_MS = 60_000;
/** So long after the last document of all, nothing is held ready. */
const IDLE_MS = 600_000;

export interface PoolParts extends Omit<ChildParts, "folder" | "kept"> {
  /** Each child has a folder of its own in it. */
  readonly folder: string;
  /** How many children there are while all wait; with none, each reads one document. */
  readonly size: number;
  /** How many one reads at most. */
  readonly maxDocuments?: number;
}

/** A child for one document, one look at one, or one revision; giving it back waits for its end unless the document went well. */
export interface Borrowed extends AsyncDisposable {
  /** Where it leaves what it makes, until it is given back. */
  readonly output: string;
  run: EngineChild["run"];
  show: EngineChild["show"];
  revise: EngineChild["revise"];
}

/** One that waits for a document. */
interface Waiting {
  readonly child: EngineChild;
  /** Whose documents it read; empty before the first. */
  readonly tenant: string;
  readonly documents: number;
  readonly timer: NodeJS.Timeout | undefined;
}

/**
 * Engines that are started before there is a document for them. One reads the documents of one tenant, so many one
 * after another, and ends after any that did not go well.
 */
export class ChildPool implements AsyncDisposable {
  readonly #parts: PoolParts;
  readonly #code: CompileCache;
  readonly #waiting = new Set<Waiting>();
  /** Of children that will wait, and for whose documents: such as are being started, for anybody's, and such as clear up after one. */
  readonly #coming = new Map<Promise<void>, string>();
  readonly #ending = new Set<Promise<void>>();
  #borrowed = 0;
  #started = 0;
  #closed = false;
  #idle: NodeJS.Timeout | undefined;

  constructor(parts: PoolParts) {
    this.#parts = parts;
    this.#code = new CompileCache(parts);
  }

  /** Starts as many as wait when nothing runs. */
  prepare(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.#endAll(), IDLE_MS).unref();
    while (this.#lacksOne())
      this.#expect(
        this.#start().then((child) => this.#wait({ child, tenant: "", documents: 0 })),
        "",
      );
  }

  /** One that reads `tenant`'s documents, or has read none. Throws ENGINE_NOT_STARTED if none can be started, or `signal`'s reason. */
  async borrow(tenant: string, signal: AbortSignal): Promise<Borrowed> {
    this.#borrowed += 1;
    try {
      const { child, documents } = await this.#find(tenant, signal);
      return this.#lend(child, tenant, documents);
    } catch (error) {
      this.#borrowed -= 1;
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idle);
    await Promise.all(this.#coming.keys());
    this.#endAll();
    await Promise.all(this.#ending);
    await this.#code[Symbol.asyncDispose]();
  }

  async #find(tenant: string, signal: AbortSignal): Promise<{ child: EngineChild; documents: number }> {
    for (;;) {
      const clears = [...this.#coming.values()].includes(tenant);
      // One that knows the tenant has loaded what its documents need: it is sooner done than one that has not.
      const known = [...this.#waiting].findLast((each) => each.tenant === tenant) ?? (clears ? undefined : this.#fresh());
      if (known) return this.#take(known);
      if (this.#coming.size === 0) break;
      await Promise.race(this.#coming.keys());
      signal.throwIfAborted();
    }
    const [oldest] = this.#waiting;
    if (oldest && this.#waiting.size + this.#borrowed > this.#parts.size) this.#end(this.#take(oldest).child);
    const child = await this.#start();
    if (!signal.aborted && !this.#closed) return { child, documents: 0 };
    this.#end(child);
    signal.throwIfAborted();
    throw new Error("The pool is closed.");
  }

  #lacksOne(): boolean {
    return !this.#closed && this.#waiting.size + this.#coming.size + this.#borrowed < this.#parts.size;
  }

  #fresh(): Waiting | undefined {
    return [...this.#waiting].find(({ tenant }) => tenant === "");
  }

  #lend(child: EngineChild, tenant: string, documents: number): Borrowed {
    const { maxDocuments = MAX_DOCUMENTS } = this.#parts;
    let went = false;
    return {
      output: child.output,
      async run(...work) {
        const result = await child.run(...work);
        went = true;
        return result;
      },
      async show(...work) {
        await child.show(...work);
        went = true;
      },
      async revise(...work) {
        const revised = await child.revise(...work);
        went = true;
        return revised;
      },
      [Symbol.asyncDispose]: async () => {
        this.#borrowed -= 1;
        // Of a tenant that is not known two documents may be two tenants'.
        if (went && tenant && documents + 1 < maxDocuments && this.#lacksOne())
          this.#expect(this.#clear(child, tenant, documents + 1), tenant);
        else await this.#end(child);
        this.prepare();
      },
    };
  }

  async #clear(child: EngineChild, tenant: string, documents: number): Promise<void> {
    if (await child.clear().catch(() => false)) this.#wait({ child, tenant, documents });
    else this.#end(child);
  }

  #expect(child: Promise<void>, tenant: string): void {
    // Whoever needs one that does not come is told why by its own start.
    const coming = child.catch(() => undefined).finally(() => this.#coming.delete(coming));
    this.#coming.set(coming, tenant);
  }

  #wait(given: Omit<Waiting, "timer">): void {
    if (this.#closed) return void this.#end(given.child);
    const timer = given.tenant
      ? setTimeout(() => {
          this.#end(this.#take(waiting).child);
          this.prepare();
        }, TENANT_IDLE_MS).unref()
      : undefined;
    const waiting: Waiting = { ...given, timer };
    this.#waiting.add(waiting);
    // What ends while it waits is there for no document.
    void given.child.ended.then(() => {
      if (this.#waiting.has(waiting)) this.#end(this.#take(waiting).child);
    });
  }

  #take(waiting: Waiting): Waiting {
    clearTimeout(waiting.timer);
    this.#waiting.delete(waiting);
    return waiting;
  }

  #start(): Promise<EngineChild> {
    this.#started += 1;
    // Those that were prepared first may be all that there ever are.
    if (this.#started > Math.max(1, this.#parts.size)) this.#code.make();
    return EngineChild.start({ ...this.#parts, kept: this.#code.kept, folder: path.join(this.#parts.folder, `child-${this.#started}`) });
  }

  #endAll(): void {
    for (const waiting of [...this.#waiting]) this.#end(this.#take(waiting).child);
  }

  /** Resolves when it is gone. */
  #end(child: EngineChild): Promise<void> {
    const ending = child[Symbol.asyncDispose]().finally(() => this.#ending.delete(ending));
    this.#ending.add(ending);
    return ending;
  }
}
