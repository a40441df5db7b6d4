import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { officeTexts } from "./office.ts";
import { catalogueIsSound, runTool, xmlIsWellFormed, zipIsSound } from "./tools.ts";

const LONG: Readonly<Record<string, string>> = { draw: "drawing", svg: "svg-compatible" };

/** Flat OpenDocument is one XML file. */
function flat(kind: string, body: string): string {
  const spaces = ["office", "text", "table", "draw", "svg"].map(
    (name) => `xmlns:${name}="urn:oasis:names:tc:opendocument:xmlns:${LONG[name] ?? name}:1.0"`,
  );
  const head = `<office:document ${spaces.join(" ")} office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.${kind}">`;
  return `<?xml version="1.0" encoding="UTF-8"?>${head}<office:body>${body}</office:body></office:document>`;
}

describe("the judges of files of other programs", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "dragoman-judges-"));
  });
  after(() => rm(folder, { recursive: true }));

  const put = async (name: string, content: string) => {
    const file = path.join(folder, name);
    await writeFile(file, content);
    return file;
  };

  it("read the text of a document, of two sheets and of a slide", async () => {
    const row = (text: string) =>
      `<table:table-row><table:table-cell office:value-type="string"><text:p>${text}</text:p></table:table-cell></table:table-row>`;
    const sheet = (name: string, text: string) => `<table:table table:name="${name}">${row(text)}</table:table>`;
    const files = [
      await put("letter.fodt", flat("text", "<office:text><text:p>Water the garden.</text:p></office:text>")),
      await put(
        "book.fods",
        flat("spreadsheet", `<office:spreadsheet>${sheet("One", "Rain")}${sheet("Two", "Snow")}</office:spreadsheet>`),
      ),
      await put(
        "talk.fodp",
        flat(
          "presentation",
          '<office:presentation><draw:page draw:name="1"><draw:frame svg:width="20cm" svg:height="4cm"><draw:text-box><text:p>Plant trees.</text:p></draw:text-box></draw:frame></draw:page></office:presentation>',
        ),
      ),
    ];
    const texts = await officeTexts(files);
    expect(texts[0]).to.contain("Water the garden.");
    expect(texts[1]).to.match(/Rain.*Snow/s);
    expect(texts[2]).to.contain("Plant trees.");
  });

  it("refuse what is not sound, with the program's own words", async () => {
    const [zip, xml, catalogue] = await Promise.all([
      put("no.zip", "PK\u0003\u0004 and no more"),
      put("no.xml", "<a><b></a>"),
      put("no.po", 'msgid "%d"\nmsgid "twice"\n'),
    ]);
    const messages = await Promise.all(
      [zipIsSound(zip), xmlIsWellFormed(xml), catalogueIsSound(catalogue)].map((check) =>
        check.then(
          () => "sound",
          (error: Error) => error.message,
        ),
      ),
    );
    expect(messages[0]).to.match(/^unzip .* ended with \d/s);
    expect(messages[1]).to.match(/^xmllint .* mismatch/s);
    expect(messages[2]).to.match(/^msgfmt .* ended with 1/s);
  });

  it("name the package of a program that is not there", async () => {
    const path = process.env["PATH"];
    process.env["PATH"] = folder;
    const message = await runTool("xmllint", ["--version"]).catch((error: Error) => error.message);
    process.env["PATH"] = path;
    expect(message).to.equal("xmllint is not installed: apt-get install libxml2-utils (npm test does)");
  });
});
