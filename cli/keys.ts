import { type Command, Option } from "commander";
import { issueKey, type ListedKey, limitsOfKey, listKeys, revokeKey } from "../orchestrator/access/keys.ts";
import type { Role } from "../orchestrator/policy/scopes.ts";
import type { Store } from "../orchestrator/store/store.ts";
import { variablesHelp } from "../platform/config/describe.ts";
import { openLog } from "../platform/log.ts";
import { readCommon } from "./config.ts";
import { endings, expiry, keyId, wholeNumber } from "./options.ts";

interface CreateOptions {
  readonly tenant: string;
  readonly role: Role;
  readonly expires?: (now: number) => number;
  readonly maxUploadMb?: number;
  readonly fileTypes?: readonly string[];
}

/** Adds `keys create | list | revoke`, which work on the store itself: whoever reaches it may make and take back keys. */
export function addKeyCommands(program: Command): void {
  const keys = program
    .command("keys")
    .description("API keys, straight in the store that DRAGOMAN_STORE names.")
    .addHelpText("after", variablesHelp("keys"));
  keys
    .command("create")
    .description("Make a key. It is printed this once; the store keeps its hash.")
    .requiredOption("--tenant <name>", "whose key it is")
    .addOption(new Option("--role <role>", "what it is for").choices(["client", "worker"]).default("client"))
    .option("--expires <when>", "until when it is good: 90d, 12h, 30m, or 2027-01-31, 2027-01-31T12:00Z; for ever if not given", expiry)
    .option("--max-upload-mb <n>", "the largest file it may send, in MB; 2147 if not given", wholeNumber())
    .option("--file-types <list>", "endings of file names it may send, as in pdf,png,txt; all if not given", endings)
    .action(async ({ tenant, role, expires, maxUploadMb, fileTypes }: CreateOptions) => {
      await using store = await open();
      console.log(
        await issueKey(store, {
          ...{ tenantId: tenant, role },
          ...(expires && { expireAt: expires(store.clock.now()) }),
          limits: {
            ...(maxUploadMb && { maxUploadBytes: maxUploadMb * 1_000_000 }),
            ...(fileTypes && { formats: fileTypes }),
          },
        }),
      );
    });
  keys
    .command("list")
    .description("The keys there are, by tenant and age; never what would let anyone use them.")
    .option("--tenant <name>", "only this tenant's", "")
    .option("--json", "print JSON")
    .action(async ({ tenant, json }: { tenant: string; json?: boolean }) => {
      await using store = await open();
      const listed = await listKeys(store, tenant);
      if (json) console.log(JSON.stringify(listed.map(toJson)));
      else for (const key of listed) console.log(keyLine(key, store.clock.now()));
    });
  keys
    .command("revoke")
    .argument("<id>", "as `keys list` shows it; it is the key's middle part", keyId)
    .description("Take a key back: it is refused at once, and what it watches or downloads ends within a second.")
    .action(async (id: string) => {
      await using store = await open();
      await revokeKey(store, id);
      console.log(`${id}  revoked`);
    });
}

async function open(): Promise<Store> {
  const { openStore } = await import("./drivers.ts");
  return openStore(readCommon(process.env).drivers.store, openLog("keys"));
}

function keyLine(key: ListedKey, now: number): string {
  const { id, tenantId, role, createdAt, expireAt } = key;
  const limits = limitsOfKey(key);
  const expires = expireAt === undefined ? "never expires" : `${expireAt <= now ? "expired" : "expires"} ${day(expireAt)}`;
  const columns = [id, tenantId.padEnd(16), role.padEnd(6), createdAt === undefined ? "made long ago" : `made ${day(createdAt)}`, expires];
  if (limits.maxUploadBytes !== undefined) columns.push(`up to ${limits.maxUploadBytes / 1_000_000} MB`);
  if (limits.formats) columns.push(limits.formats.join(","));
  return columns.join("  ");
}

function day(time: number): string {
  return `${new Date(time).toISOString().slice(0, 16)}Z`;
}

function toJson({ tenantId, createdAt, expireAt, ...rest }: ListedKey): object {
  return { ...rest, tenant: tenantId, createTime: iso(createdAt), expireTime: iso(expireAt) };
}

function iso(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}
