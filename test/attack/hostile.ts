import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** An HTTP/1.1 request as bytes, so that a test can stop anywhere in it. */
export interface RawRequest {
  readonly name: string;
  readonly head: string;
  readonly body: Buffer;
}

export function rawRequest(name: string, startLine: string, headers: Readonly<Record<string, string>>, body: Buffer): RawRequest {
  const lines = Object.entries({ host: "gateway", "content-length": String(body.length), ...headers });
  return { name, head: `${startLine} HTTP/1.1\r\n${lines.map(([key, value]) => `${key}: ${value}\r\n`).join("")}\r\n`, body };
}

/** A multipart/form-data body: `fields` come first, then one file. */
export function formBody(boundary: string, fields: Readonly<Record<string, string>>, file: Buffer, fileName = "a.txt"): Buffer {
  const part = (disposition: string, content: string) =>
    `--${boundary}\r\ncontent-disposition: form-data; ${disposition}\r\n\r\n${content}`;
  const before = Object.entries(fields).map(([name, value]) => part(`name="${name}"`, `${value}\r\n`));
  return Buffer.concat([
    Buffer.from(`${before.join("")}${part(`name="file"; filename="${fileName}"`, "")}`),
    file,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
}

/** A connection whose errors are nobody's business but the test's. */
export async function openSocket(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => undefined);
  await Promise.race([once(socket, "connect"), once(socket, "close")]);
  return socket;
}

/** Sends the first `count` bytes of the body, waits until something is answered or `lingerMs` passed, and resets the connection. */
export async function sendAndReset(url: string, { head, body }: RawRequest, count: number, lingerMs: number): Promise<void> {
  const socket = await openSocket(url);
  socket.resume();
  await new Promise<void>((resolve) => {
    socket.once("close", () => resolve());
    socket.write(Buffer.concat([Buffer.from(head), body.subarray(0, count)]), () => setTimeout(resolve, lingerMs));
  });
  socket.resetAndDestroy();
}
