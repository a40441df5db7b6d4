import type { Inline } from "../document/model.ts";

/** Equal for contents that say the same with the same marks of the source. How their texts are cut does not matter. */
export function signatureOf(content: readonly Inline[]): string {
  return content
    .map((inline) => {
      if (inline.kind === "text") return inline.text;
      const anchor = JSON.stringify(inline.anchor);
      return inline.kind === "atom" ? `\u0001${anchor}\u0001` : `\u0002${anchor}${signatureOf(inline.content)}\u0003`;
    })
    .join("");
}
