import { readCommon, readOrchestrator } from "../cli/config.ts";
import { openArtefacts, openMessaging, openStore } from "../cli/drivers.ts";
import { openOrchestrator } from "../orchestrator/orchestrator.ts";
import { openLifetime } from "../platform/lifetime.ts";
import { openLog } from "../platform/log.ts";
import { withoutPolicy } from "./without_policy.ts";

// An orchestrator as `dragoman orchestrator` is, whose commits charge nothing.
const { drivers } = readCommon(process.env);
const log = openLog("orchestrator");
const lifetime = openLifetime(log);
await using store = await openStore(drivers.store, log);
await using messaging = await openMessaging(drivers.messaging, log);
const parts = { store: withoutPolicy(store), messaging, artefacts: await openArtefacts(drivers.artefacts), log };
await using server = await openOrchestrator({ ...parts, ...readOrchestrator(process.env) });
console.log(`orchestrator  ${server.port}`);
await lifetime.ended();
