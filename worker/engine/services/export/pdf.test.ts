import { execFileSync } from "node:child_process";
import { expect } from "chai";
import { PDFDocument } from "pdf-lib";
import type { Block, Page } from "../../document/model.ts";
import { openPdfSetter } from "./pdf.ts";

let made = 0;

function paragraph(text: string): Block {
  return { kind: "paragraph", id: `b${++made}`, content: [{ kind: "text", text }] };
}

async function set(language: string, ...blocks: Block[]): Promise<Uint8Array> {
  const setter = await openPdfSetter(language);
  const page: Page = { number: 1, remarks: [], blocks };
  setter.page(page, () => undefined);
  return (await setter.finish()).bytes;
}

function poppler(program: string, bytes: Uint8Array, ...options: string[]): string {
  return execFileSync(program, [...options, "-", ...(program === "pdftotext" ? ["-"] : [])], { input: bytes, encoding: "utf8" });
}

/** What Poppler reads of the blocks, set. */
async function setAndRead(...blocks: Block[]): Promise<string> {
  return poppler("pdftotext", await set("en", ...blocks), "-layout");
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
  it("keeps what is bold, slanted and code so, and links leading where they did", async () => {
    const marked: Block = {
      kind: "paragraph",
      id: "p",
      content: [
        { kind: "span", style: { bold: true }, content: [{ kind: "text", text: "bold" }] },
        { kind: "span", style: { italic: true }, content: [{ kind: "text", text: " slanted " }] },
        { kind: "atom", as: "code", text: "code()" },
        { kind: "span", link: "https://example.org/a b", content: [{ kind: "text", text: " a link" }] },
      ],
    };
    const pdf = await set("en", marked);
    const fonts = poppler("pdffonts", pdf);
    for (const font of ["Tinos-Bold", "Tinos-Italic", "Cousine-Regular", "Tinos-Regular"]) expect(fonts).to.contain(font);
    const [page] = (await PDFDocument.load(pdf)).getPages();
    expect(page?.node.Annots()?.lookup(0)?.toString()).to.contain("(https://example.org/a%20b)");
  });
  it("begins lines of Arabic at the right, and those of code at the left", async () => {
    const code: Block = { kind: "code", id: "c", text: "if (x) {\n  y();\n}" };
    const pdf = await set("ar", paragraph("السلام عليكم"), code);
    const words = [...poppler("pdftotext", pdf, "-bbox").matchAll(/xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)".*>(.+)</g)];
    expect(Math.max(...words.map((word) => Number(word[2])))).to.be.closeTo(595.28 - 64, 1);
    expect(Number(words.find((word) => word[3] === "if")?.[1])).to.be.closeTo(64, 1);
  });
  it("takes no longer for a word of 300 kB than for a text of one", async () => {
    const started = process.cpuUsage();
    const text = await setAndRead(paragraph("x".repeat(300_000)));
    expect(text.replace(/[^x]/g, "")).to.have.length(300_000);
    expect(process.cpuUsage(started).user / 1e6).to.be.lessThan(20);
  });
});
