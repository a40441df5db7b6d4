const LEAST_LETTERS = 25;
const SAMPLE = 4_000;

/** The language that `text` is in, as ISO 639-1; undefined where too little of it was read to tell. */
export async function languageOf(text: string): Promise<string | undefined> {
  const sample = text.slice(0, SAMPLE);
  if ((sample.match(/\p{L}/gu)?.length ?? 0) < LEAST_LETTERS) return undefined;
  // Two megabytes of frequencies, which only scans without a given language need.
  const { eld } = await import("eld/medium");
  const found = eld.detect(sample);
  return found.isReliable() && found.language ? found.language : undefined;
}
