/** Of a page, so that it stays one message, which has room for 1 MiB with what is around it. */
const MAX_PAGE_BYTES = 700_000;

/** The first of `items` that fit into one message, at least one. They are measured as JSON, which is longer than what is sent. */
export function withinMessage<T extends object>(items: readonly T[], maxBytes = MAX_PAGE_BYTES): readonly T[] {
  let bytes = 0;
  const end = items.findIndex((item, index) => {
    bytes += Buffer.byteLength(JSON.stringify(item));
    return bytes > maxBytes && index > 0;
  });
  return end < 0 ? items : items.slice(0, end);
}
