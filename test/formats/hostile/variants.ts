import { deflateRawSync, crc32 as sum } from "node:zlib";
import { type Container, WORD } from "./containers.ts";
import { type RawEntry, type RawZip, rawZip, u16, u32 } from "./raw_zip.ts";

/** What a hostile file is told of the world around it. */
export interface World {
  /** Of a server that must never be asked for anything. */
  readonly address: string;
  /** A file of this machine that no result may have text of. */
  readonly secretFile: string;
}

export interface Variant {
  readonly what: string;
  /** It takes seconds by its size: one container of all gets it. */
  readonly heavy?: true;
  make(): Uint8Array;
}

type Made = Readonly<Record<string, () => Uint8Array>>;

const MIB = 1024 * 1024;
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';

/** The same bytes over and over are packed once for all. */
function packedOnce(content: () => Buffer): () => NonNullable<RawEntry["packed"]> {
  let made: NonNullable<RawEntry["packed"]> | undefined;
  return () => {
    const whole = made ? undefined : content();
    if (whole) made = { bytes: deflateRawSync(whole, { level: 1 }), size: whole.length, crc: sum(whole) };
    return made as NonNullable<RawEntry["packed"]>;
  };
}

const zeros = packedOnce(() => Buffer.alloc(24 * MIB));
const fewZeros = packedOnce(() => Buffer.alloc(MIB));

/** Hostile files of a container, each wrong in one way. */
export function variantsOf(container: Container, world: World): readonly Variant[] {
  const base = new Base(container);
  const all = (made: Made, about: Pick<Variant, "heavy"> = {}) =>
    Object.entries(made).map(([what, make]): Variant => ({ what, make, ...about }));
  return [...all(archives(base)), ...all(parts(base, world)), ...all(xml(base, world)), ...all(heavy(base), { heavy: true })];
}

/** The good file, and ways to change it. */
class Base {
  readonly container: Container;
  readonly good: string;

  constructor(container: Container) {
    this.container = container;
    this.good = container.paragraph(`${WORD} is open.`);
  }

  entries(content: string | Uint8Array = this.container.around(this.good)): RawEntry[] {
    const others = this.container.entries.map(
      ([name, text]): RawEntry => ({ name, content: Buffer.from(text), method: name === "mimetype" ? 0 : 8 }),
    );
    return [...others, { name: this.container.main, content: Buffer.from(content) }];
  }

  zip(content?: string | Uint8Array, others: readonly RawEntry[] = [], end: Partial<RawZip> = {}): Buffer {
    return rawZip({ entries: [...this.entries(content), ...others], ...end });
  }

  with(...others: readonly RawEntry[]): Buffer {
    return this.zip(undefined, others);
  }

  /** With the main part's entry changed. */
  mainAs(about: Partial<RawEntry>): Buffer {
    return rawZip({ entries: this.entries().map((entry) => (entry.name === this.container.main ? { ...entry, ...about } : entry)) });
  }

  /** With other parts in the place of those of their names. */
  replaced(content: string, parts: readonly (readonly [string, string])[]): Buffer {
    const others = new Map(parts);
    return rawZip({
      entries: this.entries(content).map((entry) => {
        const other = others.get(String(entry.name));
        return other === undefined ? entry : { ...entry, content: Buffer.from(other) };
      }),
    });
  }

  without(isLeftOut: (name: string) => boolean): Buffer {
    return rawZip({ entries: this.entries().filter(({ name }) => !isLeftOut(String(name))) });
  }

  around(inner: string): string {
    return this.container.around(inner);
  }

  inner(inner: string): Buffer {
    return this.zip(this.around(inner));
  }

  /** With `attributes` in its paragraph's tag. */
  tagged(attributes: string): string {
    return this.around(this.good.replace(/^<[\w:]+/, (tag) => `${tag} ${attributes}`));
  }
}

