import { toBinary } from "@bufbuild/protobuf";
import { expect } from "chai";
import { ListWebhookDeliveriesResponseSchema, WebhookService } from "../../gen/dragoman/v1/webhook_service_pb.ts";
import { openLog } from "../../platform/log.ts";
import { callsOf } from "../../test/support/calls.ts";
import { gateOf } from "../../test/support/gate.ts";
import { issueKey } from "../access/keys.ts";
import { Seal } from "../access/sealed.ts";
import { type Delivery, deliveryId, jobEventId } from "../deliveries/delivery.ts";
import { openSqliteStore } from "../store/sqlite.ts";
import { Endpoints } from "../webhooks/endpoints.ts";
import { Webhooks } from "../webhooks/webhooks.ts";
import { webhookService } from "./webhook_service.ts";

const MESSAGE_BYTES = 1024 ** 2;

describe("the log of an endpoint", () => {
  it("is told in pages that are each one message, however much was answered, and none is left out", async () => {
    await using store = openSqliteStore(":memory:");
    const endpoints = new Endpoints(store, new Seal("a secret"));
    const webhooks = new Webhooks(store, endpoints, openLog("test", "silent"), () => undefined);
    const service = webhookService(gateOf(store), { endpoints, webhooks, refusal: async () => undefined });
    const calls = callsOf(WebhookService, service, await issueKey(store, { tenantId: "t", role: "client" }));
    const { id: webhookId } = await calls.createWebhook({ url: `https://a.example/${"u".repeat(1_900)}` });
    const tries = Array.from({ length: 10 }, (_, at) => ({ at, status: 500, durationMs: 1, answer: "<p>".repeat(333) }));
    const ids = Array.from({ length: 150 }, (_, n) => jobEventId({ jobId: "j", jobVersion: n, at: 1_000 + n }));
    const deliveries = ids.map((eventId): Delivery => {
      const of = {
        tenantId: "t",
        endpointId: webhookId,
        recipient: webhookId,
        eventId,
        type: "job.failed",
        jobId: "",
        jobVersion: 0,
      } as const;
      const ended = { url: "", createdAt: 1, state: "FAILED", tried: 10, nextAt: null, endedAt: 2, tries } as const;
      return { ...of, ...ended, id: deliveryId(eventId, webhookId) };
    });
    await store.addDeliveries(
      deliveries.map((delivery) => ({ delivery, body: Buffer.from("{}") })),
      1_000,
    );
    const found: string[] = [];
    let pageToken = "";
    do {
      const page = await calls.listWebhookDeliveries({ webhookId, pageSize: 100, pageToken });
      expect(toBinary(ListWebhookDeliveriesResponseSchema, page).length).to.be.lessThan(MESSAGE_BYTES);
      found.push(...page.deliveries.map(({ id }) => id));
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    expect(found).to.deep.equal(deliveries.map(({ id }) => id).reverse());
  });
});
