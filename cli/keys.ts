import { timestampDate } from "@bufbuild/protobuf/wkt";
import { type Command, InvalidArgumentError, Option } from "commander";
import { type ListedKey, limitsOfKey } from "../orchestrator/access/keys.ts";
import type { Limits } from "../orchestrator/policy/limits.ts";
import { isScope, type Role, SCOPES, type Scope, scopesOf } from "../orchestrator/policy/scopes.ts";
import { variablesHelp } from "../platform/config/describe.ts";
import { openLog } from "../platform/log.ts";
import { readCommon } from "./config.ts";
import { type Connection, connect, withConnection } from "./connection.ts";
import { type KeyDesk, serverDesk, storeDesk } from "./key_desk.ts";
import { type LimitOptions, limitsFrom, withLimits } from "./limit_options.ts";
import { duration, expiry, keyId, serverAddress } from "./options.ts";

interface DeskOptions {
  readonly server?: string;
  readonly json?: boolean;
}

interface CreateOptions extends DeskOptions, LimitOptions {
  readonly tenant?: string;
  readonly role: Role;
  readonly name?: string;
  readonly scopes?: readonly Scope[];
  readonly expires?: (now: number) => number;
}

const TEXT = "\nWith --server the server does it, by the key of DRAGOMAN_API_KEY, which grants no more than it may itself.\n";

/** Adds `keys create | list | rotate | revoke`, which work on the store itself or ask a server, and `keys token`. */
export function addKeyCommands(program: Command): void {
  const keys = program
    .command("keys")
    .description("API keys, straight in the store that DRAGOMAN_STORE names, or by a server.")
    .addHelpText("after", `${TEXT}${variablesHelp("keys")}`);
  const create = keys
    .command("create")
    .description("Make a key. It is printed this once; the store keeps its hash.")
    .option("--tenant <name>", "whose key it is; of an operator's, operators if not given")
    .addOption(new Option("--role <role>", "what it is for").choices(["client", "operator", "worker"]).default("client"))
    .option("--name <name>", "for people, as in ci")
    .option("--scopes <list>", `what it may: some of ${SCOPES.join(",")}; its role's if not given`, scopeList)
    .option("--expires <when>", "until when it is good: 90d, 12h, 30m, or 2027-01-31, 2027-01-31T12:00Z; for ever if not given", expiry);
  withDesk(withLimits(create, "key")).action(async (options: CreateOptions) => {
    const { tenant, role, name, scopes, expires } = options;
    await atDesk(options, async (desk, now) => {
      const given = { ...(tenant && { tenantId: tenant }), ...(name && { name }), ...(scopes && { scopes }) };
      const expireAt = expires ? { expireAt: expires(now) } : {};
      const { secret, key } = await desk.create({ role, ...given, ...expireAt, limits: limitsFrom(options) });
      console.log(options.json ? JSON.stringify({ secret, ...toJson(key) }) : secret);
    });
  });
  withDesk(keys.command("list").description("The keys there are, by tenant and age; never what would let anyone use them."))
    .option("--tenant <name>", "only this tenant's", "")
    .action(async ({ tenant, ...options }: DeskOptions & { tenant: string }) => {
      await atDesk(options, async (desk, now) => {
        const listed = await desk.list(tenant);
        if (options.json) console.log(JSON.stringify(listed.map(toJson)));
        else for (const key of listed) console.log(keyLine(key, now));
      });
    });
  withDesk(keys.command("rotate"))
    .argument("<id>", "as `keys list` shows it; it is the key's middle part", keyId)
    .description("Give a key another secret, printed this once. Its id stays, and with it what is counted for it.")
    .option("--overlap <time>", "how long the one before is good as well: 24h, 30m, 0 for no more", duration, 0)
    .action(async (id: string, { overlap, ...options }: DeskOptions & { overlap: number }) => {
      await atDesk(options, async (desk) => {
        const { secret, key } = await desk.rotate(id, overlap);
        console.log(options.json ? JSON.stringify({ secret, ...toJson(key) }) : secret);
      });
    });
  withDesk(keys.command("revoke"))
    .argument("<id>", "as `keys list` shows it; it is the key's middle part", keyId)
    .description("Take a key back: it is refused at once, and what it watches or downloads ends within a second.")
    .action(async (id: string, options: DeskOptions) => {
      await atDesk(options, (desk) => desk.revoke(id));
      console.log(options.json ? JSON.stringify({ id, revoked: true }) : `${id}  revoked`);
    });
  withConnection(keys.command("token <job>"))
    .description("Make a token for one job, which a browser or a customer may hold: sent as a key, it reads that job and nothing else.")
    .option("--ttl <time>", "how long it is good: 7d at most, 24h if not given", duration)
    .option("--may-cancel", "it may cancel the job")
    .action(async (id: string, { ttl = 0, mayCancel = false, ...options }: Connection & { ttl?: number; mayCancel?: boolean }) => {
      const { keys: service } = await connect(options);
      const { token, expireTime } = await service.createJobToken({ id, ttlSeconds: Math.round(ttl / 1000), mayCancel });
      const expires = expireTime && timestampDate(expireTime).toISOString();
      // The page takes it from there; a server is sent nothing that stands after the #.
      const url = `${options.server}/view/${id}#token=${token}`;
      console.log(options.json ? JSON.stringify({ token, jobId: id, expireTime: expires, url }) : token);
    });
}

