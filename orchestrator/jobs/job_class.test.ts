import { expect } from "chai";
import { classOf } from "./job_class.ts";

describe("the class of a job's work", () => {
  const of = (fileName: string, sizeBytes = 1, largeMb = 2) => classOf({ fileName, sizeBytes }, largeMb);
  it("is told by its file's type, of pictures and of what LibreOffice shows", () => {
    expect(["scan.PNG", "letter.docx", "old.doc", "letter.pdf", "note.txt", "unknown"].map((name) => of(name))).to.deep.equal([
      "pictures",
      "office",
      "office",
      "default",
      "default",
      "default",
    ]);
  });
  it("is large beyond the limit, whatever the type, where there is one", () => {
    expect([of("a.png", 2_000_000), of("a.png", 2_000_001), of("a.txt", 2_000_001), of("a.txt", 1e15, 0)]).to.deep.equal([
      "pictures",
      "large",
      "large",
      "default",
    ]);
  });
});