function archives(base: Base): Made {
  const { main } = base.container;
  const zip64 = (bytes: Buffer) =>
    base.zip(undefined, [], { zip64: bytes, count: 0xffff, directoryOffset: 0xffffffff, directorySize: 0xffffffff });
  const all = { size: 0xffffffff, packedSize: 0xffffffff };
  return {
    "nothing but the good file": () => base.zip(),
    "a bomb beside its text": () => base.with({ name: "media/a.bin", packed: zeros() }),
    "a bomb for its text": () => base.mainAs({ packed: zeros() }),
    "twenty thousand entries": () =>
      base.with(...Array.from({ length: 20_000 }, (_, index) => ({ name: `a/${index}`, content: Buffer.of(1), method: 0 }))),
    "sixty-five thousand entries in its count, and few": () => base.zip(undefined, [], { count: 65_534 }),
    "fewer entries in its count than there are": () => base.zip(undefined, [], { count: 1 }),
    "archives in archives": () => {
      let inner: Buffer = rawZip({ entries: [{ name: "a", packed: zeros() }] });
      for (let depth = 0; depth < 20; depth++) inner = rawZip({ entries: [{ name: "a.zip", content: inner, method: 0 }] });
      return base.with({ name: "embeddings/a.zip", content: inner, method: 0 });
    },
    "two thousand entries in one place": () => {
      const offset = base.zip().indexOf("PK\u0001\u0002");
      const one = (index: number): RawEntry => ({
        name: `b/${index}`,
        packed: fewZeros(),
        offset,
        ...(index > 0 && { isListedOnly: true }),
      });
      return base.with(...Array.from({ length: 2000 }, (_, index) => one(index)));
    },
    "a size that is too small": () => base.mainAs({ size: 10 }),
    "a size that is too large": () => base.mainAs({ size: 1_000_000 }),
    "a packed size that is too small": () => base.mainAs({ packedSize: 5 }),
    "a packed size over its end": () => base.mainAs({ packedSize: 500_000_000 }),
    "four gigabytes in its size": () => base.mainAs(all),
    "sizes in fields that are missing": () => base.mainAs({ ...all, extra: Buffer.concat([u16(1), u16(4), u32(7)]) }),
    "sizes of exabytes": () => base.mainAs({ ...all, extra: Buffer.concat([u16(1), u16(16), Buffer.alloc(16, 0xff)]) }),
    "an end of ZIP64 that is nowhere": () => zip64(Buffer.concat([Buffer.from("PK\u0006\u0007"), u32(0), Buffer.alloc(8, 0xfe), u32(1)])),
    "an end of ZIP64 that counts to 2^63": () => {
      const at = base.zip().length - 22;
      const locator = Buffer.concat([Buffer.from("PK\u0006\u0007"), u32(0), u32(at), u32(0), u32(1)]);
      return zip64(Buffer.concat([Buffer.from("PK\u0006\u0006"), Buffer.alloc(52, 0x7f), locator]));
    },
    "its text twice": () => base.with({ name: main, content: Buffer.from(base.around(base.container.paragraph("Another."))) }),
    "a name that leads out of it": () => base.with({ name: "../../../../tmp/evil", content: Buffer.from("evil") }),
    "an absolute name": () => base.with({ name: "/etc/cron.d/evil", content: Buffer.from("evil") }),
    "a name of another system": () => base.with({ name: "C:\\evil.bat", content: Buffer.from("evil") }),
    "a NUL in a name": () => base.with({ name: `${main}\0.png`, content: Buffer.from("evil") }),
    "a name with backslashes": () => base.with({ name: "a\\b\\..\\c.xml", content: Buffer.from("evil") }),
    "a name of sixty-five thousand letters": () => base.with({ name: "a".repeat(65_000), content: Buffer.of(1) }),
    "a name that is no text": () => base.with({ name: Buffer.from("ff00fe80", "hex"), content: Buffer.of(1), flags: 0x800 }),
    "names like properties": () => base.with(...["__proto__", "constructor", "toString"].map((name) => ({ name, content: Buffer.of(1) }))),
    "a folder with its text's name": () => base.with({ name: `${main}/`, content: Buffer.alloc(0), method: 0 }),
    "entries that are encrypted": () => rawZip({ entries: base.entries().map((entry) => ({ ...entry, flags: 1 })) }),
    "a packing that is unknown": () => base.mainAs({ method: 12 }),
    "a packing that does not unpack": () => base.mainAs({ packed: { bytes: Buffer.alloc(500, 0xff), size: 400, crc: 0 } }),
    "a checksum that is another": () => base.mainAs({ crc: 1 }),
    "no directory": () => base.zip().subarray(0, -22),
    "half of it": () => base.zip().subarray(0, base.zip().length >> 1),
    "its first sixty bytes": () => base.zip().subarray(0, 60),
    "all but its last byte": () => base.zip().subarray(0, -1),
    "its directory elsewhere": () => base.zip(undefined, [], { directoryOffset: 7 }),
    "another archive's end in its comment": () =>
      base.zip(undefined, [], { comment: rawZip({ entries: [{ name: "a", content: Buffer.of(1) }] }) }),
    "a program before it": () => rawZip({ entries: base.entries(), before: Buffer.from(`MZ${"\0".repeat(1000)}`) }),
    "parts in no order": () => rawZip({ entries: base.entries().toReversed() }),
  };
}

