import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { type Inline, type Leaf, leavesOf, mapLeaves, plainText } from "../../../worker/engine/document/model.ts";
import { EngineError } from "../../../worker/engine/errors.ts";
import { emlOf, openOutlook } from "../../../worker/engine/formats/mail/outlook.ts";
import { upper, WRITING } from "../../support/in_place.ts";
import { type JudgedPart, judgedMails } from "./judge.ts";
import { outlookFile, PROPERTY as P, type Storage, uncompressedRtf } from "./outlook_files.ts";

const PEOPLE: Storage = {
  texts: {
    [P.messageClass]: "IPM.Note",
    [P.senderName]: "Anna Muñoz",
    [P.senderAddress]: "anna@example.org",
    [P.messageId]: "<1@example.org>",
  },
  recipients: [
    { texts: { [P.name]: "Peter, the gardener", [P.address]: "peter@example.org" }, numbers: { [P.recipientKind]: 1 } },
    { texts: { [P.name]: "花", [P.address]: "hana@example.org" }, numbers: { [P.recipientKind]: 2 } },
  ],
};
const mail = (texts: Readonly<Record<number, string>>, more: Storage = {}): Storage => ({
  ...PEOPLE,
  ...more,
  texts: { ...PEOPLE.texts, ...texts },
});

const RTF = String.raw`{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}}{\*\htmltag19 <html>}{\*\htmltag50 <body>}{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 The garden is {\*\htmltag84 <b>}\htmlrtf {\b \htmlrtf0 open\htmlrtf }\htmlrtf0{\*\htmltag92 </b>} at the caf\'e9 \u8212? daily.\htmlrtf\par}\htmlrtf0{\*\htmltag72 </p>}{\*\htmltag58 </body>}}`;

const FILES: Readonly<Record<string, Storage>> = {
  text: mail({ [P.subject]: "The garden is open", [P.body]: "Dear Peter,\r\n\r\nThe garden is open every morning.\r\n" }),
  html: mail(
    { [P.subject]: "RE: The café is open", [P.body]: "The café is open.\r\n" },
    {
      bytes: { [P.html]: Buffer.from('<html><head><meta charset="windows-1252"></head><body><p>The caf\xe9 is <b>open</b>.</p><img src="cid:1@x"></body></html>', "latin1") },
      numbers: { [P.codepage]: 1252 },
      attachments: [
        { texts: { [P.fileName]: "rose.png", [P.mediaType]: "image/png", [P.contentId]: "1@x" }, bytes: { [P.data]: Buffer.from("89504e47", "hex") }, numbers: { [P.method]: 1 } },
        { texts: { [P.fileName]: "Übersicht 花.bin" }, bytes: { [P.data]: Buffer.alloc(9_000, 7) }, numbers: { [P.method]: 1 } },
      ],
    },
  ),
  rtf: mail({ [P.subject]: "Rich text" }, { bytes: { [P.rtf]: uncompressedRtf(RTF) } }),
  travelled: mail({ [P.subject]: "Travelled", [P.body]: "It came a long way.", [P.headers]: "Received: from a by b;\r\n Thu, 1 Jan 2026 10:00:00 +0000\r\nFrom: <a@example.org>\r\nContent-Type: text/plain\r\nMIME-Version: 1.0\r\nX-Own: kept\r\n\r\n" }),
  forwarded: mail(
    { [P.subject]: "Forwarded", [P.body]: "See the mail below." },
    { attachments: [{ texts: { [P.name]: "The library" }, numbers: { [P.method]: 5 }, mail: mail({ [P.subject]: "The library", [P.body]: "It is open as well." }) }] },
  ),
}; // biome-ignore format: a table

