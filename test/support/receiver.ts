import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A post as a server hears it. */
export interface Heard {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Answer = (heard: Heard, response: ServerResponse, nth: number) => void;

export interface Receiver {
  readonly heard: Heard[];
  readonly url: string;
}

/** Somebody's server, which remembers what it heard, for as long as `stack` lives; answers 204 if nothing else is said. */
export async function openReceiver(
  stack: AsyncDisposableStack,
  answer: Answer = (_, response) => response.writeHead(204).end(),
): Promise<Receiver> {
  const heard: Heard[] = [];
  const server = createServer(async (request, response) => {
    const chunks = await Array.fromAsync(request as AsyncIterable<Buffer>);
    const one = { path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks).toString() };
    heard.push(one);
    answer(one, response, heard.length);
  });
  await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
  stack.defer(() => {
    server.close();
    server.closeAllConnections();
  });
  return { heard, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
