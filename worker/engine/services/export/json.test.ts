import { expect } from "chai";
import type { Page } from "../../document/model.ts";
import { pageJson } from "./json.ts";

describe("a page of the result in JSON", () => {
  it("says of a text that is nearly known that it is not the same", () => {
    const source = { text: "The garden.", tags: [] };
    const segment = { id: "p1b1s1", source, target: source, outcome: "translated" as const, similarity: 0.9876 };
    const page: Page = { number: 1, remarks: [], blocks: [{ kind: "paragraph", id: "p1b1", content: [], segments: [segment] }] };
    expect(JSON.parse(pageJson(page)).blocks[0].segments[0].similarity).to.equal(0.987);
  });
});
