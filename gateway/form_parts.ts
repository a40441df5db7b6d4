import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Readable, Writable } from "node:stream";
import { finished } from "node:stream/promises";
import busboy from "busboy";
import { DragomanError } from "../platform/errors.ts";
import { checked, promisedDigests } from "./digests.ts";
import { refusedPart } from "./form_fields.ts";
import { PartCounter } from "./part_counter.ts";

export interface FilePart {
  readonly name: string;
  readonly bytes: Readable;
  readonly fileName: string;
}

/** Who hears of a form's parts as they come; what either throws ends the form. */
interface FormReader {
  field(name: string, value: string): void;
  /** Must read the part to its end: nothing behind it comes before. */
  file(part: FilePart): Promise<void>;
}

interface FormLimits {
  readonly fields: number;
  readonly fieldBytes: number;
}

/**
 * Reads a multipart form of fields and at most one file, and answers when all of it was read and taken.
 * Throws INVALID_REQUEST for what is no such form, and what the reader throws.
 */
export async function readForm(request: IncomingMessage, reader: FormReader, limits: FormLimits): Promise<void> {
  const form = openForm(request, limits);
  const { refused, taken, whole } = readParts(form, reader, limits);
  try {
    const bytes = checked(request.iterator({ destroyOnReturn: false }), promisedDigests(request.headers));
    const counter = new PartCounter(request.headers["content-type"] ?? "");
    await Promise.race([feed(counter.pass(bytes), form), refused]);
    if (counter.parts > taken()) throw refusedPart("form", "has a part that is no named `form-data`");
    await Promise.race([whole(), refused]);
  } catch (error) {
    // Ends what still reads the file.
    form.destroy();
    throw error;
  }
}

interface Reading {
  /** Rejects with what is wrong with a part. */
  readonly refused: Promise<never>;
  /** How many parts there were so far; busboy passes over one that is not `form-data`, and says nothing. */
  readonly taken: () => number;
  /** When the reader is done with the file. */
  readonly whole: () => Promise<void>;
}

/** Takes each part as it comes. */
function readParts(form: busboy.Busboy, reader: FormReader, { fields, fieldBytes }: FormLimits): Reading {
  const { promise, reject } = Promise.withResolvers<never>();
  let parts = 0;
  let whole = Promise.resolve();
  promise.catch(() => undefined);
  form.on("error", (cause) => reject(notAForm(cause)));
  form.on("field", (name = "", value, { valueTruncated }) => {
    parts++;
    try {
      if (!name) throw refusedPart("form", "has a part without a name");
      if (valueTruncated) throw refusedPart(name, `has more than ${fieldBytes} bytes`);
      // What the parser puts in place of bytes that are none of the part's encoding.
      if (value.includes("\ufffd")) throw refusedPart(name, "is not in UTF-8");
      reader.field(name, value);
    } catch (error) {
      reject(error);
    }
  });
  form.on("file", (name = "", bytes, { filename }) => {
    // It may break before anybody reads it, and then its reader is told.
    bytes.on("error", () => undefined);
    parts++;
    if (!name) reject(refusedPart("form", "has a part without a name"));
    else {
      whole = reader.file({ name, bytes, fileName: filename ?? "" });
      whole.catch(reject);
    }
  });
  form.on("filesLimit", () => reject(refusedPart("file", "is given more than once: a job is made of one file")));
  form.on("fieldsLimit", () => reject(refusedPart("form", `has more than ${fields} fields`)));
  return { refused: promise, taken: () => parts, whole: () => whole };
}

async function feed(bytes: AsyncIterable<Uint8Array>, form: Writable): Promise<void> {
  for await (const chunk of bytes) {
    if (form.destroyed) return;
    if (!form.write(chunk)) await once(form, "drain");
  }
  form.end();
  await finished(form);
}

function openForm(request: IncomingMessage, { fields, fieldBytes }: FormLimits): busboy.Busboy {
  try {
    const limits = { files: 1, fields, fieldSize: fieldBytes };
    return busboy({ headers: request.headers, defParamCharset: "utf8", limits });
  } catch (cause) {
    throw notAForm(cause);
  }
}

function notAForm(cause: unknown): DragomanError {
  return DragomanError.of("INVALID_REQUEST", "The body is not a whole multipart/form-data form.", { cause });
}
