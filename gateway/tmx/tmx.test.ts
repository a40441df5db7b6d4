import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { expect } from "chai";
import fc from "fast-check";
import { type MemoryUnit, MemoryUnitSchema, TagKind } from "../../gen/dragoman/v1/memory_service_pb.ts";
import type { DragomanError } from "../../platform/errors.ts";
import { type ReadUnit, readTmx } from "./read.ts";
import { unitsOf, type WantedLanguages } from "./units.ts";
import { TMX_END, TMX_HEAD, tmxUnit } from "./write.ts";

type UnitInit = Exclude<MessageInitShape<typeof MemoryUnitSchema>, MemoryUnit>;
const ALL: WantedLanguages = { sourceLanguage: "", targetLanguage: "" };
const { OPEN, CLOSE, ATOM } = TagKind;

/** In pieces of so many bytes. */
async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(file: string | Uint8Array, size = 1000): Promise<ReadUnit[]> {
  return Array.fromAsync(readTmx(pieces(typeof file === "string" ? Buffer.from(file) : file, size)));
}

async function units(file: string | Uint8Array, wanted = ALL): Promise<MemoryUnit[]> {
  return (await read(file)).flatMap((each) => [...unitsOf(each, wanted).units]);
}

const fileOf = (...all: UnitInit[]) => TMX_HEAD + all.map((each) => tmxUnit(create(MemoryUnitSchema, each))).join("") + TMX_END;
const refusal = (file: string | Uint8Array) =>
  read(file).then(
    () => "none",
    ({ code, message }: DragomanError) => `${code}: ${message}`,
  );

const body = (text: string) => `<?xml version="1.0"?><tmx version="1.4"><header srclang="EN-us"/><body>${text}</body></tmx>`;
const tu = (...variants: string[]) =>
  `<tu>${variants.map((each) => `<tuv xml:lang="${each.slice(0, 5)}"><seg>${each.slice(6)}</seg></tuv>`).join("")}</tu>`;