describe("mails of Outlook", () => {
  const made = Object.fromEntries(Object.entries(FILES).map(([name, storage]) => [name, outlookFile(storage)]));
  const bytesOf = (name: string) => made[name] as Buffer;
  let folder: string;
  let parts: Readonly<Record<string, JudgedPart[]>>;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "dragoman-msg-"));
    const judged = await judgedMails(Object.keys(made).map((name) => Buffer.from(emlOf(bytesOf(name)).source, "latin1")));
    parts = Object.fromEntries(Object.keys(made).map((name, index) => [name, judged[index] ?? []]));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("become mails that Python reads without a fault, with everybody's names", () => {
    for (const [name, all] of Object.entries(parts)) {
      expect(
        all.flatMap(({ defects }) => defects),
        name,
      ).to.deep.equal([]);
      expect(all[0]?.subject, name).to.equal(FILES[name]?.texts?.[P.subject]);
      const field = (wanted: string) => all[0]?.fields.find(([each]) => each === wanted)?.[1];
      expect(field("from")).to.equal(name === "travelled" ? "a@example.org" : "Anna Muñoz <anna@example.org>");
      expect(field("to")).to.equal('"Peter, the gardener" <peter@example.org>');
      expect(field("cc")).to.equal("花 <hana@example.org>");
    }
  });
  it("have their texts, pictures and files", () => {
    const shape = (name: string) => parts[name]?.map(({ type }) => type);
    expect(shape("text")).to.deep.equal(["text/plain"]);
    expect(shape("html")).to.deep.equal(["multipart/mixed", "multipart/related", "multipart/alternative", "text/plain", "text/html", "image/png", "application/octet-stream"]); // biome-ignore format: one list
    expect(shape("forwarded")).to.deep.equal(["multipart/mixed", "text/plain", "message/rfc822", "text/plain"]);
    expect(parts["html"]?.[4]?.text).to.contain("The café is <b>open</b>.");
    expect(parts["html"]?.[5]?.bytes).to.equal("89504e47");
    expect(parts["html"]?.[6]?.bytes).to.equal("07".repeat(9_000));
    expect(parts["html"]?.[6]?.fields.find(([name]) => name === "content-disposition")?.[1]).to.contain("Übersicht 花.bin");
    expect(parts["forwarded"]?.[3]?.text).to.contain("It is open as well.");
  });
  it("have the HTML that Outlook put into rich text", () => {
    expect(parts["rtf"]?.[0]?.text?.trim()).to.equal("<html><body><p>The garden is <b>open</b> at the café — daily.</p></body>");
  });
  it("keep the fields that they travelled with, but those of their own parts", () => {
    expect(parts["travelled"]?.[0]?.fields.map(([name]) => name)).to.deep.equal([
      "received",
      "from",
      "x-own",
      "to",
      "cc",
      "message-id",
      "mime-version",
    ]);
  });
  it("come back as EML, translated", async () => {
    for (const name of Object.keys(made)) {
      const file = path.join(folder, `${name}.msg`);
      await writeFile(file, bytesOf(name));
      const document = await openOutlook(file, {
        ...WRITING,
        folder,
        time: (_name, _page, work) => work(),
        selection: { attachments: true },
      });
      const writer = document.writer?.(WRITING);
      const said: string[] = [];
      for (let number = 1; number <= document.pageCount; number++) {
        const page = await document.page(number);
        if (page.kind !== "blocks") continue;
        said.push(...[...leavesOf(page.page.blocks)].map(({ content }: { content: readonly Inline[] }) => plainText(content)));
        await writer?.page({
          ...page.page,
          blocks: mapLeaves(page.page.blocks, (leaf): Leaf => ({ ...leaf, content: upper(leaf.content) })),
        });
      }
      await writer?.finish(`${file}.eml`);
      expect(writer?.type).to.deep.equal({ mediaType: "message/rfc822", extension: ".eml" });
      const [is = []] = await judgedMails([await readFile(`${file}.eml`)]);
      expect(is.map(({ type, bytes }) => [type, bytes])).to.deep.equal(parts[name]?.map(({ type, bytes }) => [type, bytes]));
      const words = (text: string) => (text.replace(/<[^>]*>/g, " ").match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => word.toUpperCase());
      const written = is.flatMap(({ subject, text }) => words(`${(subject ?? "").replace(/^RE: /, "")} ${text ?? ""}`));
      expect(written.sort()).to.deep.equal(words(said.join(" ")).sort());
      expect(is.map(({ text }) => (text ?? "").replace(/<[^>]*>/g, "")).join("")).to.not.match(/[a-z]/);
    }
  });
});

