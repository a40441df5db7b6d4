import { decode } from "./encoding.ts";

/** What of a file is looked at to tell what it is. */
export interface Sample {
  /** Up to 64 KiB of its beginning, or all of it. */
  readonly head: Uint8Array;
  /** `head` is all of it. */
  readonly isWhole: boolean;
  readonly fileName: string;
  /** `head` as text without its byte order mark; undefined if it is none in an encoding that is known. */
  readonly text?: string | undefined;
  /** Of a ZIP archive, the names of its entries. */
  readonly entries?: readonly string[];
}

/** So much of a file is looked at to tell what it is. */
export const HEAD_BYTES = 64 * 1024;

export function sampleOf(head: Uint8Array, fileName: string, entries?: readonly string[]): Sample {
  const text = decode(head, { stream: true })?.text;
  return { head, isWhole: head.length < HEAD_BYTES, fileName, text, ...(entries && { entries }) };
}

/** Whether the file's name ends with one of `extensions`, which have their dots and are in lower case. */
export function isNamed(sample: Sample, extensions: readonly string[]): boolean {
  const name = sample.fileName.toLowerCase();
  return extensions.some((extension) => name.endsWith(extension));
}

export function isZip({ head }: Sample): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6));
}
