import { create, isFieldSet } from "@bufbuild/protobuf";
import { type Limits as LimitsMessage, LimitsSchema } from "../../gen/dragoman/v1/limits_pb.ts";
import type { Limits } from "../policy/limits.ts";

const COUNTS = [
  "maxOpenJobs",
  "maxRunningJobs",
  "requestsPerMinute",
  "burst",
  "pagesPerDay",
  "charactersPerMonth",
  "maxStoredBytes",
  "maxUploadBytes",
  "retentionSeconds",
] as const;
const MAX_LISTED = 100;
const FORMAT = /^[a-z0-9]{1,10}$/;
const ENGINE = /^[A-Za-z0-9_.-]{1,100}$/;
const HOST = /^(\*\.)?[a-z0-9.-]{1,253}$/;
const FAIR_BY = /^(key|label:[a-z0-9_.-]{1,40})?$/;

/** The limits that a message sets, whose fields have their names. */
export function limitsOf(message: LimitsMessage): Limits {
  const set = LimitsSchema.fields.filter((field) => isFieldSet(message, field));
  const entries = set.map(({ localName }) => [localName, message[localName as keyof Limits]] as const);
  return Object.fromEntries(entries.map(([name, value]) => [name, typeof value === "bigint" ? Number(value) : value])) as Limits;
}

/** The message that sets these limits. */
export function toLimits(limits: Limits): LimitsMessage {
  const big = (name: "charactersPerMonth" | "maxStoredBytes" | "maxUploadBytes" | "retentionSeconds") =>
    limits[name] === undefined ? {} : { [name]: BigInt(limits[name]) };
  const {
    charactersPerMonth: _c,
    maxStoredBytes: _s,
    maxUploadBytes: _u,
    retentionSeconds: _r,
    formats,
    engines,
    webhookHosts,
    ...same
  } = limits;
  const lists = { formats: [...(formats ?? [])], engines: [...(engines ?? [])], webhookHosts: [...(webhookHosts ?? [])] };
  const counts = { ...big("charactersPerMonth"), ...big("maxStoredBytes"), ...big("maxUploadBytes"), ...big("retentionSeconds") };
  return create(LimitsSchema, { ...same, ...lists, ...counts });
}

/** What the message of limits in the field `field` must keep to. */
export function limitRules(message: LimitsMessage, field: string): (readonly [holds: boolean, field: string, description: string])[] {
  const { weight = 1, fairBy, formats, engines, webhookHosts } = message;
  return [
    ...COUNTS.map((name) => [(message[name] ?? 0) >= 0, `${field}.${snake(name)}`, "is not negative; 0 is no limit"] as const),
    [weight >= 0.01 && weight <= 1000, `${field}.weight`, "is 0.01 to 1000"],
    [FAIR_BY.test(fairBy), `${field}.fair_by`, 'is "key", or "label:" with the name of a label'],
    [areListed(formats, FORMAT), `${field}.formats`, listed('endings of file names as in "pdf"')],
    [areListed(engines, ENGINE), `${field}.engines`, listed("names of engines")],
    [areListed(webhookHosts, HOST), `${field}.webhook_hosts`, listed('names of hosts, or "*." and a name')],
  ];
}

function areListed(values: readonly string[], pattern: RegExp): boolean {
  return values.length <= MAX_LISTED && new Set(values).size === values.length && values.every((value) => pattern.test(value));
}

function listed(what: string): string {
  return `has at most ${MAX_LISTED} ${what}, each once`;
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