describe("a TMX file", () => {
  it("gives back every unit that was written to it, however it comes in", async () => {
    const text = fc.string({ unit: fc.constantFrom(..."aé<&>\"' \n\r\t🙂中]"), minLength: 1, maxLength: 20 });
    const tagged = fc
      .tuple(
        text.filter((content) => content.trim() !== ""),
        fc.array(fc.nat(20), { minLength: 6, maxLength: 6 }),
      )
      .map(([content, places]) => {
        const [a = 0, b = 0, c = 0, d = 0, e = 0] = places.map((place) => place % (content.length + 1)).sort((one, other) => one - other);
        const kinds = [
          [1, a, OPEN],
          [2, b, ATOM],
          [3, c, OPEN],
          [3, d, CLOSE],
          [1, e, CLOSE],
        ] as const;
        // No tag stands within a pair of surrogates.
        const place = (at: number) => (content.isWellFormed() && !content.slice(0, at).isWellFormed() ? at - 1 : at);
        return { text: content, tags: kinds.map(([id, at, kind]) => ({ id, at: place(at), kind })) };
      });
    const unit = fc.record({
      source: tagged,
      target: tagged,
      engine: fc.constantFrom("", "apertium"),
      manner: fc.constantFrom("", "x"),
      unknown: fc.array(text, { maxLength: 2 }),
      termsFound: fc.nat(3),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(unit, { maxLength: 4 }), fc.integer({ min: 1, max: 40 }), async (given, size) => {
        const written = given.map((each) => ({ ...each, sourceLanguage: "en", targetLanguage: "pt-BR" }));
        const found = (await read(fileOf(...written), size)).flatMap((each) => [...unitsOf(each, ALL).units]);
        expect(found).to.deep.equal(written.map((each) => create(MemoryUnitSchema, each)));
      }),
      { numRuns: 60 },
    );
  });
  it("has a translation's tags where they stand, in another order and in pieces too", async () => {
    const source = {
      text: "ab",
      tags: [
        { id: 1, at: 0, kind: OPEN },
        { id: 1, at: 1, kind: CLOSE },
        { id: 2, at: 2, kind: ATOM },
      ],
    };
    const pieced = [
      [2, 0, ATOM],
      [1, 0, OPEN],
      [1, 1, CLOSE],
      [1, 2, OPEN],
      [1, 3, CLOSE],
    ] as const;
    const target = { text: "bab", tags: pieced.map(([id, at, kind]) => ({ id, at, kind })) };
    const [found] = await units(fileOf({ sourceLanguage: "en", targetLanguage: "es", source, target }));
    expect(found?.target).to.deep.equal(create(MemoryUnitSchema, { target }).target);
  });
  it("leaves out what XML cannot say", async () => {
    const [found] = await units(
      fileOf({ sourceLanguage: "en", targetLanguage: "es", source: { text: "a\u0001b" }, target: { text: "a\ud800b\uffff" } }),
    );
    expect([found?.source?.text, found?.target?.text]).to.deep.equal(["ab", "ab"]);
  });
  it("is read as other programs write it: codes with their text, marks of looks, languages in capitals, several translations", async () => {
    const file = body(
      tu(
        'EN-US|Press <bpt i="1" x="7">&lt;b></bpt>it<ept i="1">&lt;/b></ept> <hi type="x">now</hi><ph x="9">{1}</ph>',
        'es-ES|<ph x="9">{1}</ph>Púlse<bpt i="4" x="7"/>lo<ept i="4"/>',
        "fr-FR|Appuyez",
      ),
    );
    const [es, fr] = await units(file.replace("<tmx", '<!DOCTYPE tmx SYSTEM "tmx14.dtd"><tmx'));
    expect([es?.sourceLanguage, es?.targetLanguage, fr?.targetLanguage]).to.deep.equal(["en-US", "es-ES", "fr-FR"]);
    expect([es?.source?.text, es?.target?.text, fr?.source?.text]).to.deep.equal(["Press it now", "Púlselo", "Press it now"]);
    expect(es?.source?.tags.map(({ id, at, kind }) => [id, at, kind])).to.deep.equal([
      [1, 6, OPEN],
      [1, 8, CLOSE],
      [2, 12, ATOM],
    ]);
    expect(es?.target?.tags.map(({ id, at, kind }) => [id, at, kind])).to.deep.equal([
      [2, 0, ATOM],
      [1, 5, OPEN],
      [1, 7, CLOSE],
    ]);
    expect([es?.engine, fr?.source?.tags]).to.deep.equal(["", []]);
  });
  it("counts whose tags do not belong together, and what the memory cannot take", async () => {
    const [first, second, third] = await read(
      body(tu("en-US|a<ph x='1'/>", "es-ES|b") + tu("en-US|a", "es-ES| \n", "xx_YY|c", "fr-FR|d") + tu("de-DE|a", "es-ES|b")),
    );
    const counts = (each: ReadUnit | undefined) => {
      const { units: found, untagged, refused } = unitsOf(each as ReadUnit, ALL);
      return [found.length, untagged, refused];
    };
    expect([counts(first), counts(second), counts(third)]).to.deep.equal([
      [1, 1, 0],
      [1, 0, 2],
      [0, 0, 2],
    ]);
  });
  it("is taken in the languages that are asked for, under the names that they are asked by", async () => {
    const file = body(tu("en-US|a", "es-MX|b", "fr-FR|c"));
    const pairs = async (sourceLanguage: string, targetLanguage: string) =>
      (await units(file, { sourceLanguage, targetLanguage })).map((unit) =>
        [unit.sourceLanguage, unit.targetLanguage, unit.source?.text, unit.target?.text].join(" "),
      );
    expect(await pairs("en", "es")).to.deep.equal(["en es a b"]);
    expect(await pairs("fr", "en")).to.deep.equal(["fr en c a"]);
    expect([await pairs("de", "en"), await pairs("en", "de")]).to.deep.equal([[], []]);
  });
  it("is read in UTF-16 and in the encoding that it names", async () => {
    const file = body(tu("en-US|Yes", "es-ES|Sí"));
    for (const bytes of [
      Buffer.from(`\ufeff${file}`, "utf16le"),
      Buffer.from(`\ufeff${file}`, "utf16le").swap16(),
      Buffer.from(file.replace('"1.0"', '"1.0" encoding="ISO-8859-1"'), "latin1"),
      Buffer.from(`\ufeff${file}`),
    ])
      expect((await units(bytes)).map(({ target }) => target?.text)).to.deep.equal(["Sí"]);
  });
  it("believes nothing of a property that cannot be", async () => {
    for (const property of ["{", "[]", "null", '{"engine":"two\\nlines","unknown":[1],"termsFound":-1,"model":{}}']) {
      const file = body(tu("en-US|a", "es-ES|b").replace("<tu>", `<tu><prop type="x-dragoman">${property}</prop>`));
      expect((await units(file))[0], property).to.include({ engine: "", model: "", termsFound: 0 });
    }
  });
  it("is held by no more than a text may have, however much of it there is", async () => {
    const many = 150_000;
    const file = body(
      `<tu><tuv xml:lang="en"><seg>${'<ph x="1"/>'.repeat(many)}</seg></tuv><tuv xml:lang="es"><seg>${"<hi>a</hi>".repeat(many)}</seg></tuv></tu>`,
    );
    const [found] = await read(file, 100_000);
    const [tagged, long] = found?.variants ?? [];
    expect([tagged?.text.tags.length, long?.text.text.length].map((count) => Number(count) <= 100_001)).to.deep.equal([true, true]);
    expect(unitsOf(found as ReadUnit, ALL)).to.deep.equal({ units: [], untagged: 0, refused: 1 });
  });
  it("is refused for what it is not, in a sentence without a word of it", async () => {
    const secret = "planted";
    expect(await refusal(`<html>${secret}</html>`)).to.equal("INVALID_REQUEST: The file is no TMX. Its root is no `tmx`.");
    expect(await refusal(`<tmx><body><tu>${secret}</tuv>`))
      .to.match(/^INVALID_REQUEST: .*well-formed/)
      .and.not.to.contain(secret);
    expect(await refusal(Buffer.from([0x3c, 0x74, 0xff, 0x80, 0x80]))).to.match(/not in utf-8/);
    expect(await refusal(`<?xml version="1.0" encoding="EBCDIC-X"?><tmx/>`)).to.match(/encoding/);
    expect(await refusal(`<!DOCTYPE tmx [<!ENTITY a "b">]><tmx><body>${tu("en-US|&a;", "es-ES|b")}</body></tmx>`)).to.match(
      /^INVALID_REQUEST/,
    );
    expect(await refusal(`<tmx>${"<a>".repeat(100)}`)).to.match(/nests too deep/);
    expect(await refusal(`<tmx><body><tu><!--${"x".repeat(3_000_000)}`)).to.match(/no end/);
    expect(await refusal("")).to.match(/^INVALID_REQUEST/);
    expect(await refusal("   ")).to.match(/^INVALID_REQUEST/);
  });
});
