import { getEventListeners } from "node:events";
import { createClient, createRouterTransport } from "@connectrpc/connect";
import { expect } from "chai";
import { Health, HealthCheckResponse_ServingStatus } from "../gen/health/v1/health_pb.ts";
import { GatewayHealth } from "./health.ts";

const { SERVING, NOT_SERVING } = HealthCheckResponse_ServingStatus;

describe("a gateway's health", () => {
  function open() {
    const stopping = new AbortController();
    const health = new GatewayHealth([], stopping.signal);
    const client = createClient(
      Health,
      createRouterTransport((router) => health.addTo(router)),
    );
    return { stopping, client };
  }

  it("is told to those that watch, when it stops serving", async () => {
    const { stopping, client } = open();
    const told: number[] = [];
    for await (const { status } of client.watch({})) {
      told.push(status);
      stopping.abort();
    }
    expect(told).to.deep.equal([SERVING, NOT_SERVING]);
  });
  it("keeps nothing of a watch that was given up", async () => {
    const { stopping, client } = open();
    const leave = new AbortController();
    const watch = client.watch({}, { signal: leave.signal })[Symbol.asyncIterator]();
    await watch.next();
    const ended = watch.next().catch(() => undefined);
    while (getEventListeners(stopping.signal, "abort").length === 0) await new Promise(setImmediate);
    leave.abort();
    await ended;
    while (getEventListeners(stopping.signal, "abort").length > 0) await new Promise(setImmediate);
    expect(getEventListeners(stopping.signal, "abort")).to.have.length(0);
  });
});
