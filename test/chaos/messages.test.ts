import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { connect, headers as newHeaders } from "nats";
import { JobState, Stage } from "../../gen/dragoman/v1/job_pb.ts";
import { startCluster } from "../support/cluster.ts";
import { exampleScan } from "../support/documents.ts";
import { type Chaos, openChaos } from "./chaos.ts";
import { checkInvariants } from "./invariants.ts";

const MAX_DELAY_MS = 500;

/** Publishes every message again after some time, so that all come twice and out of order. */
async function openEcho(url: string): Promise<AsyncDisposable & { readonly echoed: () => number }> {
  const connection = await connect({ servers: url });
  let echoed = 0;
  for (const subject of ["jobs.ready.>", "jobs.cancel", "jobs.events.>"]) {
    connection.subscribe(subject, {
      callback: async (_, { subject: where, data, headers }) => {
        if (headers?.has("echo")) return;
        const again = newHeaders();
        again.set("echo", "1");
        again.set("Nats-Msg-Id", randomUUID());
        await sleep(Math.random() * MAX_DELAY_MS);
        if (connection.isClosed()) return;
        connection.publish(where, data, { headers: again });
        echoed += 1;
      },
    });
  }
  await connection.flush();
  return { echoed: () => echoed, [Symbol.asyncDispose]: () => connection.close() };
}

describe("every message twice and out of order", () => {
  let chaos: Chaos;
  before(async () => {
    chaos = await openChaos(await startCluster());
  });
  after(() => chaos[Symbol.asyncDispose]());

  it("runs no job twice, and stops the right one", async () => {
    const { cluster, history } = chaos;
    await using echo = await openEcho(cluster.nats.url);
    const cancelled = await chaos.create(await exampleScan());
    const ids = await Promise.all(
      Array.from({ length: 12 }, (_, index) => chaos.create(index % 3 === 0 ? undefined : "The garden is open today.")),
    );
    await history.reached(cancelled, Stage.OCR_PROCESSING);
    await cluster.client.jobs.cancelJob({ id: cancelled });
    const records = await checkInvariants(cluster, history, [cancelled, ...ids]);
    expect(echo.echoed()).to.be.above(records.length);
    expect(records.map(({ job }) => job.state)).to.deep.equal([JobState.CANCELLED, ...ids.map(() => JobState.SUCCEEDED)]);
    expect(records.map(({ job }) => job.attempt)).to.deep.equal(records.map(() => 1));
  });
});