function parts(base: Base, { address, secretFile }: World): Made {
  const { main, entries, external } = base.container;
  const [first] = entries as [readonly [string, string]];
  const mimetypes = ["text", "spreadsheet"].map((kind) => `application/vnd.oasis.opendocument.${kind}`);
  const others = ["word/document.xml", "ppt/presentation.xml", "xl/workbook.xml", "content.xml", "META-INF/container.xml"];
  const led = (target: string) => {
    const { inner = base.good, entries: changed = [] } = external(target);
    return base.replaced(base.around(inner), changed);
  };
  return {
    "no text part": () => base.without((name) => name === main),
    "no first part": () => base.without((name) => name === first[0]),
    "nothing but its text part": () => base.without((name) => name !== main),
    "an empty text part": () => base.zip(""),
    "a text part that is a picture": () => base.zip(Buffer.from("89504e470d0a1a0a0000000d49484452", "hex")),
    "a text part of zeros": () => base.zip(Buffer.alloc(5000)),
    "a text part of another kind of XML": () =>
      base.zip(`${DECLARATION}<svg xmlns="http://www.w3.org/2000/svg"><text>${WORD}</text></svg>`),
    "a text part that is cut off": () => base.zip(base.around(base.good).slice(0, -30)),
    "a first part that is none": () => base.replaced(base.around(base.good), [[first[0], "\u0001\u0002 none"]]),
    "all parts empty": () => rawZip({ entries: base.entries().map((entry) => ({ ...entry, content: Buffer.alloc(0) })) }),
    "main parts of all formats": () => {
      const foreign = others.filter((name) => name !== main && !entries.some(([own]) => own === name));
      return base.with(...foreign.map((name) => ({ name, content: Buffer.from(`<a>${WORD}</a>`) })));
    },
    "another format's type first": () => {
      const lie = mimetypes.find((type) => type !== first[1]) as string;
      const own = base.entries().filter(({ name }) => name !== "mimetype");
      return rawZip({ entries: [{ name: "mimetype", content: Buffer.from(lie), method: 0 }, ...own] });
    },
    "what lies elsewhere": () => led(address),
    "what lies on this machine": () => led(`file://${secretFile}`),
  };
}

