import { EngineError } from "../../errors.ts";
import { decodeXml } from "../xml/encoding.ts";
import { type Archive, damaged } from "../zip/archive.ts";

const DECLARES_OTHER = /^<\?xml[^>]{0,100}encoding\s*=\s*["'](?!utf-?8["'])/i;

/** A part of an archive, piece by piece, and how it is written again. */
export interface PartText {
  readonly chunks: AsyncIterable<string>;
  /** Of the whole that `chunks` were, or of a piece of it where it is in UTF-8. */
  readonly encode: (text: string) => Buffer;
  /** Pieces may be encoded one by one. */
  readonly isUtf8: boolean;
}

/** A large part as text. Only one in UTF-8, as all but a few are, is not held whole. Throws DOCUMENT_CORRUPT, DOCUMENT_TOO_COMPLEX. */
export async function openPart(archive: Archive, name: string): Promise<PartText> {
  const stream = await archive.stream(name);
  const pieces = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await pieces.next().catch((cause: unknown) => {
    throw damaged(cause);
  });
  const head = first.done ? Buffer.alloc(0) : first.value;
  const isWide = head[0] === 0xff || head[0] === 0xfe || head[0] === 0 || head[1] === 0;
  if (!isWide && !DECLARES_OTHER.test(head.toString("latin1", 0, 200))) {
    return { chunks: decoded(head, pieces), encode: (text) => Buffer.from(text), isUtf8: true };
  }
  stream.destroy();
  const { text, encode } = decodeXml(await archive.read(name));
  return { chunks: sliced(text), encode, isUtf8: false };
}

/** A byte order mark is left out: it is no text to a parser, and none needs it. */
async function* decoded(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    for (let piece: Buffer | undefined = head; piece; ) {
      yield decoder.decode(piece, { stream: true });
      const next: IteratorResult<Buffer> = await rest.next();
      piece = next.done ? undefined : next.value;
    }
    yield decoder.decode();
  } catch (cause) {
    if (cause instanceof TypeError)
      throw new EngineError("DOCUMENT_CORRUPT", "The XML is not in the encoding that it declares.", { cause });
    throw damaged(cause);
  } finally {
    await rest.return?.();
  }
}

const SLICE = 256 * 1024;

async function* sliced(text: string): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += SLICE) yield text.slice(at, at + SLICE);
}
