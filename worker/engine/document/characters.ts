/** Characters of all `texts` as Unicode counts them, which is what most translation engines bill. */
export function charactersIn(texts: readonly string[]): number {
  let count = 0;
  for (const text of texts) for (const _ of text) count += 1;
  return count;
}
