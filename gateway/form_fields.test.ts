import { expect } from "chai";
import { FormFields } from "./form_fields.ts";

describe("a form's lists", () => {
  it("have a part for each item, or several in one; a text that stays as it is may have commas", () => {
    const fields = new FormFields();
    fields.add("outputs", "text, json");
    fields.add("do_not_translate", "Smith, Jones & Co");
    fields.add("do_not_translate", "Open Door");
    const { outputs, doNotTranslate } = fields.options();
    expect(outputs).to.have.length(2);
    expect(doNotTranslate).to.deep.equal(["Smith, Jones & Co", "Open Door"]);
  });
});
