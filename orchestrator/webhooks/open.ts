import { Loop } from "../../platform/async/loop.ts";
import type { Logger } from "../../platform/log.ts";
import type { Seal } from "../access/sealed.ts";
import type { Tenants } from "../access/tenants.ts";
import type { Store } from "../store/store.ts";
import { addressRule } from "./addresses.ts";
import type { WebhookConfig } from "./config.ts";
import { Endpoints } from "./endpoints.ts";
import { askNameServers } from "./name_servers.ts";
import { poster } from "./post.ts";
import { WebhookSender } from "./sender.ts";
import { urlRefusal } from "./url_rules.ts";
import { Webhooks } from "./webhooks.ts";

const FORGET_EVERY_MS = 60_000;
const FORGOTTEN_AT_ONCE = 500;

interface WebhookParts {
  readonly store: Store;
  readonly seal: Seal;
  readonly tenants: Pick<Tenants, "of">;
  readonly config: WebhookConfig;
  /** How often it is looked for what is due. */
  readonly lookEveryMs?: number;
  readonly log: Logger;
}

/** What turns events into deliveries, what sends these, and what forgets them; for as long as `stack` lives. */
export function openWebhooks(stack: AsyncDisposableStack, { store, seal, tenants, config, log, ...rest }: WebhookParts) {
  const endpoints = new Endpoints(store, seal);
  const webhooks = new Webhooks(store, endpoints, log, () => sender.kick());
  const refusal = async (url: string, tenantId: string) =>
    urlRefusal(url, { privateNetworks: config.privateNetworks, hosts: (await tenants.of(tenantId)).effective.webhookHosts });
  // The system knows names of one's own networks that no name server has.
  const names = config.privateNetworks === "none" && { resolve: (name: string) => askNameServers(name) };
  const post = poster({ mayReach: addressRule(config.privateNetworks), ...names });
  const sender = stack.use(new WebhookSender({ store, endpoints, webhooks, refusal, post, config, log, ...rest }));
  const forget = async () => {
    while ((await store.forgetDeliveries(store.clock.now() - config.logMs, FORGOTTEN_AT_ONCE)) >= FORGOTTEN_AT_ONCE);
  };
  stack.use(new Loop("old deliveries", FORGET_EVERY_MS, forget, log));
  return { endpoints, webhooks, refusal };
}
