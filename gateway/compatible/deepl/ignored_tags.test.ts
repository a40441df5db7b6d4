import { expect } from "chai";
import { Fields } from "../fields.ts";
import { withIgnored, withoutMarks } from "./ignored_tags.ts";

const naming = (...lists: string[]) => {
  const fields = new Fields();
  for (const list of lists) fields.add("ignore_tags", list);
  return fields;
};

describe("elements whose text is not translated", () => {
  const text = 'A <k>pump</k>, a <key>lid</key>, <k id="1">a<x/></k> and </k>';
  it("are marked by their names, and no others", () => {
    const [marked = ""] = withIgnored([text], naming("x, k"));
    expect(marked.match(/<k translate="no"/g)).to.have.length(2);
    expect(marked).to.contain("<key>lid</key>").and.to.contain('id="1">a<x/></k> and </k>');
  });
  it("come back without the marks", () => {
    for (const names of [[], ["k"], ["k,key", "x"]]) expect(withIgnored([text], naming(...names)).map(withoutMarks)).to.deep.equal([text]);
  });
  it("are refused where they have no names", () => {
    for (const name of ["a b", "<a>", "(a+)+", "1"]) expect(() => withIgnored([text], naming(name)), name).to.throw("ignore_tags");
  });
});