function xml(base: Base, { address, secretFile }: World): Made {
  const { paragraph, repeated } = base.container;
  const whole = base.around(base.good);
  const doctype = (inner: string, text: string) =>
    base.around(paragraph(text)).replace(DECLARATION, `${DECLARATION}<!DOCTYPE x [${inner}]>`);
  const [open = "", close = ""] = paragraph("|").split("|");
  const [head = "", tail = ""] = base.around("|").split("|");
  const many = (count: number, name: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => `${name(index)}="u${index}"`).join(" ");
  const bent = (index: number) => {
    const bytes = Buffer.from(whole);
    const at = Math.floor(((index + 0.5) * bytes.length) / 6);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << index);
    return base.zip(bytes);
  };
  return {
    "a file of this machine as an entity": () => base.zip(doctype(`<!ENTITY e SYSTEM "file://${secretFile}">`, "Before &e; behind.")),
    "an address as an entity": () =>
      base.zip(doctype(`<!ENTITY e SYSTEM "${address}/e"><!ENTITY % p SYSTEM "${address}/p">%p;`, "Before &e; behind.")),
    "an address as its DTD": () => base.zip(whole.replace(DECLARATION, `${DECLARATION}<!DOCTYPE x SYSTEM "${address}/x.dtd">`)),
    "a billion laughs": () => {
      const laughs = Array.from(
        { length: 10 },
        (_, level) => `<!ENTITY l${level} "${level === 0 ? "lol" : `&l${level - 1};`.repeat(10)}">`,
      );
      return base.zip(doctype(laughs.join(""), "&l9;"));
    },
    "elements a hundred thousand deep": () => base.inner(`${"<a>".repeat(100_000)}${"</a>".repeat(100_000)}`),
    "paragraphs in paragraphs": () => base.inner(`${open.repeat(100)}${WORD}${close.repeat(100)}`),
    "twenty thousand attributes": () => base.zip(base.tagged(many(20_000, (index) => `a${index}`))),
    "twenty thousand namespaces": () => base.zip(base.tagged(many(20_000, (index) => `xmlns:n${index}`))),
    "repeats without end": () => base.inner(repeated(2 ** 31)),
    "repeats of less than none": () => base.inner(repeated(-(2 ** 31))),
    "an encoding that it is not in": () => base.zip(whole.replace("UTF-8", "UTF-16")),
    "an encoding that nobody knows": () => base.zip(whole.replace("UTF-8", "x-no-such")),
    "an encoding of mainframes": () => base.zip(whole.replace("UTF-8", "cp037")),
    "bytes of no encoding": () => base.zip(Buffer.from(whole.replace(WORD, `${WORD}\u00ff`), "latin1")),
    "two byte order marks": () => base.zip(`\ufeff\ufeff${whole}`),
    "a mark of UTF-16 before UTF-8": () => base.zip(Buffer.concat([Buffer.from("feff", "hex"), Buffer.from(whole)])),
    "UTF-16 with its mark": () =>
      base.zip(Buffer.concat([Buffer.from("fffe", "hex"), Buffer.from(whole.replace("UTF-8", "UTF-16"), "utf16le")])),
    "UTF-16 of an odd length": () => base.zip(Buffer.concat([Buffer.from("fffe", "hex"), Buffer.from(whole, "utf16le"), Buffer.of(1)])),
    "signs that XML may not have": () => base.inner(paragraph(`${WORD}&#0;&#1;&#xFFFF;&#55296;`)),
    "a NUL in its text": () => base.inner(paragraph(`${WORD}\0`)),
    "half characters": () => base.zip(Buffer.concat([Buffer.from(head), Buffer.from("eda080", "hex"), Buffer.from(tail)])),
    "a comment that never ends": () => base.inner(`${base.good}<!-- ${"-".repeat(100_000)}`),
    "text outside of its root": () => base.zip(`${whole}${WORD}<a/>`),
    "two roots": () => base.zip(`${whole}${whole.replace(DECLARATION, "")}`),
    "tags that cross": () => base.inner(`${base.good}<a><b></a></b>`),
    ...Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`a bit turned in its text (${index + 1})`, () => bent(index)])),
  };
}

/** Not packed, or their ratio alone would give them away. */
function heavy(base: Base): Made {
  const { paragraph } = base.container;
  const stored = (content: string) => base.mainAs({ content: Buffer.from(content), method: 0 });
  return {
    "an attribute of fifty megabytes": () => stored(base.tagged(`a="${"x".repeat(50 * MIB)}"`)),
    "a million empty paragraphs": () => stored(base.around(paragraph("").repeat(1_000_000))),
    "a text of ten megabytes in one piece": () => stored(base.around(paragraph("word ".repeat(2 * MIB)))),
  };
}
