/** Maja Popović, "chrF: character n-gram F-score for automatic MT evaluation" (2015): n-grams of 1 to 6 letters without white space, β = 2. */
const ORDERS = 6;
const BETA = 2;

/** chrF of `hypotheses` against the `references` of the same places, 0 to 100, over the corpus as a whole. */
export function chrf(hypotheses: readonly string[], references: readonly string[]): number {
  let [precision, recall, orders] = [0, 0, 0];
  for (let order = 1; order <= ORDERS; order++) {
    let [matched, said, wanted] = [0, 0, 0];
    for (const [index, hypothesis] of hypotheses.entries()) {
      const [one, other] = [gramsOf(hypothesis, order), gramsOf(references[index] ?? "", order)];
      said += sum(one);
      wanted += sum(other);
      for (const [gram, count] of one) matched += Math.min(count, other.get(gram) ?? 0);
    }
    if (said === 0 || wanted === 0) continue;
    orders += 1;
    precision += matched / said;
    recall += matched / wanted;
  }
  if (orders === 0 || precision + recall === 0) return 0;
  const [p, r] = [precision / orders, recall / orders];
  return (100 * (1 + BETA ** 2) * p * r) / (BETA ** 2 * p + r);
}

function gramsOf(text: string, order: number): ReadonlyMap<string, number> {
  const letters = [...text.replace(/\s+/g, "")];
  const grams = new Map<string, number>();
  for (let at = 0; at + order <= letters.length; at++) {
    const gram = letters.slice(at, at + order).join("");
    grams.set(gram, (grams.get(gram) ?? 0) + 1);
  }
  return grams;
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}
