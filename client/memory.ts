import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Client } from "@connectrpc/connect";
import type { ForgetMemoryRequestSchema, Memory, MemoryService } from "../gen/dragoman/v1/memory_service_pb.ts";
import { errorOf, toClientError } from "./error.ts";

const CALL_MS = 30_000;
const IMPORT_MS = 3600_000;

/** What of a TMX file was added to the memory. */
export interface ImportedMemory {
  readonly units: number;
  /** Of them, those whose tags do not belong together, and were left out. */
  readonly untagged: number;
  /** Translations that are empty, too long, or in a language without a code. */
  readonly refused: number;
  /** How many of each pair, as in "en es". */
  readonly pairs: Readonly<Record<string, number>>;
}

/** Which languages of a file are meant, and what they are called here. */
export interface MemoryLanguages {
  readonly source?: string;
  readonly target?: string;
}

export interface MemoryClientParts {
  readonly server: string;
  readonly apiKey: string;
  readonly client: Client<typeof MemoryService>;
}

/** The tenant's memory of translations. Every method throws ClientError. */
export class MemoryClient {
  readonly #parts: MemoryClientParts;

  constructor(parts: MemoryClientParts) {
    this.#parts = parts;
  }

  /** How much it holds. */
  size(): Promise<Memory> {
    return this.#told(() => this.#parts.client.getMemory({}, { timeoutMs: CALL_MS }));
  }

  /** Forgets what came from one job, what is older than a time, or all; gives how many translations that were. */
  async forget(what: NonNullable<MessageInitShape<typeof ForgetMemoryRequestSchema>["what"]>): Promise<number> {
    for (let sum = 0; ; ) {
      const { units, more } = await this.#told(() => this.#parts.client.forgetMemory({ what }, { timeoutMs: CALL_MS }));
      sum += Number(units);
      if (!more) return sum;
    }
  }

  /** As TMX 1.4b, as it comes. */
  async exportTmx(languages: MemoryLanguages = {}, signal?: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const { body } = await this.#fetch(languages, signal ? { signal } : {});
    return body ?? new Blob([]).stream();
  }

  /** Adds the translations of a file of TMX. */
  async importTmx(file: Blob, languages: MemoryLanguages = {}, signal?: AbortSignal): Promise<ImportedMemory> {
    const limit = AbortSignal.timeout(IMPORT_MS);
    const headers = { "content-type": "application/x-tmx+xml" };
    const request = { method: "POST", headers, body: file, signal: signal ? AbortSignal.any([signal, limit]) : limit };
    const response = await this.#fetch(languages, request, signal);
    return this.#told(async () => (await response.json()) as ImportedMemory);
  }

  async #fetch({ source, target }: MemoryLanguages, request: RequestInit, signal?: AbortSignal): Promise<Response> {
    const { server, apiKey } = this.#parts;
    const address = new URL("/memory/tmx", server);
    if (source) address.searchParams.set("source_language", source);
    if (target) address.searchParams.set("target_language", target);
    return this.#told(async () => {
      const response = await fetch(address, { ...request, headers: { ...request.headers, authorization: `Bearer ${apiKey}` } });
      if (!response.ok) throw await errorOf(response);
      return response;
    }, signal);
  }

  async #told<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw toClientError(error, signal, this.#parts.server);
    }
  }
}
