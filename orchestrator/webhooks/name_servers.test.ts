import { createSocket } from "node:dgram";
import { expect } from "chai";
import { askNameServers } from "./name_servers.ts";

/** A name server that says nothing of names that begin so, and of all others 192.0.2.7 and no address of IPv6. */
async function nameServer(stack: AsyncDisposableStack, silent: string): Promise<string> {
  const socket = createSocket("udp4");
  socket.on("message", (query, { port, address }) => {
    const name = query.subarray(13, 13 + (query[12] ?? 0)).toString();
    if (name.startsWith(silent)) return;
    const question = query.subarray(12, query.indexOf(0, 12) + 5);
    const isIpv4 = question.readUInt16BE(question.length - 4) === 1;
    const head = Buffer.from([...query.subarray(0, 2), 0x81, 0x80, 0, 1, 0, isIpv4 ? 1 : 0, 0, 0, 0, 0]);
    const answer = isIpv4 ? Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, 192, 0, 2, 7]) : Buffer.alloc(0);
    socket.send(Buffer.concat([head, question, answer]), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  stack.defer(() => {
    socket.close();
  });
  return `127.0.0.1:${socket.address().port}`;
}

describe("names that webhooks go to", () => {
  it("are answered at once, however many others nobody answers", async () => {
    await using stack = new AsyncDisposableStack();
    const servers = [await nameServer(stack, "silent")];
    const others = Array.from({ length: 40 }, (_, index) => askNameServers(`silent${index}.example`, servers));
    const ended = Promise.allSettled(others).then(() => "the others ended first");
    const found = await Promise.race([askNameServers("hooks.example", servers), ended]);
    expect(found).to.deep.equal([{ address: "192.0.2.7", family: 4 }]);
  });
  it("are this machine where they say so, whatever a name server says", async () => {
    for (const name of ["localhost", "a.localhost", "LOCALHOST."])
      expect(await askNameServers(name, ["127.0.0.1:1"])).to.deep.equal([{ address: "127.0.0.1", family: 4 }]);
  });
  it("that there are not are an error", async () => {
    const thrown = await askNameServers("hooks.example", ["127.0.0.1:1"]).catch(({ code }) => code);
    expect(thrown).to.match(/^E[A-Z]+$/);
  });
});
