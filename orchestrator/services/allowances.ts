import { create } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Usage, UsageSchema } from "../../gen/dragoman/v1/job_service_pb.ts";
import { Budget, type ReserveCharactersRequest, type TakeRateRequest } from "../../gen/dragoman/v1/worker_service_pb.ts";
import type { Clock } from "../../platform/clock.ts";
import type { AllowanceStore, RateNeed, Spending } from "../store/allowance_store.ts";
import { requireAll } from "./validation.ts";

const MINUTE_MS = 60_000;
/** What a job was billed is known for as long as it can be tried again. */
const JOB_MS = 30 * 86_400_000;
const NO_LIMIT = Number.MAX_SAFE_INTEGER;
const JOB = "job ";

type Allowances = AllowanceStore & { readonly clock: Clock };

/** In how many milliseconds a request may be sent to an engine; 0 for now, which is taken. Throws INVALID_REQUEST. */
export async function takeRate(store: Allowances, request: TakeRateRequest): Promise<number> {
  const { engine, characters, requestsPerMinute, charactersPerMinute } = request;
  requireAll(
    [isName(engine), "engine", "is an engine's name"],
    [characters >= 0n && requestsPerMinute >= 0n && charactersPerMinute >= 0n, "characters", "and the rates are no negative numbers"],
  );
  const needs: RateNeed[] = [
    { name: "requests", amount: 1, most: Number(requestsPerMinute), periodMs: MINUTE_MS },
    { name: "characters", amount: Number(characters), most: Number(charactersPerMinute), periodMs: MINUTE_MS },
  ].filter(({ most }) => most > 0);
  return needs.length === 0 ? 0 : store.takeRates(scopeOf(engine), needs, store.clock.now());
}

/** Whose budget has not so much left, if any has not; nothing is taken then. Throws INVALID_REQUEST. */
export async function reserveCharacters(
  store: Allowances,
  tenantCharacters: number | undefined,
  request: ReserveCharactersRequest,
): Promise<Budget> {
  const { tenantId, jobId, engine, characters, maxCharacters, engineCharactersPerMonth } = request;
  requireAll(
    [isName(engine), "engine", "is an engine's name"],
    [tenantId !== "" && tenantId.length <= 128, "tenant_id", "is a tenant's"],
    [/^[0-9A-Z]{26}$/.test(jobId), "job_id", "is a job's"],
    [request.ahead >= 0n && maxCharacters >= 0n && engineCharactersPerMonth >= 0n, "ahead", "and the budgets are no negative numbers"],
  );
  const now = store.clock.now();
  const [amount, ahead] = [Number(characters), Number(request.ahead)];
  const spending = (name: string, most: number, expireAt: number): Spending => ({ name, amount, ahead, most: most || NO_LIMIT, expireAt });
  const own = [spending(JOB + jobId, Number(maxCharacters), now + JOB_MS), spending(...month(now, tenantCharacters ?? 0))];
  const exceeded = await store.spend(tenantId, own, now);
  if (exceeded !== undefined) return exceeded.startsWith(JOB) ? Budget.JOB : Budget.TENANT;
  const engines = [spending(...month(now, Number(engineCharactersPerMonth)))];
  if ((await store.spend(scopeOf(engine), engines, now)) === undefined) return Budget.UNSPECIFIED;
  await store.spend(
    tenantId,
    own.map((each) => ({ ...each, amount: -amount, ahead: 0 })),
    now,
  );
  return Budget.ENGINE;
}

/** What was billed for a tenant in this month. */
export async function usageOf(store: Allowances, tenantId: string, tenantCharacters = 0): Promise<Usage> {
  const now = store.clock.now();
  const date = new Date(now);
  const first = (months: number) => timestampFromMs(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1));
  return create(UsageSchema, {
    charactersBilled: BigInt(await charactersBilled(store, tenantId)),
    charactersLimit: BigInt(tenantCharacters),
    startTime: first(0),
    endTime: first(1),
  });
}

/** The characters that engines billed for a tenant in this month. */
export async function charactersBilled(store: Pick<Allowances, "spent" | "clock">, tenantId: string): Promise<number> {
  const now = store.clock.now();
  return store.spent(tenantId, month(now, 0)[0], now);
}

/** The month's name, the budget in it, and when it is over. */
function month(now: number, most: number): [name: string, most: number, expireAt: number] {
  const date = new Date(now);
  return [`month ${date.toISOString().slice(0, 7)}`, most, Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 2)];
}

/** No tenant is called so. */
function scopeOf(engine: string): string {
  return `engine ${engine}`;
}

function isName(engine: string): boolean {
  return /^[a-z][a-z0-9-]{0,31}$/.test(engine);
}
