import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { boundConnections } from "./connections.ts";
import { asDragomanError, DragomanError } from "./errors.ts";

const CHECK_MS = 2_000;
/** An answer is good for so long, however many ask. */
const FRESH_MS = 1_000;

/** What a component cannot serve without. Each check throws where it is away. */
export type Dependencies = Readonly<Record<string, () => Promise<unknown>>>;

export interface HealthServer extends AsyncDisposable {
  readonly port: number;
}

interface Readiness {
  readonly ready: boolean;
  /** "ok", or the error's code and message, per dependency. */
  readonly dependencies: Readonly<Record<string, string>>;
}

/**
 * Health over HTTP, as Kubernetes asks for it, with the reason per dependency. `/livez` depends on this process alone:
 * an event loop that stands still does not answer. `/readyz` depends on every dependency, `/startupz` on their having
 * been there once.
 */
export async function openHealthServer(host: string, port: number, dependencies: Dependencies): Promise<HealthServer> {
  let started = false;
  let last: { readonly at: number; readonly readiness: Promise<Readiness> } | undefined;
  const readiness = () => {
    if (!last || performance.now() - last.at > FRESH_MS) last = { at: performance.now(), readiness: check(dependencies) };
    return last.readiness;
  };
  const server = createServer({ requestTimeout: 10_000 }, async (request, response) => {
    if (request.url === "/livez") return write(response, 200, { status: "ok" });
    if (request.url !== "/readyz" && request.url !== "/startupz") return write(response, 404, { status: "not found" });
    const now = await readiness();
    started ||= now.ready;
    const good = request.url === "/readyz" ? now.ready : started;
    write(response, good ? 200 : 503, { status: good ? "ok" : "unavailable", dependencies: now.dependencies });
  });
  boundConnections(server);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function check(dependencies: Dependencies): Promise<Readiness> {
  const checked = await Promise.all(
    Object.entries(dependencies).map(async ([name, ask]): Promise<[string, string]> => {
      try {
        await Promise.race([ask(), tooLate()]);
        return [name, "ok"];
      } catch (error) {
        const { code, message } = asDragomanError(error);
        return [name, `${code}: ${message}`];
      }
    }),
  );
  return { ready: checked.every(([, state]) => state === "ok"), dependencies: Object.fromEntries(checked) };
}

async function tooLate(): Promise<never> {
  await sleep(CHECK_MS, undefined, { ref: false });
  throw DragomanError.of("DEADLINE_EXCEEDED", `It did not answer in ${CHECK_MS / 1000} s.`);
}

function write(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" }).end(JSON.stringify(body));
}
