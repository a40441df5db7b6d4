import { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** The file descriptor of a child's end of the channel: a socket, so that both write to it. */
export const CHANNEL_FD = 3;
/**
 * Of one message. The largest are a result of 10,000 files, and a question of 50,000 letters with 20,000 tags: with
 * each letter escaped, 1.5 MB; so is what either is answered with.
 */
export const MAX_MESSAGE_BYTES = 4 * 1024 ** 2;
const FIRST_BYTES = 4096;
const LINE_END = 0x0a;
const NOTHING = Buffer.alloc(0);

/** What was said is no message: it is too long, or no JSON. */
export class NoMessage extends Error {}

/**
 * Makes messages of bytes as they come: each is a line of JSON. What is not complete is copied together, so that it
 * takes no more than twice its bytes however small the pieces are that it comes in.
 */
export class MessageReader {
  #held = NOTHING;
  #length = 0;

  /** Those that `bytes` complete, in order. Throws NoMessage. */
  *read(bytes: Buffer): Generator<unknown> {
    let from = 0;
    for (let end = bytes.indexOf(LINE_END); end >= 0; end = bytes.indexOf(LINE_END, from)) {
      this.#hold(bytes.subarray(from, end));
      from = end + 1;
      const line = this.#held.toString("utf8", 0, this.#length);
      this.#held = NOTHING;
      this.#length = 0;
      yield parse(line);
    }
    this.#hold(bytes.subarray(from));
  }

  #hold(bytes: Buffer): void {
    const length = this.#length + bytes.length;
    if (length > MAX_MESSAGE_BYTES) throw new NoMessage(`A message has more than ${MAX_MESSAGE_BYTES} bytes.`);
    if (length > this.#held.length) {
      const larger = Buffer.allocUnsafe(Math.min(MAX_MESSAGE_BYTES, Math.max(length, 2 * this.#held.length, FIRST_BYTES)));
      this.#held.copy(larger, 0, 0, this.#length);
      this.#held = larger;
    }
    bytes.copy(this.#held, this.#length);
    this.#length = length;
  }
}

export interface ChannelListener {
  /** Hears each message, in order. */
  readonly hear: (said: unknown) => void;
  /** The other end is gone; or nothing more is heard from it, because of `fault`. */
  readonly end: (fault?: NoMessage) => void;
}

/** What a child and its supervisor talk over. */
export class Channel implements Disposable {
  readonly #stream: Duplex;

  constructor(stream: Duplex, { hear, end }: ChannelListener) {
    this.#stream = stream;
    const reader = new MessageReader();
    let fault: NoMessage | undefined;
    stream.on("data", (bytes: Buffer) => {
      try {
        for (const said of reader.read(bytes)) if (!stream.destroyed) hear(said);
      } catch (thrown) {
        if (!(thrown instanceof NoMessage)) throw thrown;
        fault = thrown;
        stream.destroy();
      }
    });
    // Whoever writes to an end that is gone learns of it by its closing.
    stream.on("error", () => undefined);
    stream.on("end", () => stream.destroy());
    stream.on("close", () => end(fault));
  }

  /** A child's, to its supervisor. */
  static toSupervisor(listener: ChannelListener): Channel {
    return new Channel(new Socket({ fd: CHANNEL_FD, readable: true, writable: true }), listener);
  }

  /** Resolves when it is on its way, or never will be: so nobody says more than is heard. */
  say(message: object): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#stream.write(`${JSON.stringify(message)}\n`, () => resolve());
    return promise;
  }

  /** Hears and says nothing more. */
  [Symbol.dispose](): void {
    this.#stream.destroy();
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new NoMessage("A message is no JSON.", { cause });
  }
}
