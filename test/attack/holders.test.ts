import { readFile } from "node:fs/promises";
import type { Socket } from "node:net";
import { expect } from "chai";
import { eventually, type RunningService, startService } from "../support/service.ts";
import { formBody, openSocket, type RawRequest, rawRequest } from "./hostile.ts";

const CLIENTS = 1_000;
const WARM_UP = 100;
const MAX_GROWTH_BYTES = 64 * 1024 * 1024;
/** What V8 lets lie of buffers that were dropped, before it collects them. */
const UNCOLLECTED_BYTES = 64 * 1024 * 1024;
const MILLION = 1_000_000;

describe("clients without a key that hold connections", function () {
  this.timeout(120_000);
  let service: RunningService;
  beforeEach(async () => {
    service = await startService();
  });
  afterEach(() => service?.[Symbol.asyncDispose]());

  const memory = async () => Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${service.pid}/status`, "utf8"))?.[1]) * 1024;
  const ask = async () => (await fetch(`${service.url}/languages`, { headers: { authorization: `Bearer ${service.apiKey}` } })).status;
  const closed = (sockets: readonly Socket[]) => sockets.filter((socket) => socket.destroyed || socket.readableEnded).length;

  interface Held {
    readonly url: string;
    readonly bytes: Buffer;
    readonly count: number;
  }
  const open = ({ url, bytes, count }: Held) =>
    Promise.all(
      Array.from({ length: count }, async () => {
        const socket = await openSocket(url);
        socket.resume();
        if (bytes.length > 0) socket.write(bytes);
        return socket;
      }),
    );

  /** Connections with some bytes sent and then silence; how many bytes the service grew by at most until all were gone. */
  async function hold(name: string, helds: readonly Held[]): Promise<{ readonly growthBytes: number }> {
    await ask();
    const before = await memory();
    let most = 0;
    const started = performance.now();
    const sockets = (await Promise.all(helds.map(open))).flat();
    await eventually(
      async () => {
        most = Math.max(most, await memory());
        return closed(sockets) === sockets.length;
      },
      45_000,
      100,
    );
    for (const socket of sockets) socket.destroy();
    const seconds = (performance.now() - started) / 1000;
    if (process.env["TEST_FIGURES"])
      console.log(`${name}: +${((most - before) / 2 ** 20).toFixed(1)} MiB, gone after ${seconds.toFixed(1)} s`);
    return { growthBytes: most - before };
  }

  const unfinished = ({ head, body }: RawRequest) => Buffer.concat([Buffer.from(head), body.subarray(0, MILLION)]);
  const json = Buffer.alloc(MILLION + 1, 0x20);
  const form = formBody("hostile", {}, Buffer.alloc(2 * MILLION, 0x61));
  const wrong = { authorization: `Bearer dgm_${"0".repeat(72)}` };
  for (const [name, bytes] of [
    ["a million bytes of a JSON body", unfinished(rawRequest("", "POST /jobs", { "content-type": "application/json" }, json))],
    ["a million bytes of a JSON body and a wrong key", unfinished(rawRequest("", "POST /jobs", wrong, json))],
    [
      "a million bytes of a form",
      unfinished(rawRequest("", "POST /jobs", { ...wrong, "content-type": "multipart/form-data; boundary=hostile" }, form)),
    ],
    [
      "a million bytes of a Connect call",
      unfinished(rawRequest("", "POST /dragoman.v1.JobService/CreateJob", { "content-type": "application/json" }, json)),
    ],
    ["a million bytes to a forged address", unfinished(rawRequest("", "PUT /uploads/forged.signature", {}, json))],
  ] as const) {
    it(`are gone, and cost little, after ${name}`, async () => {
      // The first of a kind make code to be loaded and compiled, which is not what clients hold.
      await open({ url: service.url, bytes, count: WARM_UP });
      const { growthBytes } = await hold(name, [{ url: service.url, bytes, count: CLIENTS }]);
      expect(growthBytes).to.be.below(name.includes("JSON") ? MAX_GROWTH_BYTES : MAX_GROWTH_BYTES + UNCOLLECTED_BYTES);
      expect(await ask()).to.equal(200);
    });
  }
  it("are gone, and cost less than 64 MiB, after half a head, after nothing, and before HTTP/2's preface", async () => {
    const half = Buffer.from(`GET /languages HTTP/1.1\r\nhost: gateway\r\nx: ${"x".repeat(8_000)}`);
    const nothing = Buffer.alloc(0);
    const { growthBytes } = await hold("silent", [
      { url: service.url, bytes: half, count: CLIENTS },
      { url: service.url, bytes: nothing, count: CLIENTS / 2 },
      { url: `http://${service.grpcAddress}`, bytes: nothing, count: CLIENTS },
    ]);
    expect(growthBytes).to.be.below(MAX_GROWTH_BYTES);
    expect(await ask()).to.equal(200);
  });
});
