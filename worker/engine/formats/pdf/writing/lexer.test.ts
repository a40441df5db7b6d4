import { expect } from "chai";
import fc from "fast-check";
import { operatorsOf } from "./lexer.ts";
import { operandsOf } from "./operands.ts";
import { OPERATORS } from "./syntax.ts";

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));
const namesIn = (text: string) => [...operatorsOf(bytesOf(text))].map(({ name }) => name);
const operandsIn = (text: string) => operandsOf(bytesOf(text), 0, text.length);

const space = fc.constantFrom(" ", "\n", "\r\n", "\t", "  ", " % a (comment) with BT in it\n");
const number = fc.oneof(fc.integer({ min: -999, max: 9999 }).map(String), fc.constantFrom("0.5", "-.25", "+3", "4."));
const name = fc.constantFrom("/F1", "/Im#201", "/Span", "/Tj");
const letters = fc.string({ unit: fc.constantFrom(..."abcTjETQ%/<>[]{}0 "), maxLength: 12 });
const literal = letters.map((text) => `(${text}\\)\\( (nested) \\\\)`);
const hex = fc.string({ unit: fc.constantFrom(..."0123456789abcdefABCDEF \n"), maxLength: 9 }).map((digits) => `<${digits}>`);
const simple = fc.oneof(number, name, literal, hex);
const operand = fc.oneof(
  { weight: 4, arbitrary: simple },
  { weight: 1, arbitrary: fc.array(simple, { maxLength: 4 }).map((items) => `[${items.join(" ")}]`) },
  {
    weight: 1,
    arbitrary: fc.array(fc.tuple(name, simple), { maxLength: 3 }).map((items) => `<<${items.map((item) => item.join(" ")).join(" ")}>>`),
  },
);
const image = fc
  .uint8Array({ minLength: 1, maxLength: 60 })
  .map((data) => `BI /W 8 /H 8 /BPC 8 /CS /G ID ${Buffer.from(data).toString("latin1")}\u00ff EI`)
  .filter((text) => !/EI[ \n\r]/.test(text.slice(0, -3)));
const plain = fc.constantFrom(...[...OPERATORS].filter((operator) => !["BI", "ID", "EI"].includes(operator)));
const operation = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .tuple(fc.array(fc.tuple(operand, space), { maxLength: 4 }), plain)
      .map(([items, operator]) => ({ text: items.flat().join("") + operator, operator })),
  },
  { weight: 1, arbitrary: image.map((text) => ({ text, operator: "EI" })) },
);

describe("the operators of a content stream", () => {
  it("are found whatever stands between them, and cover every byte but the space around them", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(space, operation), { maxLength: 12 }), (parts) => {
        const bytes = bytesOf(`${parts.map(([before, { text }]) => before + text).join("")}\nq`);
        const found = [...operatorsOf(bytes)];
        expect(found.map(({ name: operator }) => operator)).to.deep.equal([...parts.map(([, { operator }]) => operator), "q"]);
        let last = 0;
        const pieces = found.flatMap(({ start, end }) => {
          const made = [bytes.subarray(last, start), bytes.subarray(start, end)];
          last = end;
          return made;
        });
        expect(Buffer.concat([...pieces, bytes.subarray(last)])).to.deep.equal(Buffer.from(bytes));
      }),
      { seed: 15, numRuns: 300 },
    );
  });

  it("are read from any bytes without an end that is not one", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        let last = 0;
        for (const { start, at, end } of operatorsOf(bytes)) {
          expect(start >= last && at >= start && end > at && end <= bytes.length).to.equal(true);
          operandsOf(bytes, start, at);
          last = end;
        }
      }),
      { seed: 15, numRuns: 500 },
    );
  });

  it("may be glued together, and to their operands", () => {
    expect(namesIn("qQq 1 0 0 1 5 5cm BT/F1 12Tf(a)Tj<41>Tj[(b)]TJET")).to.deep.equal([
      "q",
      "Q",
      "q",
      "cm",
      "BT",
      "Tf",
      "Tj",
      "Tj",
      "TJ",
      "ET",
    ]);
  });

  it("are none within strings, comments, names, arrays and dictionaries", () => {
    expect(namesIn("(a Tj \\) Tj) Tj % Tj\n/Tj gs /P <</E (Tj) /K [Tj]>> BDC")).to.deep.equal(["Tj", "gs", "BDC"]);
  });

  it("go on behind an inline image whose pixels look like its end", () => {
    expect(namesIn("BI /W 4 /H 1 /BPC 8 /CS /G ID \x01EI \x02\x03 EI Q (a) Tj")).to.deep.equal(["EI", "Q", "Tj"]);
    expect(namesIn("BI /W 4 /H 1 /F /A85 ID EI Tj Tj~>\nEI Q")).to.deep.equal(["EI", "Q"]);
  });
});

describe("the operands of an operator", () => {
  it("have their escapes undone", () => {
    const [string] = operandsIn("(a\\n\\(\\051\\\\ \\7z\\\r\nx)");
    expect(string?.kind === "string" && Buffer.from(string.bytes).toString("latin1")).to.equal("a\n()\\ \x07zx");
  });

  it("have ends of lines in strings as they stand, which may be halves of codes", () => {
    const [string] = operandsIn("(\x01\r\r\n\n)");
    expect(string?.kind === "string" && [...string.bytes]).to.deep.equal([1, 13, 13, 10, 10]);
  });

  it("are numbers as lenient readers take them", () => {
    expect(operandsIn("1 -2.5 .5 --3 4-5 1.2.3").map((one) => one.kind === "number" && one.value)).to.deep.equal([
      1, -2.5, 0.5, -3, 4, 1.2,
    ]);
  });

  it("are names with their signs by number", () => {
    expect(operandsIn("/A#20B")).to.deep.equal([{ kind: "name", value: "A B" }]);
  });

  it("may have an odd number of figures in hexadecimal", () => {
    const [string] = operandsIn("<4 1 5>");
    expect(string?.kind === "string" && [...string.bytes]).to.deep.equal([0x41, 0x50]);
  });
});
