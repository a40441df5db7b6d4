import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { type Block, type Inline, type Leaf, leavesOf, mapLeaves, plainText } from "../../../worker/engine/document/model.ts";
import { composed } from "../../../worker/engine/formats/mail/compose.ts";
import { decodeWords, encodeWords } from "../../../worker/engine/formats/mail/encoded_words.ts";
import { mailDocument } from "../../../worker/engine/formats/mail/open.ts";
import { decodeTransfer, encodeTransfer } from "../../../worker/engine/formats/mail/transfer.ts";
import { upper, WRITING } from "../../support/in_place.ts";
import { MAILS, type MailFile } from "./documents.ts";
import { type JudgedPart, judgedMails } from "./judge.ts";

describe("mails in place", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "dragoman-mail-"));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function translated(source: Buffer, map: (content: readonly Inline[]) => readonly Inline[], attachments = false) {
    const document = mailDocument(source.toString("latin1"), { attachments });
    const writer = document.writer?.(WRITING);
    for (const [index, blocks] of (await pagesOf(source, attachments)).entries())
      await writer?.page({
        number: index + 1,
        remarks: [],
        blocks: mapLeaves(blocks, (leaf): Leaf => ({ ...leaf, content: map(leaf.content) })),
      });
    const file = path.join(folder, "result.eml");
    const remarks = (await writer?.finish(file)) ?? [];
    return { source: await readFile(file), remarks };
  }

  it("say the words that Python reads in subjects and bodies", async () => {
    for (const [index, parts] of (await judgedMails(MAILS.map(({ source }) => source))).entries()) {
      const { name, source } = MAILS[index] as MailFile;
      const read = (await pagesOf(source, true)).flatMap((blocks) => [...leavesOf(blocks)].map(({ content }) => plainText(content)));
      const said = parts.flatMap((part) => [bareSubject(part), bareText(part)]);
      expect(wordsIn(read.join(" ")).sort(), name).to.deep.equal(wordsIn(said.join(" ")).sort());
    }
  });
  it("are the same byte for byte if no word changed", async () => {
    for (const { source, name } of MAILS)
      expect((await translated(source, (content) => content)).source.equals(source), name).to.equal(true);
  });
  it("have the same structure, fields and other parts, and the same texts in capitals", async () => {
    const results: Buffer[] = [];
    for (const { source } of MAILS) results.push((await translated(source, upper, true)).source);
    const [before, after] = [await judgedMails(MAILS.map(({ source }) => source)), await judgedMails(results)];
    for (const [index, { name }] of MAILS.entries()) {
      const [was, is] = [before[index] as JudgedPart[], after[index] as JudgedPart[]];
      const facts = (parts: readonly JudgedPart[]) => parts.map(({ subject, text, ...rest }) => rest);
      expect(facts(is), name).to.deep.equal(facts(was));
      const said = (parts: readonly JudgedPart[]) =>
        parts.map((part) => wordsIn(`${bareSubject(part)} ${bareText(part)}`).map((word) => word.toUpperCase()));
      expect(said(is), name).to.deep.equal(said(was));
      const raw = results[index] as Buffer;
      expect(/[^\r\n]{999}/.test(raw.toString("latin1")), name).to.equal(false);
      if (name !== "Latin, by line feeds") expect(/(?<!\r)\n/.test(raw.toString("latin1")), name).to.equal(false);
    }
  });
  it("say the target's language where they said the source's", async () => {
    const { source } = MAILS.find(({ name }) => name === "alternatives") as MailFile;
    const made = (await translated(source, upper)).source.toString("latin1");
    expect(made).to.contain("\r\nContent-Language: es\r\n");
    expect((await judgedMails([Buffer.from(made, "latin1")]))[0]?.find(({ type }) => type === "text/html")?.text).to.contain(
      '<html lang="es">',
    );
  });
  it("become UTF-8 where their charset has no letters for a translation, and quoted-printable where seven bits are not enough", async () => {
    const chinese = (content: readonly Inline[]): Inline[] => [{ kind: "text", text: `${plainText(content).slice(0, 1)}花园开放` }];
    for (const name of ["plain", "flowed", "Latin, by line feeds", "Greek", "forwarded"]) {
      const { source } = MAILS.find((each) => each.name === name) as MailFile;
      const { source: made } = await translated(source, chinese);
      const [parts = []] = await judgedMails([made]);
      const texts = parts.filter(({ text, type }) => text !== null && type === "text/plain").map(({ text }) => text);
      expect(texts[0], name).to.contain("花园开放");
      expect(parts[0]?.subject, name).to.contain("花园开放");
      expect(
        parts.flatMap(({ defects }) => defects),
        name,
      ).to.deep.equal([]);
      const seven = made.toString("latin1").replace(/Mu\xf1oz/g, "");
      expect(/[\x80-\xff]/.test(seven), name).to.equal(name === "Latin, by line feeds" || name === "plain" ? /8bit/.test(seven) : false);
    }
  });
  it("keep a flowed text flowed", async () => {
    const { source } = MAILS.find(({ name }) => name === "flowed") as MailFile;
    const made = (await translated(source, upper)).source.toString("latin1");
    const lines = made
      .slice(made.indexOf("\r\n\r\n"))
      .split("\r\n")
      .filter((line) => line !== "");
    expect(lines.map((line) => line.endsWith(" "))).to.deep.equal([true, true, false, true, false]);
  });
  it("remark what is left, and that a signature is broken", async () => {
    const remarksOf = async (name: string) => {
      const { source } = MAILS.find((each) => each.name === name) as MailFile;
      const opened = mailDocument(source.toString("latin1"), { attachments: false }).remarks;
      return [...opened, ...(await translated(source, upper)).remarks].map(({ code, message }) => `${code}: ${message}`);
    };
    expect(await remarksOf("plain")).to.deep.equal([]);
    expect(await remarksOf("alternatives")).to.deep.equal([
      "TEXT_KEPT: Attached files and pictures are left as they are (2).",
      "TEXT_KEPT: Invitations are left as they are (1).",
    ]);
    expect(await remarksOf("forwarded")).to.deep.equal(["TEXT_KEPT: Attached mails are left as they are (1)."]);
    for (const name of ["signed", "armoured"]) expect((await remarksOf(name)).join("\n")).to.match(/^SIGNATURE_BROKEN: /);
  });
});

