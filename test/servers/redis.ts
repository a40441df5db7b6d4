import { asked, startServer, type TestServer } from "./process.ts";

export interface RedisServer extends TestServer {
  readonly url: string;
}

/** A Redis server as production needs it: every write on disk before it is answered, nothing evicted. `settings` come last. */
export async function startRedis(...settings: string[]): Promise<RedisServer> {
  const server = await startServer("redis", answers, (port, folder) => [
    "redis-server",
    ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
    ...["--appendonly", "yes", "--appendfsync", "always", ...settings],
  ]);
  return Object.assign(server, { url: `redis://127.0.0.1:${server.port}` });
}

/** Not while it still reads its data: then it answers -LOADING. */
function answers(port: number, signal: AbortSignal): Promise<void> {
  return asked(port, /^\+PONG/, signal, "PING\r\n");
}
