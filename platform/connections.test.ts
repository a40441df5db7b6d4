import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { ConnectionBudget } from "./connections.ts";

const SETTLE_MS = 150;

describe("connections of a process", () => {
  const clients: Socket[] = [];
  const servers: Server[] = [];
  afterEach(async () => {
    for (const socket of clients.splice(0)) socket.destroy();
    for (const server of servers.splice(0)) if (server.listening) await new Promise((resolve) => server.close(resolve));
  });

  async function open(budget: ConnectionBudget): Promise<Server> {
    const server = createServer().listen(0, "127.0.0.1");
    server.on("connection", (socket) => socket.on("error", () => undefined));
    budget.add(server);
    servers.push(server);
    await once(server, "listening");
    return server;
  }

  /** How many of so many are not hung up on. */
  async function knock(server: Server, times: number): Promise<number> {
    const { port } = server.address() as AddressInfo;
    const mine = Array.from({ length: times }, () => connect(port, "127.0.0.1").on("error", () => undefined));
    clients.push(...mine);
    await Promise.all(mine.map((socket) => Promise.race([once(socket, "connect"), once(socket, "close")])));
    await sleep(SETTLE_MS);
    return mine.filter((socket) => !socket.destroyed && !socket.readableEnded).length;
  }

  it("are so many over all ports together, and no port takes another's share", async () => {
    const budget = new ConnectionBudget(12);
    const [one, two, three] = [await open(budget), await open(budget), await open(budget)];
    expect(await knock(one, 20)).to.equal(8);
    expect(await knock(two, 20)).to.equal(2);
    expect(await knock(three, 20)).to.equal(2);
  });
  it("are another's once they have ended, or their port has", async () => {
    const budget = new ConnectionBudget(8);
    const [one, two] = [await open(budget), await open(budget)];
    expect(await knock(one, 20)).to.equal(6);
    for (const socket of clients.splice(0)) socket.destroy();
    await sleep(SETTLE_MS);
    expect(await knock(two, 20)).to.equal(6);
    await new Promise((resolve) => one.close(resolve));
    expect(await knock(two, 20)).to.equal(2);
  });
});
