import { expect } from "chai";
import type { Page } from "../../document/model.ts";
import type { Segment } from "../../document/segment.ts";
import { pageJson } from "./json.ts";

describe("a page of the result in JSON", () => {
  const segmentsOf = (segment: Segment) => {
    const page: Page = { number: 1, remarks: [], blocks: [{ kind: "paragraph", id: "p1b1", content: [], segments: [segment] }] };
    return JSON.parse(pageJson(page)).blocks[0].segments[0];
  };

  it("says of a text that is nearly known that it is not the same", () => {
    const source = { text: "The garden.", tags: [] };
    const segment = { id: "p1b1s1", source, target: source, outcome: "translated" as const, similarity: 0.9876 };
    expect(segmentsOf(segment).similarity).to.equal(0.987);
  });
  it("has a text as corrections are written where they would read it otherwise", () => {
    const source = { text: "Write &lt; for <1>.", tags: [] };
    const target = { text: "Escriba &lt; por <1>.", tags: [] };
    expect(segmentsOf({ id: "p1b1s1", source, target, outcome: "translated" })).to.deep.include({
      ...{ source: source.text, taggedSource: "Write &amp;lt; for &lt;1>." },
      ...{ target: target.text, taggedTarget: "Escriba &amp;lt; por &lt;1>." },
    });
  });
});
