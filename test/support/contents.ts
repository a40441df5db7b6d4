import fc from "fast-check";
import type { Inline } from "../../worker/engine/document/model.ts";

const anchor = fc.option(fc.nat(), { nil: undefined });
const words = fc.string({ unit: fc.constantFrom("a", "B", " ", "é", "𝒳", "."), maxLength: 8 });
/** Any content, that too which no reader makes: empty texts and spans, neighbours that could be one. */
export const contents: fc.Arbitrary<Inline[]> = fc.letrec<{ content: Inline[]; inline: Inline }>((tie) => ({
  content: fc.array(tie("inline"), { maxLength: 5, depthIdentifier: "inline" }),
  inline: fc.oneof(
    { depthIdentifier: "inline", maxDepth: 4 },
    fc.record({ kind: fc.constant("text" as const), text: words, anchor }),
    fc.record({
      kind: fc.constant("atom" as const),
      as: fc.constantFrom("code" as const, "image" as const, "break" as const),
      text: words,
      anchor,
    }),
    fc.record({ kind: fc.constant("span" as const), link: fc.constantFrom("x", "y"), content: tie("content"), anchor }),
  ),
})).content;