describe("broken mails of Outlook", () => {
  const whole = outlookFile(FILES["html"] as Storage);
  const corrupt = (change: (bytes: Buffer) => Buffer | undefined) => {
    const copy = Buffer.from(whole);
    return change(copy) ?? copy;
  };
  const directoryAt = (bytes: Buffer) => (bytes.readUInt32LE(0x30) + 1) * 512;
  const fatAt = (bytes: Buffer) => (bytes.readUInt32LE(0x4c) + 1) * 512;
  const BROKEN: readonly (readonly [string, Buffer])[] = [
    ["nothing behind its head", whole.subarray(0, 512)],
    ["a few bytes", whole.subarray(0, 20)],
    ["sectors of another size", corrupt((bytes) => void bytes.writeUInt16LE(20, 0x1e))],
    ["a table of sectors outside", corrupt((bytes) => void bytes.writeUInt32LE(0xffffff, 0x4c))],
    ["very many tables", corrupt((bytes) => void bytes.writeUInt32LE(0x7fffffff, 0x2c))],
    ["tables of tables in a circle", corrupt((bytes) => { bytes.writeUInt32LE(0x7fffffff, 0x48); bytes.writeUInt32LE(0, 0x44); bytes.writeUInt32LE(200, 0x2c); })],
    ["a directory in a circle", corrupt((bytes) => void bytes.writeUInt32LE(bytes.readUInt32LE(0x30), fatAt(bytes) + 4 * bytes.readUInt32LE(0x30)))],
    ["a directory outside", corrupt((bytes) => void bytes.writeUInt32LE(0xfffff, 0x30))],
    ["an entry that is its own child", corrupt((bytes) => void bytes.writeUInt32LE(0, directoryAt(bytes) + 0x4c))],
    ["an entry that is not there", corrupt((bytes) => void bytes.writeUInt32LE(0xffff, directoryAt(bytes) + 0x4c))],
    ["a sibling that leads back", corrupt((bytes) => void bytes.writeUInt32LE(1, directoryAt(bytes) + 128 + 0x48))],
    ["a stream of four gigabytes", corrupt((bytes) => { const at = bytes.lastIndexOf(Buffer.from("__substg1.0_37010102", "utf16le")); bytes.writeUInt32LE(0xfffffff0, at + 0x78); })],
    ["a stream that starts outside", corrupt((bytes) => { const at = bytes.lastIndexOf(Buffer.from("__substg1.0_37010102", "utf16le")); bytes.writeUInt32LE(0xffff, at + 0x74); })],
    ["cut off", whole.subarray(0, 4096)],
    ["no mail's properties", corrupt((bytes) => Buffer.from(bytes.toString("latin1").replaceAll(Buffer.from("__substg1.0_", "utf16le").toString("latin1"), Buffer.from("__nothing1_x", "utf16le").toString("latin1")).replaceAll(Buffer.from("__properties", "utf16le").toString("latin1"), Buffer.from("__nothing123", "utf16le").toString("latin1")), "latin1"))],
  ]; // biome-ignore format: a table
  for (const [name, bytes] of BROKEN)
    it(`are refused: ${name}`, function () {
      this.timeout(5_000);
      expect(() => emlOf(bytes))
        .to.throw()
        .with.property("code", "DOCUMENT_CORRUPT");
    });
  it("end with a result or a typed error, whichever byte is another", function () {
    this.timeout(20_000);
    for (let at = 0; at < whole.length; at += 97) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] as number) ^ 0xff;
      try {
        emlOf(bytes);
      } catch (error) {
        expect(error instanceof RangeError || error instanceof EngineError, `byte ${at}: ${error}`).to.equal(true);
      }
    }
  });
});
