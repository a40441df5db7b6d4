import { InvalidArgumentError } from "commander";
import { ResultFormat } from "../gen/dragoman/v1/job_pb.ts";

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3600_000, d: 86_400_000, w: 7 * 86_400_000 };
const DURATION = /^([1-9]\d{0,6})([smhdw])$/;
const TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d))?$/;

/** An option's whole number, from 1 if no other bounds are given. */
export function wholeNumber(min = 1, max = 999_999_999): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It takes a whole number from ${min} to ${max}.`);
  };
}

/** A duration in milliseconds, as in 24h; 0 for none. */
export function duration(text: string): number {
  if (text === "0") return 0;
  const [, count, unit = ""] = DURATION.exec(text) ?? [];
  if (count) return Number(count) * (UNIT_MS[unit] ?? 0);
  throw new InvalidArgumentError("It takes a duration, as in 24h, 30m or 7d.");
}

/** A time to come, as a duration from now (90d) or as a date (2027-01-31), in milliseconds since the epoch. */
export function expiry(text: string): (now: number) => number {
  const [, count, unit = ""] = DURATION.exec(text) ?? [];
  if (count) return (now) => now + Number(count) * (UNIT_MS[unit] ?? 0);
  const time = timeOf(text);
  if (Number.isNaN(time)) throw new InvalidArgumentError("It takes a duration (90d, 12h, 30m) or a time (2027-01-31, 2027-01-31T12:00Z).");
  if (time <= Date.now()) throw new InvalidArgumentError("It takes a time to come.");
  return () => time;
}

/** A time that is over, as a duration until now (90d) or as a date, in milliseconds since the epoch. */
export function past(text: string): (now: number) => number {
  const [, count, unit = ""] = DURATION.exec(text) ?? [];
  if (count) return (now) => now - Number(count) * (UNIT_MS[unit] ?? 0);
  const time = timeOf(text);
  if (Number.isNaN(time)) throw new InvalidArgumentError("It takes a duration (90d, 12h, 30m) or a time (2026-01-31, 2026-01-31T12:00Z).");
  return () => time;
}

/** A day that a month does not have would be read as one of the next. */
function timeOf(text: string): number {
  return TIME.test(text) && isDay(text.slice(0, 10)) ? Date.parse(text) : Number.NaN;
}

function isDay(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** Endings of file names without their dots, as in pdf,txt. */
export function endings(text: string): string[] {
  const found = text
    .toLowerCase()
    .split(",")
    .map((ending) => ending.trim().replace(/^\./, ""));
  if (found.every((ending) => /^[a-z0-9]+$/.test(ending))) return found;
  throw new InvalidArgumentError("It takes endings of file names, as in pdf,png,txt.");
}

const OUTPUTS: Readonly<Record<string, ResultFormat>> = {
  __proto__: null as never,
  markdown: ResultFormat.MARKDOWN,
  text: ResultFormat.TEXT,
  json: ResultFormat.JSON,
  pdf: ResultFormat.PDF,
  document: ResultFormat.DOCUMENT,
  bilingual: ResultFormat.BILINGUAL,
  xliff: ResultFormat.XLIFF,
};

/** Which files of a result are wanted. */
export type Outputs = readonly ResultFormat[] | "all";

/** Files of a result, as in text,pdf. */
export function outputs(text: string): Outputs {
  if (text.trim().toLowerCase() === "all") return "all";
  const found = text.split(",").map((name) => OUTPUTS[name.trim().toLowerCase()]);
  if (found.every((format) => format !== undefined) && new Set(found).size === found.length) return found;
  throw new InvalidArgumentError(`It takes some of ${Object.keys(OUTPUTS).join(",")}, each once, or all.`);
}

/** Names of keys or columns, as in menu.*.label,title. */
export function names(text: string): string[] {
  const found = text.split(",").map((name) => name.trim());
  if (found.every((name) => name !== "")) return found;
  throw new InvalidArgumentError("It takes names with commas between.");
}

/** A key's public id; of a whole key, its middle part. */
export function keyId(text: string): string {
  const [, id] = /^(?:dgm_)?([0-9a-f]{16})(?:_[0-9a-f]{56})?$/.exec(text) ?? [];
  if (id) return id;
  throw new InvalidArgumentError("It takes the 16 characters after `dgm_`, as `keys list` shows them.");
}

/** A server's address: its origin, because what it serves lies at fixed paths. */
export function serverAddress(text: string): string {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol) && url.pathname === "/" && !url.search) return url.origin;
  throw new InvalidArgumentError("It takes an address as in http://127.0.0.1:8080 or https://dragoman.example.");
}
