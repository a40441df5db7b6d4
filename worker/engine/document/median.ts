/** The value that half of the weight lies below; 0 of none. */
export function medianBy(values: readonly { readonly value: number; readonly weight: number }[]): number {
  const ordered = values.toSorted((a, b) => a.value - b.value);
  let left = ordered.reduce((sum, { weight }) => sum + weight, 0) / 2;
  for (const { value, weight } of ordered) {
    left -= weight;
    if (left <= 0) return value;
  }
  return ordered.at(-1)?.value ?? 0;
}
