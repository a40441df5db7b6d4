import { spawn } from "node:child_process";
import { once } from "node:events";
import { type Duplex, PassThrough } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import fc from "fast-check";
import { CHANNEL_FD, Channel, MAX_MESSAGE_BYTES, MessageReader, NoMessage } from "./channel.ts";

const line = (said: unknown) => Buffer.from(`${JSON.stringify(said)}\n`);
/** As long as a message may be, and `more`. */
const longest = (more = 0) => Buffer.concat([Buffer.from(`"${"x".repeat(MAX_MESSAGE_BYTES - 2 + more)}"`), Buffer.from("\n")]);
const cutAt = (bytes: Buffer, places: readonly number[]) =>
  [0, ...places].map((place, index) => bytes.subarray(place, places[index] ?? bytes.length));
const readAll = (pieces: readonly Buffer[]) => {
  const reader = new MessageReader();
  return pieces.flatMap((piece) => [...reader.read(piece)]);
};
const words = fc.record({ text: fc.string({ unit: "binary" }) });

describe("messages over a channel", () => {
  it("arrive whole, cut in two at any byte", () => {
    fc.assert(
      fc.property(words, (said) => {
        const bytes = line(said);
        for (let place = 0; place <= bytes.length; place++) expect(readAll(cutAt(bytes, [place]))).to.deep.equal([said]);
      }),
    );
  });
  it("arrive in order, however they are cut", () => {
    const cuts = fc.array(words, { maxLength: 8 }).chain((said) => {
      const bytes = Buffer.concat(said.map(line));
      return fc.record({ said: fc.constant(said), bytes: fc.constant(bytes), places: fc.array(fc.nat(bytes.length)) });
    });
    fc.assert(
      fc.property(cuts, ({ said, bytes, places }) => {
        expect(
          readAll(
            cutAt(
              bytes,
              places.toSorted((a, b) => a - b),
            ),
          ),
        ).to.deep.equal(said);
      }),
    );
  });
  it("may be so long, and no longer", () => {
    expect(readAll([longest()])).to.have.length(1);
    expect(() => readAll([longest(1)])).to.throw(NoMessage);
    const whole = longest(1);
    expect(() => readAll(cutAt(whole, [1, 70_000, MAX_MESSAGE_BYTES]))).to.throw(NoMessage);
  });
  it("are refused before they have an end", () => {
    expect(() => readAll([longest().subarray(0, -1), Buffer.from("x")])).to.throw(NoMessage);
  });
  for (const text of ["\n", "no JSON\n", '{"kind":"ready"}{"kind":"ready"}\n', "\xff\n"])
    it(`are refused if they are ${JSON.stringify(text)}`, () => {
      expect(() => readAll([Buffer.from(text, "latin1")])).to.throw(NoMessage);
    });
  it("take little more memory than their bytes, in whatever pieces they come", () => {
    const reader = new MessageReader();
    const before = process.memoryUsage().rss;
    // As slices of their own, of which a list would take a hundred times the bytes.
    for (let byte = 0; byte < MAX_MESSAGE_BYTES; byte++) for (const _ of reader.read(Buffer.allocUnsafe(1).fill("x"))) expect.fail();
    expect(process.memoryUsage().rss - before).to.be.below(100e6);
  });
});

describe("a channel", () => {
  it("hears nothing after what is no message, and says which that was", async () => {
    const stream = new PassThrough();
    const heard: unknown[] = [];
    const { promise, resolve } = Promise.withResolvers<unknown>();
    using _channel = new Channel(stream, { hear: (said) => heard.push(said), end: resolve });
    stream.write("1\nno JSON\n2\n");
    expect(await promise).to.be.instanceOf(NoMessage);
    expect(heard).to.deep.equal([1]);
  });
  it("waits with what is said until it is read, and no longer than there is somebody to read it", async () => {
    const deaf = spawn("sleep", ["60"], { stdio: ["ignore", "ignore", "ignore", "pipe"] });
    try {
      const { promise: ended, resolve: end } = Promise.withResolvers<unknown>();
      const channel = new Channel(deaf.stdio[CHANNEL_FD] as Duplex, { hear: () => undefined, end });
      let said = 0;
      const all = Promise.all([1, 2, 3].map(() => channel.say({ text: "x".repeat(1e6) }).then(() => said++)));
      await sleep(200);
      expect(said).to.equal(0);
      channel[Symbol.dispose]();
      await all;
      await channel.say({ text: "in vain" });
      expect(await ended).to.equal(undefined);
    } finally {
      deaf.kill("SIGKILL");
    }
  });
  it("is heard to the last word of a process that ends, and its end then, and is not its programs'", async () => {
    const url = JSON.stringify(new URL("./channel.ts", import.meta.url).href);
    const program = `
      import { readlinkSync } from "node:fs";
      import { spawnSync } from "node:child_process";
      import { Channel } from ${url};
      const own = readlinkSync("/proc/self/fd/${CHANNEL_FD}");
      const channel = Channel.toSupervisor({ end: () => process.exit(7), hear: async (said) => {
        const others = spawnSync("ls", ["-l", "/proc/self/fd"], { encoding: "utf8" }).stdout;
        await channel.say({ said, inherited: others.includes(own), own: own.startsWith("socket:") });
        await channel.say("x".repeat(1e6));
      } });`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["ignore", "ignore", "inherit", "pipe"] });
    const heard: unknown[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const stream = child.stdio[CHANNEL_FD] as Duplex;
    const hear = (said: unknown) => heard.push(said) === 2 && resolve();
    using channel = new Channel(stream, { hear, end: () => undefined });
    const exit = once(child, "exit");
    await channel.say({ text: "zażółć 🌳" });
    await promise;
    stream.end();
    expect(await exit).to.deep.equal([7, null]);
    expect(heard).to.deep.equal([{ said: { text: "zażółć 🌳" }, inherited: false, own: true }, "x".repeat(1e6)]);
  });
});
