/** What is set alike on a page. */
export interface Scaled {
  readonly look: string;
  readonly scale: number;
}

/** Of the passages of a look, what is left to be smaller than the others by itself. */
const ODD = 0.2;

/** For each look the scale that all of its passages get: the smallest of them, but for the fifth that is smallest. */
export function commonScales(passages: readonly Scaled[]): Map<string, number> {
  const scales = new Map<string, number[]>();
  for (const { look, scale } of passages) {
    const known = scales.get(look);
    if (known) known.push(scale);
    else scales.set(look, [scale]);
  }
  return new Map([...scales].map(([look, all]) => [look, all.sort((a, b) => a - b)[Math.floor(all.length * ODD)] ?? 1]));
}
