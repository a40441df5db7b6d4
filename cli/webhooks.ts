import { toJson } from "@bufbuild/protobuf";
import { timestampDate, timestampFromMs } from "@bufbuild/protobuf/wkt";
import { type Command, InvalidArgumentError } from "commander";
import {
  type Webhook,
  type WebhookDelivery,
  WebhookDeliverySchema,
  WebhookDeliveryState,
  WebhookSchema,
} from "../gen/dragoman/v1/webhook_service_pb.ts";
import { type Connection, connect, withConnection } from "./connection.ts";
import { duration, names, past, wholeNumber } from "./options.ts";

interface CreateOptions extends Connection {
  readonly events?: string[];
  readonly description: string;
}

interface DeliveryOptions extends Connection {
  readonly state: WebhookDeliveryState;
  readonly limit: number;
}

interface ReplayOptions extends Connection {
  readonly delivery?: string;
  readonly state?: WebhookDeliveryState;
  readonly all?: boolean;
  readonly since?: (now: number) => number;
  readonly until?: (now: number) => number;
}

const STATES: Readonly<Record<string, WebhookDeliveryState>> = {
  __proto__: null as never,
  pending: WebhookDeliveryState.PENDING,
  delivered: WebhookDeliveryState.DELIVERED,
  failed: WebhookDeliveryState.FAILED,
  cancelled: WebhookDeliveryState.CANCELLED,
};

const stateName = (state: WebhookDeliveryState) => Object.entries(STATES).find(([, each]) => each === state)?.[0] ?? "";

/** Adds `webhooks create | list | delete | rotate | enable | test | deliveries | replay`. */
export function addWebhookCommands(program: Command): void {
  const webhooks = program
    .command("webhooks")
    .description("Where the server tells of jobs that ended, by signed posts (Standard Webhooks).");
  withConnection(webhooks.command("create <url>").description("Have events posted there. The secret that signs them is printed this once."))
    .option("--events <list>", "which, as in job.succeeded,job.failed; all if not given", names)
    .option("--description <text>", "for people", "")
    .action(async (url: string, { events = [], description, ...options }: CreateOptions) => {
      show(await (await connect(options)).webhooks.createWebhook({ url, events, description }), options);
    });
  withConnection(webhooks.command("list").description("Your endpoints, newest first.")).action(async (options: Connection) => {
    const { webhooks: found } = await (await connect(options)).webhooks.listWebhooks({});
    if (options.json) console.log(JSON.stringify(found.map((each) => toJson(WebhookSchema, each))));
    else for (const each of found) console.log(lineOf(each));
  });
  withConnection(webhooks.command("delete <id>").description("Send nothing more there.")).action(
    async (id: string, options: Connection) => {
      await (await connect(options)).webhooks.deleteWebhook({ id });
      if (options.json) console.log(JSON.stringify({ id, deleted: true }));
    },
  );
  withConnection(
    webhooks
      .command("rotate <id>")
      .description("Give an endpoint a new secret; with `jobs` for an id the one that signs what jobs' own addresses (--webhook) get."),
  )
    .option("--overlap <time>", "how long the one before signs as well: 24h if not given, 0 for no more", duration)
    .action(async (id: string, { overlap, ...options }: Connection & { overlap?: number }) => {
      const overlapSeconds = overlap === undefined ? {} : { overlapSeconds: Math.round(overlap / 1000) };
      show(await (await connect(options)).webhooks.rotateWebhookSecret({ id, ...overlapSeconds }), options);
    });
  withConnection(webhooks.command("enable <id>").description("Send events again to an endpoint that was disabled.")).action(
    async (id: string, options: Connection) => show(await (await connect(options)).webhooks.enableWebhook({ id }), options),
  );
  withConnection(webhooks.command("test <id>").description("Send an event webhook.test there.")).action(
    async (id: string, options: Connection) => print([await (await connect(options)).webhooks.testWebhook({ id })], options),
  );
  withConnection(
    webhooks
      .command("deliveries <id>")
      .description("What was sent there and what waits, the newest first; with `jobs` to jobs' own addresses."),
  )
    .option("--state <state>", `only those that are ${Object.keys(STATES).join(", ")}`, stateGiven, WebhookDeliveryState.UNSPECIFIED)
    .option("--limit <n>", "how many at most", wholeNumber(), 20)
    .action(async (webhookId: string, { state, limit, ...options }: DeliveryOptions) => {
      const client = await connect(options);
      const found: WebhookDelivery[] = [];
      let pageToken = "";
      do {
        const page = await client.webhooks.listWebhookDeliveries({ webhookId, state, pageSize: Math.min(100, limit), pageToken });
        found.push(...page.deliveries);
        pageToken = page.nextPageToken;
      } while (pageToken !== "" && found.length < limit);
      print(found.slice(0, limit), options);
    });
  withConnection(webhooks.command("replay <id>").description("Send once more what failed, under the same ids; or one, or all of a time."))
    .option("--delivery <id>", "this one, as `deliveries` shows it")
    .option("--state <state>", "those in this state; failed if not given", stateGiven)
    .option("--all", "every one that has ended")
    .option("--since <when>", "of events from then on: 2d, 3h, or 2026-11-01", past)
    .option("--until <when>", "of events before then", past)
    .action(async (webhookId: string, { delivery = "", state, all = false, since, until, ...options }: ReplayOptions) => {
      const client = await connect(options);
      const now = Date.now();
      const bounds = {
        ...(since && { createdAfter: timestampFromMs(since(now)) }),
        ...(until && { createdBefore: timestampFromMs(until(now)) }),
      };
      let [count, pageToken] = [0, ""];
      do {
        const request = { webhookId, deliveryId: delivery, all, pageToken, ...bounds, ...(state !== undefined && { state }) };
        const page = await client.webhooks.replayWebhook(request);
        count += page.count;
        pageToken = page.nextPageToken;
      } while (pageToken !== "");
      console.log(options.json ? JSON.stringify({ count }) : `${count} sent again`);
    });
}

function stateGiven(text: string): WebhookDeliveryState {
  const state = STATES[text.toLowerCase()];
  if (state !== undefined) return state;
  throw new InvalidArgumentError(`It takes one of ${Object.keys(STATES).join(", ")}.`);
}

function show(webhook: Webhook, { json }: Connection): void {
  if (json) return console.log(JSON.stringify(toJson(WebhookSchema, webhook)));
  console.log(lineOf(webhook));
  if (webhook.secret) console.log(`secret  ${webhook.secret}`);
}

function lineOf({ id, url, events, disabled, disabledReason, description }: Webhook): string {
  const columns = [id, disabled ? `disabled (${disabledReason})` : "enabled", url, events.join(",") || "every event", description];
  return columns.filter(Boolean).join("  ");
}

function print(deliveries: readonly WebhookDelivery[], { json }: Connection): void {
  if (json) return console.log(JSON.stringify(deliveries.map((each) => toJson(WebhookDeliverySchema, each))));
  for (const { id, type, jobId, state, tries, createTime } of deliveries) {
    const last = tries.at(-1);
    const outcome = last ? `${last.status || last.error} in ${last.durationMs} ms, ${tries.length} tries` : "not sent yet";
    const time = createTime ? timestampDate(createTime).toISOString() : "";
    console.log([id, time, type, jobId || "-", stateName(state), outcome].join("  "));
  }
}
