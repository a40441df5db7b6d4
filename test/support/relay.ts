import { connect, createServer, type Socket } from "node:net";

/** A TCP relay before a server, where a test can make the network fail. */
export interface Relay extends AsyncDisposable {
  readonly port: number;
  readonly address: string;
  /** Resets every connection. */
  cut(): void;
  /** Resets every connection, and every new one, until `restore`: as if the server were stopped. */
  refuse(): void;
  /** Resets each connection once it has carried so many bytes, until `restore`. */
  limit(bytes: number): void;
  /** Drops every byte in silence, until `restore`: the connections stay half-open. */
  blackHole(): void;
  restore(): void;
}

export async function openRelay(port: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  let mode: "relay" | "refuse" | "black hole" = "relay";
  let limit = Number.POSITIVE_INFINITY;
  const server = createServer((near) => {
    if (mode === "refuse") return void near.resetAndDestroy();
    const far = connect(port, "127.0.0.1");
    let carried = 0;
    for (const [socket, peer] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("data", (bytes) => {
        if (mode === "black hole") return;
        carried += bytes.length;
        if (carried > limit) return void near.resetAndDestroy();
        if (!peer.write(bytes)) {
          socket.pause();
          peer.once("drain", () => socket.resume());
        }
      });
      socket.on("end", () => peer.end());
      socket.on("close", () => {
        sockets.delete(socket);
        peer.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const own = (server.address() as { port: number }).port;
  const cut = () => {
    // A socket that is being shut down cannot be reset: Node would never close its handle, and then never exit.
    for (const socket of sockets) socket.writableEnded ? socket.destroy() : socket.resetAndDestroy();
  };
  return {
    port: own,
    address: `127.0.0.1:${own}`,
    cut,
    refuse() {
      mode = "refuse";
      cut();
    },
    limit(bytes) {
      limit = bytes;
    },
    blackHole() {
      mode = "black hole";
    },
    restore() {
      // What was lost meanwhile leaves the streams broken: they are of no more use.
      if (mode === "black hole") cut();
      mode = "relay";
      limit = Number.POSITIVE_INFINITY;
    },
    async [Symbol.asyncDispose]() {
      cut();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
