/** Bytes of a file, both ends within it. */
export interface Range {
  readonly offset: bigint;
  /** At least 1. */
  readonly length: bigint;
}

/** The unit is told apart without case (RFC 9110, 14.1). Several ranges in one request are answered with the whole file, as 14.2 permits. */
const SPECIFIER = /^bytes=\s*(\d*)-(\d*)\s*$/i;

/**
 * What a Range header asks of a file of `size` bytes: a part that is cut to the file, "none" where no byte of it is
 * there (416), or undefined for the whole file (a header that is not one range of bytes is passed over).
 */
export function rangeOf(header: string, size: bigint): Range | "none" | undefined {
  const [, first = "", last = ""] = SPECIFIER.exec(header) ?? [];
  if (!first && !last) return undefined;
  if (!first) return last && BigInt(last) > 0n ? within(size > BigInt(last) ? size - BigInt(last) : 0n, BigInt(last), size) : "none";
  if (!last) return within(BigInt(first), size, size);
  const length = BigInt(last) - BigInt(first) + 1n;
  return length < 1n ? undefined : within(BigInt(first), length, size);
}

/** So many bytes from `offset`, cut to a file of `size` bytes; "none" where it ends before. */
export function within(offset: bigint, length: bigint, size: bigint): Range | "none" {
  if (offset >= size) return "none";
  return { offset, length: length < size - offset ? length : size - offset };
}
