import { setImmediate as turn } from "node:timers/promises";
import { create, type Message } from "@bufbuild/protobuf";
import { expect } from "chai";
import { JobSchema } from "../gen/dragoman/v1/job_pb.ts";
import { GetJobRequestSchema, JobService, WatchJobRequestSchema } from "../gen/dragoman/v1/job_service_pb.ts";
import type { DragomanError } from "../platform/errors.ts";
import { type ProxiedService, proxyTo } from "./proxy.ts";

const { getJob, watchJob } = JobService.method;
const MAX_LASTING = 8_000;

describe("a gateway that proxies as many watches as it takes", () => {
  let end: PromiseWithResolvers<void>;
  let watches: AsyncIterator<Message>[];
  const job = create(JobSchema, { id: "j", version: 1n });
  const proxyOf = (client: object) => proxyTo([{ service: JobService, client } as unknown as ProxiedService]);
  let proxy: ReturnType<typeof proxyTo>;
  const watch = () => (proxy(watchJob, create(WatchJobRequestSchema), {}) as AsyncIterable<Message>)[Symbol.asyncIterator]();
  const wait = (waitSeconds: number) =>
    (proxy(getJob, create(GetJobRequestSchema, { waitSeconds }), {}) as Promise<Message>).then(
      () => "answered",
      (error: DragomanError) => error.code,
    );

  beforeEach(async () => {
    end = Promise.withResolvers();
    proxy = proxyOf({
      getJob: async () => job,
      async *watchJob() {
        yield job;
        await end.promise;
      },
    });
    watches = Array.from({ length: MAX_LASTING }, watch);
    await Promise.all(watches.map((each) => each.next()));
  });
  afterEach(() => end.resolve());

  it("refuses another, and a call that waits, to be tried again later", async () => {
    const refused = await watch()
      .next()
      .catch((error: DragomanError) => error.detail);
    expect(refused).to.include({ code: "OVERLOADED", retryable: true });
    expect(await wait(1)).to.equal("OVERLOADED");
  });
  it("goes on with calls that are answered at once", async () => {
    expect(await wait(0)).to.equal("answered");
  });
  it("takes another when one is ended by its reader, or by itself", async () => {
    await watches[0]?.return?.();
    expect(await wait(1)).to.equal("answered");
    end.resolve();
    await turn();
    await Promise.all(watches.map((each) => each.next()));
    expect(await watch().next()).to.deep.include({ value: job, done: false });
  });
});
