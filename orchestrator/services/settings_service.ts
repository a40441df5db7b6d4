import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type JobOptions, JobOptionsSchema, MemoryUse, Strictness } from "../../gen/dragoman/v1/job_pb.ts";
import { type Settings, SettingsSchema, SettingsService } from "../../gen/dragoman/v1/settings_service_pb.ts";
import type { Handlers } from "../../platform/grpc/server.ts";
import { type Gate, guarded } from "../access/guard.ts";
import { termRules } from "../glossaries/rules.ts";
import type { Fleet } from "../scheduling/fleet.ts";
import type { Store } from "../store/store.ts";
import { mannerRules, requireKnown } from "./engine_rules.ts";
import { requireAll } from "./validation.ts";

/** Shows and keeps how each tenant's jobs are translated where they do not say it. */
export function settingsService(gate: Gate, fleet: Pick<Fleet, "engines">): Handlers<typeof SettingsService> {
  const { store } = gate;
  return guarded(
    SettingsService,
    gate,
    { getSettings: "jobs:read", setSettings: "admin" },
    {
      getSettings: async (_, { principal }) => settingsOf(store, principal.tenantId),
      async setSettings(settings, { principal }) {
        const { tenantId } = principal;
        const options = withSettings(create(JobOptionsSchema), settings);
        requireAll(...mannerRules(options), ...termRules(options));
        requireKnown(options, fleet.engines());
        await store.saveSettings(tenantId, toBinary(SettingsSchema, settings));
        return settings;
      },
    },
  );
}

export async function settingsOf(store: Pick<Store, "settings">, tenantId: string): Promise<Settings> {
  const content = await store.settings(tenantId);
  return content ? fromBinary(SettingsSchema, content) : create(SettingsSchema);
}

/** A job's options, with what the tenant has set where they say nothing. */
export function withSettings(options: JobOptions, settings: Settings): JobOptions {
  const namesNone = options.engine === "" && options.fallbackEngines.length === 0;
  return create(JobOptionsSchema, {
    ...options,
    ...(namesNone && { engine: settings.engine, fallbackEngines: settings.fallbackEngines }),
    formality: options.formality || settings.formality,
    glossaries: options.glossaries.length > 0 ? options.glossaries : settings.glossaries,
    memory: options.memory || settings.memory || MemoryUse.UNSPECIFIED,
    strictness: options.strictness || settings.strictness || Strictness.UNSPECIFIED,
  });
}