describe("a mail's head", () => {
  it("says the same subject after it was encoded, in lines of 76 letters", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("a", "word", "é", "花园", "🌹", " ", "=?", "?=", "_", "="), { minLength: 1, maxLength: 60 }),
        (parts) => {
          const text = parts.join("").replace(/ +/g, " ").trim();
          const value = encodeWords(text, "Subject".length, "\r\n");
          expect(decodeWords(value)).to.equal(text);
          if (!/\S{60}/.test(text)) for (const line of `Subject:${value}`.split("\r\n")) expect(line.length).to.be.at.most(78);
          expect(/[^\x20-\x7e\r\n]/.test(value)).to.equal(false);
        },
      ),
      { numRuns: 500, seed: 1 },
    );
  });
  it("is read as Latin where it has bytes that nobody encoded and that are no UTF-8", () => {
    expect(decodeWords(" Caf\xe9 au lait")).to.equal("Café au lait");
    expect(decodeWords(Buffer.from(" Café").toString("latin1"))).to.equal("Café");
  });
  it("says the same bytes after they were encoded", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("a", "=", " ", "\t", "\r\n", "é", "花", ".", "From ", "x".repeat(80)), { maxLength: 40 }),
        (parts) => {
          const bytes = Buffer.from(parts.join(""));
          for (const transfer of ["quoted-printable", "base64", "8bit"] as const) {
            const coded = encodeTransfer(bytes, transfer, "\r\n");
            expect(decodeTransfer(coded, transfer).toString()).to.equal(bytes.toString());
            if (transfer === "quoted-printable") expect(coded.split("\r\n").every((line) => line.length <= 76)).to.equal(true);
          }
        },
      ),
      { numRuns: 300, seed: 1 },
    );
  });
});

