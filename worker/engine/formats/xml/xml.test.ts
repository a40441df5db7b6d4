import { expect } from "chai";
import fc from "fast-check";
import { decodeXml } from "./encoding.ts";
import { parseXml, type XmlElement, type XmlNode } from "./parse.ts";
import { escapeAttribute, escapeText } from "./write.ts";

const SAMPLE = `<?xml version="1.0"?>\r\n<!DOCTYPE a SYSTEM "file:///etc/passwd">\n<a xmlns="u:a" xmlns:w='u:w'><!-- <b> --><w:b w:x = "1 &amp; 2" y='>'/>one &lt; <![CDATA[<two>]]>\r\n<c>three</c ><?pi <x> ?></a>\n`;

function codeOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return (error as { code?: string }).code;
  }
}

describe("XML", () => {
  it("says where everything stands", () => {
    const root = parseXml(SAMPLE);
    const at = (node: XmlNode) => SAMPLE.slice(...node.range);
    expect(root.children.map(at)).to.deep.equal([
      "<!-- <b> -->",
      `<w:b w:x = "1 &amp; 2" y='>'/>`,
      "one &lt; ",
      "<![CDATA[<two>]]>",
      "\r\n",
      "<c>three</c >",
      "<?pi <x> ?>",
    ]);
    const [, b, , , , c] = root.children as XmlElement[];
    expect(b?.attributes.map(({ name, uri, value, range }) => [name, uri, value, SAMPLE.slice(...range)])).to.deep.equal([
      ["w:x", "u:w", "1 & 2", "1 &amp; 2"],
      ["y", "", ">", ">"],
    ]);
    expect(b?.inner).to.equal(undefined);
    expect([c?.uri, SAMPLE.slice(...(c?.inner ?? [0, 0]))]).to.deep.equal(["u:a", "three"]);
    expect(SAMPLE.slice(...root.range)).to.equal(SAMPLE.slice(SAMPLE.indexOf("<a "), -1));
  });
  it("covers all of an element, whatever stands in it", () => {
    const leaf = fc.oneof(
      fc.string({ unit: "binary" }).map((text) => escapeText(text).replaceAll("\r", "")),
      fc.constantFrom("<!-- x -->", "<![CDATA[ > ]]>", "<e/>", "<?p ?>", "\r\n", "]]&gt;"),
      fc.string({ unit: "binary" }).map((text) => `<e f="${escapeAttribute(text)}"/>`),
    );
    const element = fc.letrec<{ inner: string }>((tie) => ({
      inner: fc.oneof(
        { depthSize: "small" },
        leaf,
        fc.array(tie("inner"), { maxLength: 4 }).map((parts) => `<e>${parts.join("")}</e>`),
      ),
    }));
    fc.assert(
      fc.property(element.inner, (inner) => {
        const source = `<r>${inner}</r>`;
        const check = (node: XmlElement) => {
          let at = node.inner?.[0] ?? 0;
          for (const child of node.children) {
            expect(child.range[0]).to.equal(at);
            at = child.range[1];
            if (child.kind === "element") check(child);
          }
          if (node.inner) expect(at).to.equal(node.inner[1]);
        };
        check(parseXml(source));
      }),
      { seed: 1 },
    );
  });
  it("refuses what is not well-formed, names no entity of a DTD, and bounds depth", () => {
    expect(codeOf(() => parseXml("<a><b></a>"))).to.equal("DOCUMENT_CORRUPT");
    expect(codeOf(() => parseXml('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'))).to.equal("DOCUMENT_CORRUPT");
    expect(codeOf(() => parseXml(""))).to.equal("DOCUMENT_CORRUPT");
    expect(codeOf(() => parseXml("<a>".repeat(100_000)))).to.equal("DOCUMENT_TOO_COMPLEX");
    expect(parseXml("<a>&nbsp;</a>", { nbsp: "\u00a0" }).children).to.deep.include({
      kind: "text",
      text: "\u00a0",
      range: [3, 9],
      isCdata: false,
    });
  });
  it("is said to be broken with the place and without its text", () => {
    for (const secret of ["<a><b secret:c=''/></a>", "<a>\n</secret>", "<a>&secret;</a>", "<a secret></a>", "secret"]) {
      let said = "";
      try {
        parseXml(secret);
      } catch (error) {
        said = (error as Error).message;
      }
      expect(said)
        .to.match(/^The XML is not well-formed: line \d+, column \d+, [a-z][^"':]+\.$/)
        .and.not.contain("secret");
    }
  });
  it("is read without what is taken, as soon as that ends", () => {
    const taken: string[] = [];
    const root = parseXml(
      "<a><b>1</b><c><b>2</b>3</c></a>",
      {},
      ({ local, parent }) => local === "b" && taken.push(parent?.local ?? "") > 0,
    );
    expect(taken).to.deep.equal(["a", "c"]);
    expect(root.children.map((child) => child.kind === "element" && child.children.length)).to.deep.equal([1]);
  });
  it("is refused where an element has attributes without end", () => {
    const attributes = Array.from({ length: 1_001 }, (_, at) => ` a${at}=""`).join("");
    expect(codeOf(() => parseXml(`<a${attributes}/>`))).to.equal("DOCUMENT_TOO_COMPLEX");
    const [attribute] = parseXml(`<${"a".repeat(300_000)}\n b = 'c'/>`).attributes;
    expect(attribute?.range).to.deep.equal([300_008, 300_009]);
  });
  it("is read in the encoding that it is in", () => {
    const latin = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>', "latin1");
    const read = decodeXml(latin);
    expect(read.text).to.equal('<?xml version="1.0" encoding="UTF-8"?><a>é</a>');
    expect(read.encode(read.text).toString()).to.equal(read.text);
    for (const bytes of [
      Buffer.from("\ufeff<a>é</a>", "utf16le"),
      Buffer.from("\ufeff<a>é</a>", "utf16le").swap16(),
      Buffer.from("\ufeff<a>é</a>"),
    ]) {
      const decoded = decodeXml(bytes);
      expect(decoded.text).to.equal("<a>é</a>");
      expect(decoded.encode(decoded.text).equals(bytes)).to.equal(true);
    }
    expect(codeOf(() => decodeXml(Buffer.from([0x3c, 0xff])))).to.equal("DOCUMENT_CORRUPT");
    expect(codeOf(() => decodeXml(Buffer.from('<?xml version="1.0" encoding="no-such"?><a/>')))).to.equal("DOCUMENT_CORRUPT");
  });
});
