import { expect } from "chai";
import { KEPT_IN_TEXT } from "./inline_text.ts";

const CASES: readonly (readonly [text: string, kept: readonly string[]])[] = [
  ["Ask @anna, or anna@example.org.", ["@anna", "anna@example.org"]],
  ["See #12 and owner/name#7 :warning:", ["#12", "owner/name#7", ":warning:"]],
  ["A letter before: über@anna, é#12, niño:hola:x, a:b:c", []],
  ["It costs $5 and $6, where $x^2$ is $a_1 + b$.", ["$x^2$", "$a_1 + b$"]],
];

describe("what stands in running text and is kept", () => {
  for (const [text, kept] of CASES)
    it(`is ${kept.join(", ") || "none"} in “${text}”`, () => expect(text.match(KEPT_IN_TEXT) ?? []).to.deep.equal(kept));
});