function withDesk(command: Command): Command {
  return command.option("--server <url>", "have this server do it", serverAddress).option("--json", "print JSON");
}

/** `work` on the store, or by the server where one is named, with the time that it is there. */
async function atDesk({ server }: DeskOptions, work: (desk: KeyDesk, now: number) => Promise<void>): Promise<void> {
  if (server) return work(serverDesk(await connect({ server })), Date.now());
  const { openStore } = await import("./drivers.ts");
  await using store = await openStore(readCommon(process.env).drivers.store, openLog("keys"));
  await work(storeDesk(store), store.clock.now());
}

function scopeList(text: string): Scope[] {
  const found = text.split(",").map((scope) => scope.trim());
  if (found.every(isScope) && new Set(found).size === found.length) return found;
  throw new InvalidArgumentError(`It takes some of ${SCOPES.join(",")}, each once.`);
}

function keyLine(key: ListedKey, now: number): string {
  const { id, tenantId, role, name, createdAt, expireAt, usedAt, previousUntil = 0 } = key;
  const columns = [id, tenantId.padEnd(16), role.padEnd(8), createdAt === undefined ? "made long ago" : `made ${day(createdAt)}`];
  columns.push(usedAt === undefined ? "never used" : `used ${day(usedAt)}`);
  columns.push(expireAt === undefined ? "never expires" : `${expireAt <= now ? "expired" : "expires"} ${day(expireAt)}`);
  if (previousUntil > now) columns.push(`old secret until ${day(previousUntil)}`);
  if (name) columns.push(JSON.stringify(name));
  const scopes = scopesOf(key).join(",");
  if (scopes !== scopesOf({ role }).join(",")) columns.push(scopes);
  return [...columns, ...limitColumns(limitsOfKey(key))].join("  ");
}

function limitColumns({ maxUploadBytes, formats, ...rest }: Limits): string[] {
  const others = Object.entries(rest).map(([name, value]) => `${name}=${value}`);
  return [
    ...(maxUploadBytes === undefined ? [] : [`up to ${maxUploadBytes / 1_000_000} MB`]),
    ...(formats ? [formats.join(",")] : []),
    ...others,
  ];
}

function day(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16)}Z`;
}

function toJson({ tenantId, createdAt, expireAt, usedAt, previousUntil, ...rest }: ListedKey): object {
  const times = {
    createTime: iso(createdAt),
    expireTime: iso(expireAt),
    lastUseTime: iso(usedAt),
    overlapEndTime: iso(previousUntil),
  };
  return { ...rest, scopes: scopesOf(rest), limits: limitsOfKey(rest), tenant: tenantId, ...times };
}

function iso(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}
