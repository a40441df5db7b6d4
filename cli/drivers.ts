import path from "node:path";
import { openRedisStore } from "../orchestrator/store/redis.ts";
import { openSqliteStore } from "../orchestrator/store/sqlite.ts";
import type { Store } from "../orchestrator/store/store.ts";
import type { ArtefactStore } from "../platform/artefacts/artefacts.ts";
import { openFileArtefacts } from "../platform/artefacts/files.ts";
import { openS3Artefacts } from "../platform/artefacts/s3.ts";
import { VARIABLES, type VariableName } from "../platform/config/table.ts";
import type { Logger } from "../platform/log.ts";
import { openJetStream } from "../platform/messaging/jetstream.ts";
import { openMemoryMessaging } from "../platform/messaging/memory.ts";
import type { Messaging } from "../platform/messaging/messaging.ts";
import { UsageError } from "../platform/usage_error.ts";
import { ownFolder } from "./own_folder.ts";

/** Where a deployment keeps what: one URL per port, whose scheme picks the driver. */
export interface DriverUrls {
  readonly store: string;
  readonly messaging: string;
  readonly artefacts: string;
}

/** What a driver that lives in one process says to being asked for by several. */
const ONE_PROCESS = "lives in one process: use `dragoman serve`, or a server's URL.";

export async function openStore(url: string, log: Logger): Promise<Store> {
  if (url.startsWith("sqlite:")) {
    const file = path.resolve(url.slice("sqlite:".length));
    await ownFolder(path.dirname(file));
    return openSqliteStore(file);
  }
  if (/^rediss?:/.test(url) && URL.canParse(url)) return openRedisStore(url, log);
  throw unfit("DRAGOMAN_STORE");
}

export async function openMessaging(url: string, log: Logger): Promise<Messaging> {
  if (url === "memory:") return openMemoryMessaging();
  if (url.startsWith("nats:")) return openJetStream(url, log);
  throw unfit("DRAGOMAN_MESSAGING");
}

export async function openArtefacts(url: string): Promise<ArtefactStore> {
  if (url.startsWith("file:")) return openFileArtefacts(path.resolve(url.slice("file:".length)));
  if (/^s3\+https?:/.test(url)) return openS3Artefacts(url);
  throw unfit("DRAGOMAN_ARTEFACTS");
}

/** Throws where a driver cannot be shared between processes. Files can, on a file system that all of them see. */
export function needShared({ store, messaging }: DriverUrls): void {
  if (store.startsWith("sqlite:")) throw new UsageError(`DRAGOMAN_STORE: SQLite ${ONE_PROCESS}`);
  if (messaging === "memory:") throw new UsageError(`DRAGOMAN_MESSAGING: memory: ${ONE_PROCESS}`);
}

function unfit(variable: VariableName): UsageError {
  return new UsageError(`${variable} takes ${VARIABLES[variable].kind.takes}.`);
}
