import { readFile } from "node:fs/promises";
import { expect } from "chai";
import { asEngineError } from "../../errors.ts";
import { parse } from "./syntax.ts";
import { requireLight } from "./weight.ts";

function codeOf(source: string): string {
  try {
    requireLight(source);
    return "light";
  } catch (error) {
    return asEngineError(error)?.code ?? String(error);
  }
}

describe("the weight of Markdown", () => {
  for (const piece of ["[a](", "[", "![](", "*a_ ", "~~a ", "[^a][", "<a ", "a|", "- ", "> ", "[a](\n", "2. *a_\n", "`a``b", "```a`\n[a]("])
    it(`is too much with 64,000 times ${JSON.stringify(piece)} in a paragraph`, () => {
      const started = performance.now();
      expect(codeOf(`The garden.\n${piece.repeat(64_000)}`)).to.equal("DOCUMENT_TOO_COMPLEX");
      expect(performance.now() - started).to.be.below(1000);
    });

  for (const [what, source] of [
    ["a list of 20,000 links", "- [A *garden*](https://example.org/)\n".repeat(20_000)],
    ["a numbered list of as many", Array.from({ length: 20_000 }, (_, index) => `${index + 1}. **It** is [open](a).`).join("\n")],
    ["a table of as many rows", `| a | b |\n|---|---|\n${"| [a](b) | *c* |\n".repeat(20_000)}`],
    ["as many paragraphs", "A [garden](b) of *all*.\n\n".repeat(20_000)],
    ["a paragraph with a thousand links", "[garden](b), ".repeat(1000)],
    ["code of as many lines", `\`\`\`json\n${'[[1, 2], {"a": [*]}]\n'.repeat(20_000)}\`\`\`\n\nIt ends.`],
    ["a table of as many rows in HTML", `<table>\n${"<tr><td><a href='b'>a</a></td></tr>\n".repeat(20_000)}</table>`],
    ["as many quoted lines", "> It is [open](a).\n>\n".repeat(20_000)],
  ] as const)
    it(`is not too much with ${what}`, () => expect(codeOf(source)).to.equal("light"));

  it("is light in this project's own documents", async () => {
    for (const name of ["README.md", "CHANGELOG.md", "docs/architecture.md"])
      expect(codeOf(await readFile(new URL(`../../../../${name}`, import.meta.url), "utf8")), name).to.equal("light");
  });

  it("is parsed in seconds up to the limit", () => {
    const started = performance.now();
    for (const piece of ["[a](", "*a_ ", "~~a "]) parse(piece.repeat(1900));
    expect(performance.now() - started).to.be.below(20_000);
  });
});
