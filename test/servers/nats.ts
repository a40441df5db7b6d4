import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { asked, startServer, type TestServer } from "./process.ts";

/** Where deploy/setup_nats.sh puts it when the system has none that is new enough. */
const UNPACKED = ".servers/nats-server";

export interface NatsServer extends TestServer {
  readonly url: string;
}

/** A NATS server with JetStream, every write on disk before it is acked. `settings` are lines of its configuration. */
export async function startNats(...settings: string[]): Promise<NatsServer> {
  const program = existsSync(UNPACKED) ? path.resolve(UNPACKED) : "nats-server";
  const server = await startServer("nats", answers, (port, folder) => {
    const file = path.join(folder, "nats.conf");
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      file,
      `listen: "127.0.0.1:${port}"\njetstream { store_dir: "${folder}/jetstream", sync_interval: always }\n${settings.join("\n")}\n`,
    );
    return [program, "--config", file];
  });
  return Object.assign(server, { url: `nats://127.0.0.1:${server.port}` });
}

/** It takes clients once JetStream has its data, and then speaks first. */
function answers(port: number, signal: AbortSignal): Promise<void> {
  return asked(port, /^INFO .*"jetstream":true/, signal);
}
