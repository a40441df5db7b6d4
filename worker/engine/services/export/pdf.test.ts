import { execFileSync } from "node:child_process";
import { expect } from "chai";
import type { Block, Page } from "../../document/model.ts";
import { openPdfSetter } from "./pdf.ts";

let made = 0;

function paragraph(text: string): Block {
  return { kind: "paragraph", id: `b${++made}`, content: [{ kind: "text", text }] };
}

/** What Poppler reads of the blocks, set. */
async function setAndRead(...blocks: Block[]): Promise<string> {
  const setter = await openPdfSetter("en");
  const page: Page = { number: 1, remarks: [], blocks };
  setter.page(page, () => undefined);
  const { bytes } = await setter.finish();
  return execFileSync("pdftotext", ["-layout", "-", "-"], { input: bytes, encoding: "utf8" });
}

describe("the PDF that is set anew", () => {
  it("gives each item of a nested list a line with its own mark", async () => {
    const inner: Block = {
      kind: "list",
      id: "b",
      items: ["a)", "b)"].map((mark) => ({ mark, blocks: [paragraph(`inner ${mark.charAt(0)}`)] })),
    };
    const text = await setAndRead({ kind: "list", id: "l", items: [{ mark: "7.", blocks: [paragraph("outer"), inner] }] });
    expect(text).to.match(/7\. +outer\n+ +a\) +inner a\n+ +b\) +inner b/);
  });
  it("sets a note's mark apart from the number before it", async () => {
    const content = [{ kind: "text", text: "83,190" } as const, { kind: "atom", as: "note", text: "2" } as const];
    expect(await setAndRead({ kind: "paragraph", id: "p", content })).to.contain("83,190[2]");
  });
  it("loses nothing of a row that is longer than a page", async () => {
    const words = Array.from({ length: 1500 }, (_, index) => `word${index}`);
    const row = [{ blocks: [paragraph("Left")] }, { blocks: [paragraph(words.join(" "))] }];
    const text = await setAndRead({ kind: "table", id: "t", rows: [row] });
    expect(words.filter((word) => !new RegExp(`\\b${word}\\b`).test(text))).to.deep.equal([]);
  });
});
