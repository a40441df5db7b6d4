import { setTimeout as sleep } from "node:timers/promises";
import { Budget, type WorkerService } from "../../gen/dragoman/v1/worker_service_pb.ts";
import { DragomanError } from "../../platform/errors.ts";
import type { GrpcClient } from "../../platform/grpc/client.ts";
import { UsageError } from "../../platform/usage_error.ts";
import type { EngineConfig } from "./engine_config.ts";
import { retried } from "./retried.ts";

/** However long the rate's backlog is, the rest of it is looked at again. */
const LONGEST_SLEEP_MS = 10_000;

/** What may be asked of an engine, by its URL; 0 for any number. */
export interface EngineRates {
  readonly requestsPerMinute: number;
  readonly charactersPerMinute: number;
  /** What it may bill in a calendar month (UTC). */
  readonly charactersPerMonth: number;
}

/** Whose characters they are, and how many are needed. */
export interface Reservation {
  readonly tenantId: string;
  readonly jobId: string;
  readonly engine: string;
  /** Taken now; less than 0 gives back. */
  readonly characters: number;
  /** Needed later; only looked at. */
  readonly ahead: number;
  /** Of the job; undefined for any number. */
  readonly maxCharacters?: number | undefined;
}

/** What all workers share of the engines' rates and budgets. */
export interface Allowances {
  /** Resolves when it is taken. Throws UNAVAILABLE, DEADLINE_EXCEEDED; `signal`'s reason. */
  takeRate(engine: string, characters: number, signal: AbortSignal): Promise<void>;
  /** Throws BUDGET_EXCEEDED for the job's or its tenant's, TRANSLATOR_QUOTA_EXCEEDED for the engine's, UNAVAILABLE, DEADLINE_EXCEEDED; `signal`'s reason. */
  reserve(reservation: Reservation, signal: AbortSignal): Promise<void>;
}

/** `requests_per_minute=`, `characters_per_minute=` and `characters_per_month=` of an engine's URL. Throws UsageError for what is no number. */
export function ratesIn({ name: engine, url }: Pick<EngineConfig, "name" | "url">): EngineRates {
  const given = (name: string) => {
    const value = url.searchParams.get(name) ?? "0";
    // No limit, because a number was mistyped, is dear.
    if (/^\d{1,15}$/.test(value)) return Number(value);
    throw new UsageError(`The address of the translation engine ${engine} takes a number as ${name}=.`);
  };
  return {
    requestsPerMinute: given("requests_per_minute"),
    charactersPerMinute: given("characters_per_minute"),
    charactersPerMonth: given("characters_per_month"),
  };
}

const ANY: EngineRates = { requestsPerMinute: 0, charactersPerMinute: 0, charactersPerMonth: 0 };

interface Parts {
  readonly orchestrator: Pick<GrpcClient<typeof WorkerService>, "takeRate" | "reserveCharacters">;
  /** A worker's key. */
  readonly apiKey: string;
  /** By the engines' names. */
  readonly rates: ReadonlyMap<string, EngineRates>;
}

/** Those of the orchestrators' store. */
export function sharedAllowances({ orchestrator, apiKey, rates }: Parts): Allowances {
  // A call that takes too long ends by its own deadline, and is made again; by a signal it would be taken for given up.
  const options = (signal: AbortSignal) => ({ authorization: `Bearer ${apiKey}`, signal });
  const ratesOf = (engine: string) => rates.get(engine) ?? ANY;
  return {
    async takeRate(engine, characters, signal) {
      const { requestsPerMinute, charactersPerMinute } = ratesOf(engine);
      if (requestsPerMinute === 0 && charactersPerMinute === 0) return;
      const per = { requestsPerMinute: BigInt(requestsPerMinute), charactersPerMinute: BigInt(charactersPerMinute) };
      const ask = () => orchestrator.takeRate({ engine, characters: BigInt(characters), ...per }, options(signal));
      for (;;) {
        const waitMs = Number((await retried(ask, signal)).waitMs);
        if (waitMs === 0) return;
        await sleep(Math.min(waitMs, LONGEST_SLEEP_MS), undefined, { signal });
      }
    },
    async reserve({ tenantId, jobId, engine, characters, ahead, maxCharacters = 0 }, signal) {
      const request = {
        ...{ tenantId, jobId, engine, characters: BigInt(characters), ahead: BigInt(ahead) },
        ...{ engineCharactersPerMonth: BigInt(ratesOf(engine).charactersPerMonth), maxCharacters: BigInt(maxCharacters) },
      };
      const { exceeded } = await retried(() => orchestrator.reserveCharacters(request, options(signal)), signal);
      if (exceeded === Budget.ENGINE)
        throw DragomanError.of("TRANSLATOR_QUOTA_EXCEEDED", `What ${engine} may bill in this month is used up.`);
      if (exceeded === Budget.JOB) throw overBudget(`the ${maxCharacters} characters of the job`);
      if (exceeded === Budget.TENANT) throw overBudget("what the tenant has left in this month");
    },
  };
}

export function overBudget(budget: string): DragomanError {
  return DragomanError.of("BUDGET_EXCEEDED", `The translation would be billed with more than ${budget}.`);
}
