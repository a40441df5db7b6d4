const ADDRESS = /^(https?:\/\/\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.-]+)$/i;

/** Why a segment is kept as it is, or undefined if it is to be translated. */
export function keepRule(segment: string): string | undefined {
  const text = segment.trim();
  if (!/\p{L}/u.test(text)) return "no letters";
  if (ADDRESS.test(text)) return "an address";
  if (/^`[^`]*`$/.test(text)) return "code";
  if (/^\p{L}$/u.test(text)) return "a single letter";
  return undefined;
}