describe("broken and hostile mails", () => {
  const HEAD = "From: a@example.org\r\nSubject: Open\r\nMIME-Version: 1.0\r\n";
  const said = async (source: string) =>
    (await pagesOf(Buffer.from(source, "latin1"), true)).flatMap((blocks) =>
      [...leavesOf(blocks)].map(({ content }) => plainText(content)),
    );
  const remarks = async (source: string) => {
    const document = mailDocument(source, { attachments: true });
    const pages = await Promise.all(Array.from({ length: document.pageCount }, (_, index) => document.page(index + 1)));
    return [...document.remarks, ...pages.flatMap((page) => (page.kind === "blocks" ? page.page.remarks : []))].map(({ code }) => code);
  };
  it("are read to their end where base64 stands in pieces", async () => {
    const base64 = ["The garden is", " open every ", "day."].map((text) => Buffer.from(text).toString("base64")).join("\r\n");
    expect(await said(`${HEAD}Content-Transfer-Encoding: base64\r\n\r\n${base64}`)).to.deep.equal([
      "Open",
      "The garden is open every day.",
    ]);
  });
  it("say what of them has no parts, or is encoded", async () => {
    expect(await remarks(`${HEAD}Content-Type: multipart/mixed\r\n\r\nThe garden is open.`)).to.deep.equal(["TEXT_KEPT"]);
    const encoded = `${HEAD}Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nU3ViamVjdDogSGkNCg0KSGk=`;
    expect(await remarks(encoded)).to.deep.equal(["TEXT_KEPT"]);
  });
  it("stay UTF-8 where one sign of it is broken, and say so", async () => {
    const source = `${HEAD}Content-Type: text/plain; charset=utf-8\r\n\r\n${Buffer.from("Muñoz à la carte").toString("latin1")} \xff`;
    expect((await said(source))[1]).to.equal("Muñoz à la carte \ufffd");
    expect(await remarks(source)).to.deep.equal(["ENCODING"]);
  });
  it("keep fields that are encoded already, and every address", () => {
    const made = composed({
      fields: [
        ["Subject", "=?utf-8?Q?Gr=C3=BC=C3=9Fe?="],
        ["From", "=?utf-8?Q?M=C3=BCller?= <m@example.org>"],
        ["To", 'x@example.org, "Müller" <m@example.org>, "Ann, B" <a@example.org>'],
      ],
      text: "Hi",
      files: [],
    });
    expect(made).to.include("Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n").and.to.include("From: =?utf-8?Q?M=C3=BCller?= <m@example.org>\r\n");
    for (const address of ["x@example.org,", "<m@example.org>", "<a@example.org>"]) expect(made).to.include(address);
  });
  const nested = (depth: number) =>
    `${HEAD}${Array.from({ length: depth }, (_, at) => `Content-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}\r\n`).join("")}\r\nx`;
  const REFUSED: readonly (readonly [string, string, string])[] = [
    ["no head", "DOCUMENT_CORRUPT", "The garden is open.\r\n"],
    ["an empty head", "DOCUMENT_CORRUPT", "\r\n\r\nThe garden is open."],
    ["encrypted for S/MIME", "DOCUMENT_ENCRYPTED", `${HEAD}Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\n\r\nMIAG`],
    ["encrypted for S/MIME, an old type", "DOCUMENT_ENCRYPTED", `${HEAD}Content-Type: application/x-pkcs7-mime; name=smime.p7m\r\n\r\nMIAG`],
    ["encrypted by PGP", "DOCUMENT_ENCRYPTED", `${HEAD}Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=e\r\n\r\n--e\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1\r\n--e\r\nContent-Type: application/octet-stream\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n--e--\r\n`],
    ["nested deeply", "DOCUMENT_TOO_COMPLEX", nested(500)],
    ["of very many parts", "DOCUMENT_TOO_COMPLEX", `${HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n${"--b\r\n\r\nx\r\n".repeat(20_000)}--b--`],
    ["mails in mails", "DOCUMENT_TOO_COMPLEX", `${HEAD}${"Content-Type: message/rfc822\r\n\r\nSubject: a\r\n".repeat(500)}\r\nx`],
  ]; // biome-ignore format: a table
  for (const [name, code, source] of REFUSED)
    it(`are refused: ${name}`, () => {
      expect(() => mailDocument(source, { attachments: true }))
        .to.throw()
        .with.property("code", code);
    });
  const READ: readonly (readonly [string, string])[] = [
    ["without a boundary", `${HEAD}Content-Type: multipart/mixed\r\n\r\nx`],
    ["with a boundary that never comes", `${HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\nx`],
    ["cut off in a part", `${HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nThe garden`],
    ["of one long line", `${HEAD}\r\n${"a ".repeat(500_000)}`],
    ["of very many fields", `${HEAD}${"X-A: b\r\n".repeat(200_000)}\r\nx`],
    ["of a field that is folded without an end", `${HEAD}X-A: b\r\n${" c\r\n".repeat(200_000)}\r\nx`],
    ["of very many encoded words", `${HEAD.replace("Open", "=?utf-8?Q?a?= ".repeat(50_000))}\r\nx`],
    ["of very many parameters", `${HEAD}Content-Type: text/plain${"; a=b".repeat(200_000)}\r\n\r\nx`],
    ["of quotation marks", `${HEAD}Content-Type: text/plain; a="${'\\"'.repeat(200_000)}\r\n\r\nx`],
    ["in no charset", `${HEAD}Content-Type: text/plain; charset=nothing\r\n\r\nThe garden \xff`],
    ["of broken base64", `${HEAD}Content-Transfer-Encoding: base64\r\n\r\n!!!${"A".repeat(1_001)}`],
    ["of blanks in quoted-printable", `${HEAD}Content-Transfer-Encoding: quoted-printable\r\n\r\na${" ".repeat(500_000)}b`],
    ["of broken quotes", `${HEAD}Content-Transfer-Encoding: quoted-printable\r\n\r\n${"=".repeat(100_000)}ZZ`],
    [
      "of boundaries like others",
      `${HEAD}Content-Type: multipart/mixed; boundary=b\r\n\r\n${"--bb\r\n".repeat(100_000)}--b\r\n\r\nx\r\n--b--`,
    ],
  ];
  for (const [name, source] of READ)
    it(`are read in little time: ${name}`, async function () {
      this.timeout(8_000);
      await pagesOf(Buffer.from(source, "latin1"), true);
    });
});

async function pagesOf(source: Buffer, attachments: boolean): Promise<(readonly Block[])[]> {
  const document = mailDocument(source.toString("latin1"), { attachments });
  const pages: (readonly Block[])[] = [];
  for (let number = 1; number <= document.pageCount; number++) {
    const page = await document.page(number);
    if (page.kind === "blocks") pages.push(page.page.blocks);
  }
  return pages;
}

function bareSubject({ subject }: JudgedPart): string {
  return (subject ?? "").replace(/^(?:Re|Fwd): /i, "");
}

/** Without tags and armour; what an attribute says comes with its value. */
function bareText({ text, type, isAttached }: JudgedPart): string {
  if (text === null || isAttached) return "";
  const bare = type === "text/html" ? text.replace(/<[^>]*\balt="([^"]*)"[^>]*>/g, " $1 ").replace(/<[^>]*>/g, " ") : text;
  return bare.replace(/^-----BEGIN PGP SIGNED[\s\S]*?\n\r?\n/, "").replace(/-----BEGIN PGP SIGNATURE[\s\S]*/, "");
}

function wordsIn(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+/gu) ?? [];
}
