import { expect } from "chai";
import { DragomanError } from "../../platform/errors.ts";
import { UsageError } from "../../platform/usage_error.ts";
import { ACTIONS } from "./actions.ts";

describe("what operators do with jobs", () => {
  for (const [name, { value, of }] of Object.entries(ACTIONS))
    if (value)
      it(`${name} says what it takes where it is given something else`, () => {
        let told: unknown;
        try {
          of("{ nonsense");
        } catch (error) {
          told = error;
        }
        // What is neither ends the command without a word.
        expect(told instanceof UsageError || told instanceof DragomanError, String(told)).to.equal(true);
      });
  it("takes a time in any unit for a deadline's", () => {
    expect(ACTIONS["extend-deadline"]?.of("2h")).to.deep.equal({ case: "extendDeadline", value: 7200 });
  });
});
