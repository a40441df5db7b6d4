import { metrics } from "@opentelemetry/api";

/** What became of deliveries, and how long posts take; of all tenants together. */
export function webhookMetrics() {
  const meter = metrics.getMeter("dragoman");
  const deliveries = meter.createCounter("dragoman.webhooks.deliveries", {
    description:
      "Deliveries of webhooks that ended, by outcome: delivered, failed, cancelled, or dropped because too many of a tenant waited.",
  });
  const posts = meter.createHistogram("dragoman.webhooks.post.duration", {
    unit: "s",
    description: "How long posts to endpoints took, by whether they were taken.",
  });
  return {
    ended: (outcome: "delivered" | "failed" | "cancelled" | "dropped", count = 1) => deliveries.add(count, { outcome }),
    posted: (seconds: number, taken: boolean) => posts.record(seconds, { taken }),
  };
}
